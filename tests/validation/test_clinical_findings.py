"""Rates of findings: what was planted is counted, no more and no less, and intervals are right."""

from __future__ import annotations

import csv
import dataclasses
import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from policies.clinical_findings import BUNDLED, ClinicalFindings, load
from tests.validation.planted_reports import EDITS, PHRASES, edited, expected, planted, sentence
from validation import clinical_findings, methods
from validation.clinical_findings import ENDPOINTS, Reading, evaluate, evaluate_in, reading
from validation.clinical_findings.comparison import compare
from validation.clinical_findings.mentions import Mentions
from validation.estimate import Estimate, Result
from validation.fairness.groups import grouping

DATA = Path(__file__).parents[1] / "data"
VOCABULARY = load(BUNDLED)
IDS = [finding.id for finding in VOCABULARY.findings]
MEASURES = ("precision", "recall", "f1")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_errors_are_counted_exactly(seed: int) -> None:
    """Negations flipped, sides swapped, findings inserted and dropped: no more, no less."""
    candidates, references, states = planted(seed, 60)
    found = Result(estimates=tuple(evaluate(candidates, references, VOCABULARY, replicates=20)))
    for endpoint, (events, n) in expected(states).items():
        estimate = found.find(endpoint)
        assert (estimate.events, estimate.n) == (events, n), endpoint
        assert estimate.value == pytest.approx(events / n)
        assert events > 0 or endpoint == "uncertain-rate"
    for place, name in enumerate(PHRASES):
        one = [[case[place]] for case in states]
        for endpoint, (events, n) in expected(one).items():
            if endpoint != "reports-with-hallucination":
                estimate = found.find(endpoint, f"finding={name}")
                assert (estimate.events or 0, estimate.n) == (events, n), (endpoint, name)


@pytest.mark.parametrize("edit", EDITS[1:])
def test_one_planted_error_moves_its_own_rate(edit: str) -> None:
    """One sentence of one report in ten; all other rates stay what they were."""
    state = {"flip": "left", "swap": "left", "insert": "silent", "drop": "right"}[edit]
    texts = [f"No fracture. Left pleural effusion. {sentence('nodule', 'right')}"] * 9
    before = f"No fracture. {sentence('pneumothorax', state)}"
    after = f"No fracture. {sentence('pneumothorax', edited(state, edit, 'left'))}"
    found = evaluate([*texts, after], [*texts, before], VOCABULARY, replicates=20, by_finding=False)
    events = {e.endpoint: e.events for e in found if e.events and "finding" not in e.endpoint}
    assert (
        events
        == {
            "flip": {"omission-rate": 1, "negation-flip-rate": 1},
            "swap": {"laterality-error-rate": 1},
            "insert": {"hallucination-rate": 1, "reports-with-hallucination": 1},
            "drop": {"omission-rate": 1},
        }[edit]
    )


def test_identical_texts_are_without_error() -> None:
    """Precision, recall and F1 are 1, every error rate is 0, in real notes as well."""
    with gzip.open(DATA / "aci_bench_notes" / "test1_reference.csv.gz", "rt") as stream:
        notes = [row["note"] for row in csv.DictReader(stream)]
    vocabulary = load(str(DATA / "note_problems" / "problems.yaml"))
    for texts, words in ((notes, vocabulary), (planted(5, 40)[1], VOCABULARY)):
        for e in evaluate(texts, texts, words, replicates=20):
            if e.value is not None and e.endpoint != "uncertain-rate":
                assert e.value == (1 if "finding-" in e.endpoint else 0), e


def test_the_order_of_the_cases_does_not_matter() -> None:
    """Nor for the intervals; a reference and a candidate stay together."""
    candidates, references, _ = planted(7, 50)
    order = np.random.default_rng(1).permutation(50)
    forward = evaluate(candidates, references, VOCABULARY, replicates=200)
    mine, theirs = ([texts[i] for i in order] for texts in (candidates, references))
    assert evaluate(mine, theirs, VOCABULARY, replicates=200) == forward


def _made(candidate: np.ndarray, reference: np.ndarray) -> Reading:
    """Statuses as if they had been read."""
    parts = [
        Mentions(
            status=status.astype(np.int8),
            side=np.zeros_like(status, dtype=np.int8),
            blank=np.zeros(len(status), dtype=bool),
        )
        for status in (candidate, reference)
    ]
    return Reading(candidate=parts[0], reference=parts[1], vocabulary=VOCABULARY)


statuses = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).integers(0, 4, (2, 8, len(IDS)))
)


