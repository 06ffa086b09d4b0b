"""METEOR 1.5, PTB tokens, NLTK's METEOR: programs and files of other people, driven safely."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from nltk.translate.meteor_score import meteor_score
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

from tests.validation import aci_bench
from validation.wording import Reports, Settings, java
from validation.wording.score import Lack, Score
from validation.wording.scoring import scored

# pycocoevalcap 1.2, Meteor().compute_score on these texts, white space made single and bars removed
METEOR = 0.12955576354451667
METEOR_EACH = [
    0.6624823683, 0.0568730062, 0.0905736767, 0.0571365621, 0.1348270504, 0.0679234743,
    0.1428220536, 0.0820401206, 0.0775748842, 0.1039207493, 0.2021094771, 0.0952402268,
    0.0, 0.3024411392, 0.0,
]  # fmt: skip
STRANGE = 'Naïve café – 37.5°C; x ||| y\n"quoted" <b>z</b>'
WORDNET = {
    "data.noun": "00000000 03 n 02 dog 0 hound 0 000 | a gloss  \n",
    "index.noun": "dog n 1 0 1 0 00000000  \nhound n 1 0 1 0 00000000  \n",
}


def _texts() -> Reports:
    """Twelve beginnings of notes, an empty candidate, bars and line ends, bare punctuation."""
    frame = aci_bench.outputs()
    own = [str(text)[:300] for text in frame["generated_note"][:12]]
    references = [
        [str(note)[:300]]
        + ([str(frame["generated_note"][(place * 7) % 440])[:200]] if place % 3 == 0 else [])
        for place, note in enumerate(frame["note"][:12])
    ]
    rest = [["no finding here"], ["naive cafe 37.5°C"], ["."]]
    return Reports.of([*own, "", STRANGE, "..."], [*references, *rest])


def test_meteor_is_that_of_the_coco_code_for_the_whole_and_for_each_case() -> None:
    """The program runs once here; its answers are added up by us."""
    done = []
    reports = _texts()
    found = scored(reports, ["meteor"], progress=lambda words, *_: done.append(words))[0]
    assert isinstance(found, Score), found
    assert found.cases == pytest.approx(METEOR_EACH, abs=1e-9)
    whole = found.whole(found.columns.sum(axis=0)[None])[0]
    assert whole == pytest.approx(METEOR, abs=1e-12)


def test_ptb_tokens_are_those_of_the_coco_code() -> None:
    """Line by line, with quotes, brackets, degrees and an empty text."""
    texts = [
        "",
        STRANGE,
        "It's 3.5-cm (left) upper-lobe nodule... no?",
        "Don't\r\n\r\nworry;\u2028OK",
    ]
    plain = [" ".join(text.split()) for text in texts]
    known = PTBTokenizer().tokenize({i: [{"caption": text}] for i, text in enumerate(plain)})
    assert [" ".join(tokens) for tokens in java.ptb(texts)] == [known[i][0] for i in range(4)]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_program_that_falls_silent_is_ended_and_said(tmp_path: Path) -> None:
    """No process stays behind."""
    note = tmp_path / "pid"
    words = ("sh", "-c", f"echo $$ > {note}; exec sleep 60")
    start = time.monotonic()
    with pytest.raises(java.Lacking, match="no answer for 0.5 seconds"):
        java.run([java.Batch(words=words, lines=("a",))], silence=0.5)
    assert time.monotonic() - start < 10
    assert not _alive(int(note.read_text()))


def test_a_program_that_fails_or_answers_short_is_said_with_its_last_words() -> None:
    """Never a score of other cases."""
    with pytest.raises(java.Lacking, match="exit 3.*out of memory"):
        java.run([java.Batch(words=("sh", "-c", "echo out of memory >&2; exit 3"), lines=("a",))])
    with pytest.raises(java.Lacking, match="1 answers to 2 lines"):
        java.run([java.Batch(words=("head", "-n", "1"), lines=("a", "b"))])


def test_nltks_meteor_reads_wordnet_from_a_folder_and_is_named_apart(tmp_path: Path) -> None:
    """A WordNet of one synset, without lexnames as Debian packs it; NLTK's own value beside it."""
    for part in ("noun", "verb", "adj", "adv"):
        for kind in ("data", "index"):
            name = f"{kind}.{part}"
            (tmp_path / name).write_text(WORDNET.get(name, "  1 a licence\n"))
        (tmp_path / f"{part}.exc").write_text("")
    reports = Reports.of(["The hounds bark loudly", "", "a cat"], ["the dog barked", "x", "a cat"])
    found = scored(reports, ["meteor-nltk"], Settings(wordnet=tmp_path))[0]
    assert isinstance(found, Score), found

    class Nothing:
        def synsets(self, _: str) -> list[object]:
            return []

    texts = [["the", "dog", "barked"], ["the", "hounds", "bark", "loudly"]]
    without = meteor_score([texts[0]], texts[1], wordnet=Nothing())
    assert found.cases[0] > without  # hounds is a synonym of dog
    matched = meteor_score([["the", "hounds", "barked"]], texts[1], wordnet=Nothing())
    assert found.cases == pytest.approx(
        [matched, 0, meteor_score([["a", "cat"]], ["a", "cat"], wordnet=Nothing())]
    )


def test_nltks_meteor_without_wordnet_is_absent(tmp_path: Path) -> None:
    """The reason names the option."""
    found = scored(Reports.of(["a"], ["a"]), ["meteor-nltk"], Settings(wordnet=tmp_path))[0]
    assert isinstance(found, Lack)
    assert "--wordnet DIR" in found.reason
