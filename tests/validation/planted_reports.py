"""Reports with errors planted in them, and the counts that they must give."""

from __future__ import annotations

import numpy as np

PHRASES = {
    "pneumothorax": "pneumothorax",
    "pleural-effusion": "pleural effusion",
    "consolidation": "consolidation",
    "atelectasis": "atelectasis",
    "fracture": "rib fracture",
    "lung-lesion": "nodule",
}
OTHER = {"left": "right", "right": "left"}
EDITS = ("keep", "flip", "swap", "insert", "drop")


def sentence(phrase: str, state: str) -> str:
    """What a report says of a finding in a state: left, right, denied or silent."""
    if state == "silent":
        return ""
    return f"No {phrase}." if state == "denied" else f"There is a {state} {phrase}."


def edited(state: str, edit: str, side: str) -> str:
    """The state that the edit makes of a state; the same when it does not apply."""
    asserted = state in OTHER
    made = {
        "flip": "denied" if asserted else side if state == "denied" else state,
        "swap": OTHER.get(state, state),
        "insert": side if state == "silent" else state,
        "drop": "silent" if asserted else state,
    }
    return made.get(edit, state)


def planted(seed: int, cases: int) -> tuple[list[str], list[str], list[list[tuple[str, str]]]]:
    """Candidates, references, and of each case the states in reference and candidate."""
    draw = np.random.default_rng(seed)
    candidates, references, states = [], [], []
    for _ in range(cases):
        before = draw.choice(["left", "right", "denied", "silent"], len(PHRASES))
        edits = draw.choice(EDITS, len(PHRASES), p=[0.5, 0.15, 0.15, 0.1, 0.1])
        after = [
            edited(str(s), str(e), str(draw.choice(["left", "right"])))
            for s, e in zip(before, edits, strict=True)
        ]
        parts = list(zip(PHRASES.values(), map(str, before), after, strict=True))
        references.append("Chest film. " + " ".join(sentence(p, b) for p, b, _ in parts))
        candidates.append("Chest film. " + " ".join(sentence(p, a) for p, _, a in parts))
        states.append([(b, a) for _, b, a in parts])
    return candidates, references, states


def expected(states: list[list[tuple[str, str]]]) -> dict[str, tuple[int, int]]:
    """Events and denominators, counted from what was planted."""
    pairs = [pair for case in states for pair in case]
    kinds = [(b in OTHER, a in OTHER) for b, a in pairs]
    invented = [any(a in OTHER and b not in OTHER for b, a in case) for case in states]
    said = [(b, a) for b, a in pairs if "silent" not in (b, a)]
    both = [(b, a) for b, a in pairs if b in OTHER and a in OTHER]
    return {
        "finding-precision": (kinds.count((True, True)), sum(a for _, a in kinds)),
        "finding-recall": (kinds.count((True, True)), sum(b for b, _ in kinds)),
        "hallucination-rate": (kinds.count((False, True)), sum(a for _, a in kinds)),
        "omission-rate": (kinds.count((True, False)), sum(b for b, _ in kinds)),
        "negation-flip-rate": (sum((b in OTHER) != (a in OTHER) for b, a in said), len(said)),
        "laterality-error-rate": (sum(b != a for b, a in both), len(both)),
        "uncertain-rate": (0, sum(a != "silent" for _, a in pairs)),
        "reports-with-hallucination": (sum(invented), len(states)),
    }
