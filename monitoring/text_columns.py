"""What is counted of texts: words, the answer that was read, shares of outputs. No key is needed.

The outputs that the model wrote on the reference set fix the edges; a window is counted over the
same ones, so that summaries add up. No text leaves this file: only counts do.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validation import summary
from validation.answering.answers import Answers
from validation.answering.scoring import READ
from validation.binary.proportion import proportion
from validation.generative import variety
from validation.generative.outputs import RESPONSE
from validation.generative.text_set import WORDS
from validation.table import COUNT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy as np
    import pandas as pd

    from evidence.records import Body
    from policies.text_set import AnswerRoles, TextSetSpec
    from validation.estimate import Estimate

OUTPUT = f"response {WORDS}"
ANSWER = "answer read"
ANY_KEY = {"option-letter": "", "yes-no": "yes"}  # reading an answer does not look at its key


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Outputs and what was read from them.

    Attributes:
        frame: One row an output, with its counted columns.
        spec: The roles.
        parsable: Whether an answer could be read, or a report has any text; shape (rows,).
        why: Why not, the most frequent reason first; how often.
    """

    frame: pd.DataFrame
    spec: TextSetSpec
    parsable: np.ndarray
    why: list[tuple[str, int]]

    @property
    def once(self) -> list[str]:
        """What was written, one output a question: asked again, the same answer is no collapse."""
        roles = self.spec.answers
        if roles is None or self.frame[roles.question].isna().any():
            return list(self.frame[RESPONSE])
        return list(self.frame.drop_duplicates(roles.question)[RESPONSE])


def watched(frame: pd.DataFrame, spec: TextSetSpec) -> Watched:
    """Read outputs.

    Args:
        frame: Columns of the roles, blank where there are none, and `RESPONSE`.
        spec: The roles.
    """
    import numpy as np

    wide = frame.assign(**{OUTPUT: frame[RESPONSE].str.split().str.len().astype(float)})
    if spec.answers is None:
        written = (frame[RESPONSE].str.strip() != "").to_numpy(dtype=bool)
        why = [("empty", int((~written).sum()))]
        return Watched(frame=wide, spec=spec, parsable=written, why=why)
    question = spec.answers.question
    wide[f"{question} {WORDS}"] = frame[question].astype(object).str.split().str.len().astype(float)
    read = _read(frame, spec.answers)
    parsable = (
        np.asarray(read.scored.parsable, dtype=bool) if len(frame) else np.ones(0, dtype=bool)
    )
    if spec.answers.scoring in READ:
        wide[ANSWER] = read.scored.answer if len(frame) else []
    reasons = Counter(map(str, read.scored.way[~parsable])) if len(frame) else Counter[str]()
    return Watched(frame=wide, spec=spec, parsable=parsable, why=reasons.most_common())


def _read(frame: pd.DataFrame, roles: AnswerRoles) -> Answers:
    letters = "".join(roles.options)
    options = frame[list(roles.options.values())].fillna("").to_numpy() if roles.options else None
    any_key = ANY_KEY.get(roles.scoring, "-") or letters[0]
    closed = None
    if roles.answer_type and frame[roles.answer_type].notna().any():
        closed = frame[roles.answer_type].str.lower().eq("closed").to_numpy()
    return Answers(
        response=list(frame[RESPONSE]),
        key=[any_key] * len(frame),
        rule=roles.scoring,
        letters=letters,
        choices=None if options is None else [list(row) for row in options],
        reading=roles.reading,
        closed=closed,
    )


def columns(spec: TextSetSpec, without: Collection[str]) -> dict[str, str]:
    """The columns that are counted, each ``number`` or ``category``."""
    found = dict.fromkeys([name for name in spec.groups if name not in without], "category")
    if spec.answers and spec.answers.question not in without:
        found[f"{spec.answers.question} {WORDS}"] = "number"
    found[OUTPUT] = "number"
    if spec.answers and spec.answers.scoring in READ:
        found[ANSWER] = "category"
    return found


def reference(of: Watched, frozen: Body, without: Collection[str]) -> Body:
    """Summaries of the reference set: frozen ones where there are, of the outputs else."""
    kinds = columns(of.spec, without)
    made = {name: kind for name, kind in kinds.items() if name not in frozen}
    cuts = {
        name: summary.edges(of.frame[name], of.frame[COUNT])
        for name, kind in made.items()
        if kind == "number"
    }
    found = {name: frozen[name] for name in kinds if name in frozen}
    return found | _counted(of, made, cuts)


def window(of: Watched, then: Body) -> Body:
    """A window's summaries over the edges of the reference's."""
    kinds = {name: body["type"] for name, body in then.items()}
    cuts = {name: body for name, body in then.items() if body["type"] == "number"}
    return _counted(of, kinds, cuts)


def _counted(of: Watched, kinds: Mapping[str, str], cuts: Mapping[str, Body]) -> Body:
    """Counts; the answers are those that could be read, their share is counted by itself."""
    whole = {name: kind for name, kind in kinds.items() if name != ANSWER}
    found = summary.summarise(of.frame, whole, cuts)
    if ANSWER in kinds:
        found |= summary.summarise(of.frame[of.parsable], {ANSWER: "category"}, {})
    return found


def shares(of: Watched, beside: Watched, confidence: float) -> list[Estimate]:
    """Shares of outputs: unparsable, empty, of the most frequent text, distinct.

    Args:
        of: Outputs.
        beside: Those they are compared with: distinct texts are counted at the smaller number.
        confidence: Of the intervals.
    """
    n, once = len(of.frame), of.once
    size = min(len(once), len(beside.once))
    empty = int((of.frame[RESPONSE].str.strip() == "").sum())
    lost = int((~of.parsable).sum())
    found = []
    if of.spec.answers:
        found.append(proportion("unparsable-rate", lost, n, positives=0, confidence=confidence))
    found.append(proportion("empty-rate", empty, n, positives=0, confidence=confidence))
    found.append(variety.mode_share(once, confidence))
    if size:
        found.append(variety.distinct_share(once, size, confidence))
    return found