@settings(max_examples=10, deadline=None)
@given(statuses)
def test_precision_recall_and_f1_are_scikit_learns(status: np.ndarray) -> None:
    """Micro, macro and by finding, with uncertain mentions as not asserted (u-zeros)."""
    made = _made(*status)
    made = dataclasses.replace(
        made, vocabulary=VOCABULARY.model_copy(update={"uncertain": "u-zeros"})
    )
    found = Result(estimates=tuple(evaluate(made, replicates=20)))
    own = [place for place, name in enumerate(IDS) if name != "no-finding"]
    mine, theirs = (status == 3)[:, :, own]
    micro = precision_recall_fscore_support(theirs, mine, average="micro")
    for name, value in zip(MEASURES, micro, strict=False):
        assert found.find(f"finding-{name}").value == pytest.approx(value)
    each = precision_recall_fscore_support(theirs, mine, average=None, zero_division=np.nan)
    for name, values in zip(MEASURES, each, strict=False):
        assert found.find(f"finding-{name}-macro").value == pytest.approx(np.nanmean(values))
        for place, column in enumerate(own):
            got = found.find(f"finding-{name}", f"finding={IDS[column]}").value
            assert (np.nan if got is None else got) == pytest.approx(values[place], nan_ok=True)


@pytest.mark.parametrize(
    ("convention", "precision", "recall"),
    [("u-ones", (3, 4), (3, 3)), ("u-zeros", (1, 2), (1, 2)), ("u-ignore", (1, 1), (1, 1))],
)
def test_uncertain_counts_as_the_convention_says(
    convention: str, precision: tuple[int, int], recall: tuple[int, int]
) -> None:
    """Both assert; the candidate is unsure; the reference is; an unsure candidate of what is denied."""
    candidates = ["Effusion.", "Possible effusion.", "Effusion.", "Possible effusion."]
    references = ["Effusion.", "Effusion.", "Possible effusion.", "No effusion."]
    vocabulary = VOCABULARY.model_copy(update={"uncertain": convention})
    found = evaluate(candidates, references, vocabulary, replicates=20, by_finding=False)
    got = {e.endpoint: (e.events, e.n) for e in found}
    assert (got["finding-precision"], got["finding-recall"]) == (precision, recall)
    assert got["uncertain-rate"] == (2, 4)
    assert got["negation-flip-rate"] == (0, 1)  # by words: unsure is no denial


@pytest.mark.parametrize("clustered", [False, True])
def test_intervals_are_those_of_resampled_rows(clustered: bool) -> None:  # noqa: FBT001
    """Cases or patients drawn with replacement, one by one, agree within Monte Carlo error."""
    draw = np.random.default_rng(11)
    status = draw.choice([0, 1, 3], (2, 120, len(IDS)), p=[0.5, 0.2, 0.3])
    patient = np.arange(120) // 3 if clustered else np.arange(120)
    status[:, :60] = np.where(draw.random((60, len(IDS))) < 0.8, status[1, :60], status[:, :60])
    cluster = patient if clustered else None
    found = evaluate(_made(*status), replicates=4000, cluster=cluster, by_finding=False)
    own = [place for place, name in enumerate(IDS) if name != "no-finding"]
    mine, theirs = (status == 3)[:, :, own]
    both, asserted = (mine & theirs).sum(axis=1), mine.sum(axis=1)
    people = np.arange(patient.max() + 1)
    rows = [np.flatnonzero(patient == person) for person in people]
    values = []
    for _ in range(4000):
        drawn = np.concatenate([rows[i] for i in draw.choice(people, len(people))])
        values.append(both[drawn].sum() / asserted[drawn].sum())
    precision = next(e for e in found if e.endpoint == "finding-precision")
    assert precision.value == pytest.approx(both.sum() / asserted.sum())
    assert (precision.low, precision.high) == pytest.approx(
        tuple(np.quantile(values, [0.025, 0.975])), abs=0.006
    )
    assert precision.method == "bootstrap-percentile" + ("-clustered" if clustered else "")


def test_the_same_seed_gives_the_same_numbers_and_methods_have_references() -> None:
    """Another seed gives another interval, and the same values."""
    texts = planted(3, 40)[:2]
    one, same, other = (
        evaluate(*texts, VOCABULARY, replicates=200, seed=seed) for seed in (1, 1, 2)
    )
    assert one == same
    assert [e.value for e in one] == [e.value for e in other]
    assert [e.low for e in one] != [e.low for e in other]
    assert {e.method for e in one} <= set(methods.REFERENCES)
    assert [e.endpoint for e in one[: len(ENDPOINTS)]] == list(ENDPOINTS)


def test_subgroups_are_the_same_as_their_rows_alone_and_add_up() -> None:
    """Counts of the subgroups sum to those of all cases."""
    candidates, references, _ = planted(9, 60)
    sex = np.array(["f", "m", None] * 20, dtype=object)
    parts = [grouping("sex", sex.tolist())]
    found = evaluate_in(candidates, references, VOCABULARY, groupings=parts, replicates=50)
    whole = evaluate(candidates, references, VOCABULARY, replicates=50, by_finding=False)
    assert [e.subgroup for e in found[:: len(ENDPOINTS)]] == ["sex=f", "sex=m", "sex=missing"]
    for place, overall in enumerate(whole):
        same = found[place :: len(ENDPOINTS)]
        assert sum(e.n for e in same) == overall.n
    rows = np.flatnonzero(sex == "f")
    alone = evaluate(
        [candidates[i] for i in rows],
        [references[i] for i in rows],
        VOCABULARY,
        replicates=50,
        by_finding=False,
        subgroup="sex=f",
    )
    assert found[: len(ENDPOINTS)] == alone


