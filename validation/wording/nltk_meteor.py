"""The door to NLTK: METEOR as Lavie and Agarwal defined it in 2007, with WordNet's synonyms.

NLTK's own alignment and parameters (alpha 0.9, beta 3, gamma 0.5), the mean over the cases, the
best reference of each. It is another metric than METEOR 1.5 and far from it in value. WordNet is
read from a folder on this machine, and never fetched.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from validation.wording.score import Lack, Score, mean_score

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from validation.wording.reports import Reports

ENDPOINT = "meteor-nltk"
SYSTEM = Path("/usr/share/wordnet")  # of Debian's wordnet-base
MARK = "data.noun"  # a file that every WordNet has
LACKING = (
    "NLTK's METEOR needs WordNet 3.0 in a folder: name it with --wordnet DIR (NLTK's "
    "corpora/wordnet, or what Debian's wordnet-base installs in /usr/share/wordnet)"
)


class Stems:
    """NLTK's Porter stemmer, each word once."""

    def __init__(self) -> None:
        from nltk.stem.porter import PorterStemmer

        self.stem = cache(PorterStemmer().stem)


class _Synonyms:
    """WordNet's synsets, each word once."""

    def __init__(self, folder: Path) -> None:
        made = _reader(folder)
        self.synsets = cache(lambda word: _lemmas(made.synsets(word)))


def _reader(folder: Path) -> Any:
    import warnings

    import nltk
    from nltk.corpus.reader.wordnet import WordNetCorpusReader

    class Reader(WordNetCorpusReader):  # type: ignore[misc] # NLTK has no types
        """Debian's WordNet has no file of lexicographers' names, which synonyms do not need."""

        def open(self, file: str) -> Any:
            if file == "lexnames" and not (folder / file).is_file():
                return io.StringIO(
                    "".join(f"{number:02} file.{number} 0\n" for number in range(45))
                )
            return super().open(file)

        def map_wn(self, version: str = "wordnet") -> None:
            """No map to another version, which other languages would need."""

    if str(folder) not in nltk.data.path:  # NLTK reads below the folders that it was told of, only
        nltk.data.path.append(str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other languages are not asked for
        return Reader(str(folder), None)


class _Lemma:
    def __init__(self, name: str) -> None:
        self.name = lambda: name


class _Synset:
    def __init__(self, names: Sequence[str]) -> None:
        found = [_Lemma(name) for name in names]
        self.lemmas = lambda: found


def _lemmas(synsets: Sequence[Any]) -> list[_Synset]:
    """The names alone: NLTK builds a lemma's frames whenever it is asked for one."""
    return [_Synset(synset.lemma_names()) for synset in synsets]


def wordnet_folder(given: Path | None) -> Path | None:
    """Where WordNet is: the folder given, else NLTK's data, else the system's; None without."""
    import nltk

    places = [given] if given else []
    if not given:
        places = [Path(root) / "corpora" / "wordnet" for root in nltk.data.path] + [SYSTEM]
    return next((place for place in places if (place / MARK).is_file()), None)


def score(
    reports: Reports,
    tokens: Sequence[Sequence[str]],
    definition: str,
    folder: Path | None,
    tick: Callable[[int], None] = lambda _: None,
) -> Score | Lack:
    """METEOR of each case by NLTK, and its mean.

    Args:
        reports: The cases.
        tokens: Of the candidates, then of `Reports.flat`; NLTK puts them in lower case.
        definition: Names the tokens.
        folder: WordNet's; None looks where it usually is.
        tick: Told how many more cases are done.
    """
    import numpy as np
    from nltk.translate.meteor_score import meteor_score

    found = wordnet_folder(folder)
    if found is None:
        where = f"; there is none in {folder}" if folder else ""
        return Lack(endpoint=ENDPOINT, definition=definition, reason=LACKING + where)
    stems, synonyms = Stems(), _Synonyms(found)
    cases = len(reports)
    others: list[list[Sequence[str]]] = [[] for _ in range(cases)]
    for owner, text in zip(reports.owner.tolist(), tokens[cases:], strict=True):
        others[owner].append(text)
    values = np.zeros(cases)
    for case, some in enumerate(others):
        values[case] = meteor_score(some, tokens[case], stemmer=stems, wordnet=synonyms)
        tick(1)
    return mean_score(ENDPOINT, definition, values)
