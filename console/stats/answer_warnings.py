"""What a person should look at in answers: unparsable ones, invented letters, guessed rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from console.stats.answer_rows import Asked
    from validation.answering import Answers, Versions
    from validation.estimate import Warned
    from validation.fairness.groups import Grouping

HIGH = 0.05  # share of unparsable answers of a subgroup that is named
SHOWN = 8


def noticed(
    made: Answers,
    groupings: Sequence[Grouping],
    asked: Asked,
    frame: pd.DataFrame,
    versions: Versions | None,
) -> list[Warned]:
    """All warnings of the answers."""
    found = [*_rule(made, asked), *_unparsable(made, groupings, asked.response)]
    if made.rule == "option-letter":
        found += _other_reading(made, asked)
    if asked.raw:
        found += _against_raw(made, frame[asked.raw].tolist(), asked)
    if versions is not None and versions.incomplete:
        message = (
            f"{versions.incomplete:,} questions lack a version in '{asked.consistency}' "
            f"({', '.join(versions.names)}) and are left out of the consistency"
        )
        found.append(_warned("incomplete-versions", message, (), versions.incomplete))
    return found


def _rule(made: Answers, asked: Asked) -> list[Warned]:
    """That a rule was taken by default, and keys that do not fit it."""
    found = []
    if not (asked.scoring or asked.options or asked.yes_no or asked.separator):
        message = (
            f"no scoring was named: answers are compared with '{asked.correct}' as whole texts "
            f"(exact-match after the normalisation '{made.normalisation}'). Name --options ABCD, "
            "--yes-no, --accepted-separator or --scoring if they are something else."
        )
        found.append(_warned("scoring-not-named", message, (asked.correct,), len(made)))
    if made.rule == "yes-no":
        scored = made.scored
        other = int((~((scored.key == "yes") | (scored.key == "no"))).sum())
        if other:
            message = f"{other:,} keys are neither yes nor no and were compared as whole texts"
            found.append(_warned("key-not-yes-or-no", message, (asked.correct,), other))
    return found


def _unparsable(made: Answers, groupings: Sequence[Grouping], column: str) -> list[Warned]:
    """How many answers are unparsable, why, and the subgroups where many are."""
    import numpy as np

    lost = ~made.scored.parsable
    number = int(lost.sum())
    if not number:
        return []
    names, counts = np.unique(made.scored.way[lost].astype(str), return_counts=True)
    why = ", ".join(f"{name} {count:,}" for name, count in zip(names, counts, strict=True))
    shares = []
    for grouping in groupings:
        total = np.bincount(grouping.codes, minlength=len(grouping))
        gone = np.bincount(grouping.codes[lost], minlength=len(grouping))
        shares += [
            (int(b) / int(n), f"{name}: {int(b):,} of {int(n):,}")
            for name, b, n in zip(grouping.names, gone, total, strict=True)
            if n and b / n >= HIGH
        ]
    shares.sort(key=lambda pair: -pair[0])
    where = "; ".join(text for _, text in shares[:SHOWN])
    more = f" and {len(shares) - SHOWN:,} more subgroups" if len(shares) > SHOWN else ""
    message = (
        f"{number:,} of {len(made):,} answers are unparsable ({why}). They are wrong in 'accuracy' "
        "and left out of 'accuracy-parsable'. An accuracy that is low for them is no evidence of "
        "low skill: look at the texts."
    ) + (f" Most: {where}{more}." if where else "")
    return [_warned("unparsable", message, (column,), number)]


def _other_reading(made: Answers, asked: Asked) -> list[Warned]:
    """In a column of letters, cells that hold more than a letter but name one."""
    from validation.answering import read_options

    if made.reading != "letter":
        return []
    held = [i for i, way in enumerate(made.scored.way) if way == "not-a-letter"]
    if not held:
        return []
    told = read_options([made.texts[i] for i in held], made.letters)
    named = int(told.parsable.sum())
    how = "as asked" if asked.reading == "letter" else "since nearly all its cells are single signs"
    message = (
        f"'{asked.response}' was read as a column of letters ({how}): {len(held):,} cells hold "
        f"more than a letter and are unparsable, as in tables that compare it with the key. "
        f"{named:,} of them name an option in words: --reading text reads those."
    )
    return [_warned("letters-in-words", message, (asked.response,), len(held))]


def _against_raw(made: Answers, raw: Sequence[object], asked: Asked) -> list[Warned]:
    """Letters that the raw text does not say, says otherwise, or says alone."""
    from validation.answering import read_options

    told = read_options(raw, made.letters, choices=made.choices)
    said, letter = told.parsable, made.scored.answer
    columns = (asked.response, asked.raw or "")
    both = int((made.scored.parsable & said).sum())
    counts = {
        "not-in-the-text": int((made.scored.parsable & ~said).sum()),
        "differs-from-the-text": int((made.scored.parsable & said & (letter != told.letter)).sum()),
        "only-in-the-text": int((~made.scored.parsable & said).sum()),
    }
    words = {
        "not-in-the-text": "letters are given where the raw text names none (refusals, several "
        "letters, no letter): filled in by whoever took the letters, perhaps at random. They count "
        "as answers here; score the raw text with --response to have them unparsable",
        "differs-from-the-text": f"letters are another than the raw text names, of {both:,} where "
        "both name one",
        "only-in-the-text": "answers have no letter although the raw text names one: they count as "
        "unparsable here, and may be a fault of the file rather than of the model",
    }
    return [
        _warned(code, f"{number:,} {words[code]}.", columns, number)
        for code, number in counts.items()
        if number
    ]


def _warned(code: str, message: str, columns: tuple[str, ...], count: int) -> Warned:
    from validation.estimate import Warned

    return Warned(code=code, message=message, columns=columns, count=count)