def test_of_several_references_any_may_assert() -> None:
    """A blank one says nothing; a case without any is left out and counted."""
    candidates = ["Left effusion.", "Effusion.", "Effusion."]
    references: list[list[str | None]] = [
        ["No effusion.", "Left effusion."],
        ["Mass.", None],
        [None, " "],
    ]
    found = compare(candidates, references, VOCABULARY, replicates=20)
    precision = found.find("finding-precision")
    assert (precision.events, precision.n) == (1, 2)
    assert found.find("finding-recall").n == 2
    assert {w.code: w.count for w in found.warnings}["missing-references"] == 1


def test_what_cannot_be_computed_says_why() -> None:
    """No cases, nothing asserted, three rows: absent or without interval, never an exception."""
    for texts in ([], ["Clear."] * 3, [None] * 3):
        for e in evaluate(texts, texts, VOCABULARY, replicates=20):
            assert e.value is not None or e.reason, e
    found = Result(estimates=tuple(evaluate(["Clear."] * 3, ["Clear."] * 3, VOCABULARY)))
    assert found.find("finding-precision").reason == "the candidate asserts none of the findings"
    assert found.find("reports-with-hallucination").high == pytest.approx(
        0.5615, abs=1e-4
    )  # Wilson
    with pytest.raises(ValueError, match="lengths differ: 1 candidates, 2 references"):
        reading(["x"], ["x", "y"], VOCABULARY)
    with pytest.raises(ValueError, match="name the vocabulary"):
        evaluate(["x"], ["x"])


def test_an_empty_report_omits_and_is_told() -> None:
    """It stays in the denominator."""
    found = compare([None, "Effusion."], ["Effusion.", "Effusion."], VOCABULARY, replicates=20)
    omitted = found.find("omission-rate")
    assert (omitted.events, omitted.n) == (1, 2)
    codes = {w.code: w.count for w in found.warnings}
    assert codes["blank-candidates"] == 1
    assert codes["findings-not-asserted"] == 12
    assert "vocabulary-unreviewed" in codes


def test_a_reference_of_which_nothing_is_read_is_no_reference() -> None:
    """All of it stands in a section that is left out: the case is left out, and counted."""
    references = ["INDICATION: Effusion.", "FINDINGS: Effusion."]
    found = compare(["Effusion."] * 2, references, VOCABULARY, replicates=20)
    assert found.find("finding-precision").n == 1
    assert {w.code: w.count for w in found.warnings}["missing-references"] == 1


def test_a_reviewer_takes_the_warning_away_and_no_text_comes_out() -> None:
    """Only names of findings, numbers and fixed words."""
    reviewed = VOCABULARY.model_copy(update={"reviewed_by": "Dr. N. N."})
    texts = ["Effusion near Zebrastreifen."] * 4
    found = compare(texts, texts, reviewed, replicates=20)
    assert "vocabulary-unreviewed" not in {w.code for w in found.warnings}
    assert "zebra" not in str(found).lower()
    assert all(isinstance(e, Estimate) for e in found.estimates)


def test_real_systems_rank_as_their_making_suggests() -> None:
    """ACI-BENCH: models that write by division invent in more notes than those that copy turns."""
    vocabulary: ClinicalFindings = load(str(DATA / "note_problems" / "problems.yaml"))
    folder = DATA / "aci_bench_notes"
    with gzip.open(folder / "test1_reference.csv.gz", "rt") as stream:
        notes = {row["encounter_id"]: row["note"] for row in csv.DictReader(stream)}
    with gzip.open(folder / "test1_system_outputs.csv.gz", "rt") as stream:
        rows = list(csv.DictReader(stream))
    made = reading(
        [row["generated_note"] for row in rows],
        [notes[row["encounter_id"]] for row in rows],
        vocabulary,
    )
    systems = [grouping("system", [row["system"] for row in rows])]
    found = clinical_findings.evaluate_in(made, groupings=systems, replicates=100)
    share = {
        e.subgroup.removeprefix("system="): e.value or 0
        for e in found
        if e.endpoint == "reports-with-hallucination"
    }
    assert len(share) == 11
    assert max(share["12_speaker_turns"], share["BART"]) < min(
        share["LED_Division"], share["trainUMLS"]
    )


def test_where_nothing_was_invented_the_bound_counts_cases_not_pairs() -> None:
    """Clopper and Pearson's with 20 cases, however many pairs they hold; with 10 patients, with 10."""
    texts = ["Left pleural effusion. Cardiomegaly."] * 20
    for patient, trials in ((None, 20), (np.repeat(np.arange(10), 2), 10)):
        made = evaluate(texts, texts, VOCABULARY, replicates=200, cluster=patient, by_finding=False)
        found = Result(estimates=tuple(made)).find("hallucination-rate")
        assert (found.events, found.n, found.low) == (0, 40, 0.0)
        assert found.high == pytest.approx(1 - 0.025 ** (1 / trials))
        assert found.method == "clopper-pearson-cases"
