"""What a report says of a finding: sentences read by hand, sides, sections, layout."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import numpy as np
import pytest

from policies.clinical_findings import BUNDLED, ClinicalFindings, load
from policies.reader import parse
from validation import clinical_findings
from validation.clinical_findings import segments, sides
from validation.clinical_findings.status import NAMES

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
VOCABULARY = load(BUNDLED)
IDS = [finding.id for finding in VOCABULARY.findings]
MISREAD = {  # sentence and finding: what is read instead
    ("There is no pneumothorax or effusion, and bibasilar atelectasis persists.", "atelectasis"): "negated",
    ("Although no pneumothorax is seen, a small one cannot be excluded.", "pneumothorax"): "negated",
    ("Any pneumothorax would be too small to see and none is visible.", "pneumothorax"): "asserted",
    ("Retrocardiac opacity, atelectasis or pneumonia.", "atelectasis"): "asserted",
    ("Retrocardiac opacity, atelectasis or pneumonia.", "pneumonia"): "asserted",
    ("Without fever, she has a lobar consolidation on the radiograph.", "consolidation"): "negated",
}  # fmt: skip


def _table() -> list[tuple[str, str, str]]:
    """Sentence, finding and expected status, of all three files."""
    found = []
    for name in ("first", "second", "third"):
        with (DATA / "finding_sentences" / f"{name}.csv").open() as stream:
            for row in csv.DictReader(stream, delimiter="|"):
                text = row["sentence"].replace("\\n", "\n")
                for part in row["expected"].split("; "):
                    finding, _, status = part.partition("=")
                    found.append((text, finding, status))
    return found


TABLE = _table()


def _read(*texts: str | None, vocabulary: ClinicalFindings = VOCABULARY) -> list[dict[str, str]]:
    """Of each text the findings that it mentions, and how."""
    status = clinical_findings.read(texts, vocabulary).status
    names = [finding.id for finding in vocabulary.findings]
    return [
        {names[i]: NAMES[int(row[i])] for i in np.flatnonzero(row) if names[i] != "no-finding"}
        for row in status
    ]


def _status() -> dict[tuple[str, str], str]:
    texts = list(dict.fromkeys(text for text, _, _ in TABLE))
    read = dict(zip(texts, _read(*texts), strict=True))
    return {(text, finding): read[text].get(finding, NAMES[0]) for text, finding, _ in TABLE}


def test_each_sentence_is_read_as_a_person_reads_it_but_for_the_known_misreadings() -> None:
    """333 statuses of 242 sentences; a misreading that mends itself must leave the list."""
    assert (len(TABLE), len({text for text, _, _ in TABLE})) == (333, 242)
    read = _status()
    wrong = {
        (text, finding): read[text, finding]
        for text, finding, want in TABLE
        if read[text, finding] != want
    }
    assert wrong == MISREAD


def test_the_page_states_the_accuracy_of_each_class_and_every_misreading() -> None:
    """As counted here."""
    page = (ROOT / "docs" / "clinical_findings.md").read_text()
    read = _status()
    for name in NAMES:
        rows = [(text, finding) for text, finding, want in TABLE if want == name]
        right = sum(read[row] == name for row in rows)
        assert f"| {name} | {right} of {len(rows)} |" in page
    for sentence, _ in MISREAD:
        assert sentence in page


def test_ten_notes_are_read_as_counted_by_hand() -> None:
    """120 statuses of problems and symptoms in the first reference notes of ACI-BENCH."""
    vocabulary = load(str(DATA / "note_problems" / "problems.yaml"))
    with gzip.open(DATA / "aci_bench_notes" / "test1_reference.csv.gz", "rt") as stream:
        notes = {row["encounter_id"]: row["note"] for row in csv.DictReader(stream)}
    with (DATA / "note_problems" / "hand_count.csv").open() as stream:
        hand = list(csv.DictReader(stream))
    read = _read(*[notes[row["encounter_id"]] for row in hand], vocabulary=vocabulary)
    for row, found in zip(hand, read, strict=True):
        want = dict.fromkeys(row["asserted"].split(), "asserted")
        want |= dict.fromkeys(row["negated"].split(), "negated")
        assert found == want, row["encounter_id"]


@pytest.mark.parametrize(
    ("text", "finding", "side"),
    [
        ("Small left pleural effusion.", "pleural-effusion", sides.LEFT),
        ("Pleural effusion on the right.", "pleural-effusion", sides.RIGHT),
        ("Right-sided pneumothorax.", "pneumothorax", sides.RIGHT),
        ("Bilateral effusions.", "pleural-effusion", sides.BOTH),
        ("Bibasilar atelectasis, left greater than right.", "atelectasis", sides.BOTH),
        ("Effusions, left greater than right.", "pleural-effusion", sides.BOTH),
        ("Consolidation in the right and left lower lobes.", "consolidation", sides.BOTH),
        ("Effusion on the right, pneumothorax on the left.", "pleural-effusion", sides.RIGHT),
        ("Effusion on the right, pneumothorax on the left.", "pneumothorax", sides.LEFT),
        ("Left effusion and right pneumothorax.", "pneumothorax", sides.RIGHT),
        ("Left effusion. Right effusion.", "pleural-effusion", sides.BOTH),
        ("RLL pneumonia.", "pneumonia", sides.RIGHT),
        ("Small effusion.", "pleural-effusion", sides.NONE),
        ("Enlarged left ventricle and effusion.", "pleural-effusion", sides.NONE),
        ("Blunting of the left costophrenic angle.", "pleural-effusion", sides.LEFT),
        ("No left effusion. Right effusion.", "pleural-effusion", sides.RIGHT),
        ("Left PICC line.", "support-devices", sides.NONE),
        ("Opacity that is pneumonia in the right clinical setting.", "lung-opacity", sides.NONE),
    ],
)
def test_the_side_is_that_of_the_nearest_word(text: str, finding: str, side: int) -> None:
    """Of asserted mentions of findings that have a side."""
    assert clinical_findings.read([text], VOCABULARY).side[0, IDS.index(finding)] == side


def test_a_report_that_asserts_a_finding_once_asserts_it() -> None:
    """Of several mentions the highest status counts, in any order of the sentences."""
    parts = ["No effusion.", "Possible effusion.", "Small effusion."]
    assert _read(" ".join(parts), " ".join(reversed(parts)), "\n".join(parts[:2])) == [
        {"pleural-effusion": "asserted"},
        {"pleural-effusion": "asserted"},
        {"pleural-effusion": "uncertain"},
    ]


def test_blank_texts_say_nothing_and_are_told_apart_from_normal_ones() -> None:
    """None, NaN and white space; "no finding" is asserted only where there is a text."""
    found = clinical_findings.read([None, "  \n", float("nan"), "Clear lungs."], VOCABULARY)  # type: ignore[list-item]
    assert found.blank.tolist() == [True, True, True, False]
    assert found.status[:3].max() == 0
    assert NAMES[int(found.status[3, IDS.index("no-finding")])] == "asserted"


def test_no_finding_stands_beside_devices_and_not_beside_doubt() -> None:
    """As CheXpert has it."""
    texts = ["Pacemaker. Clear lungs.", "Possible pneumonia.", "No pneumonia."]
    column = clinical_findings.read(texts, VOCABULARY).status[:, IDS.index("no-finding")]
    assert [NAMES[int(k)] for k in column] == ["asserted", "negated", "asserted"]


def test_repeated_and_reordered_texts_are_read_alike() -> None:
    """Each distinct sentence is read once; the order of the reports does not matter."""
    texts = list(dict.fromkeys(text for text, _, _ in TABLE))
    forward = clinical_findings.read([*texts, *texts], VOCABULARY)
    backward = clinical_findings.read(texts[::-1], VOCABULARY)
    assert (forward.status[: len(texts)] == forward.status[len(texts) :]).all()
    assert (forward.status[: len(texts)] == backward.status[::-1]).all()
    assert (forward.side[: len(texts)] == backward.side[::-1]).all()


def test_case_spaces_quotes_and_markup_do_not_matter() -> None:
    """As exports write them; "less than 5 mm" is no tag."""
    texts = [
        "There isn't any effusion.",
        "THERE ISN\u2019T  ANY\tEFFUSION.",
        "<p>There isn&#39;t any <b>effusion</b>.</p>",
        "There isn't any\u00a0effusion.",
        "There isnt any effusion",
    ]
    assert _read(*texts) == [{"pleural-effusion": "negated"}] * 5
    assert _read("Opacity <5 mm, effusion > 2 cm.") == [
        {"lung-opacity": "asserted", "pleural-effusion": "asserted"}
    ]


def test_sections_that_are_left_out_end_at_the_next_heading_or_an_empty_line() -> None:
    """A section whose heading stands alone goes on through empty lines."""
    known = frozenset(["indication"])
    text = "INDICATION: rule out\npneumonia.\n\nLungs clear.\nIMPRESSION: Normal."
    assert list(segments.sentences(text, known)) == [
        ("indication", "rule out"),
        ("indication", "pneumonia."),
        ("", "lungs clear."),
        ("impression", "normal."),
    ]
    alone = "INDICATION\n\nCough.\n\nFever.\n\nFINDINGS\n\nClear."
    assert [s for s, _ in segments.sentences(alone, known)] == ["indication"] * 2 + ["findings"]


def _with(text: str) -> ClinicalFindings:
    head = "policy: clinical_findings\nversion: 1\ntitle: T\n"
    return parse(head + text, ClinicalFindings, "mine.yaml")


def test_a_finding_may_be_read_in_some_sections_only() -> None:
    """Text outside of sections always counts."""
    vocabulary = _with("findings: [{id: mass, name: M, synonyms: [mass*], sections: [impression]}]")
    text = "FINDINGS: A mass. IMPRESSION: No mass."
    assert _read(text, "A mass.", vocabulary=vocabulary) == [
        {"mass": "negated"},
        {"mass": "asserted"},
    ]
    only = _with(
        "findings: [{id: mass, name: M, synonyms: [mass*]}]\nsections: {only: [impression]}"
    )
    assert _read(text, vocabulary=only) == [{"mass": "negated"}]


def test_history_is_left_out_or_read_as_the_vocabulary_says() -> None:
    """Family history is left out always."""
    text = "findings: [{id: gout, name: G, synonyms: [gout]}]\nhistory: "
    reports = ["History of gout.", "No history of gout.", "Family history of gout."]
    assert _read(*reports, vocabulary=_with(text + "read")) == [
        {"gout": "asserted"},
        {"gout": "negated"},
        {},
    ]
    assert _read(*reports, vocabulary=_with(text + "left-out")) == [{}, {}, {}]


def test_a_vocabulary_brings_its_own_cues_and_patterns() -> None:
    """In any language; gaps hold up to three words and no negation."""
    vocabulary = _with(
        """
findings:
  - {id: ergo, name: E, synonyms: [pleuraerguss*, herz ... vergrößert]}
cues:
  negation: {before: [kein], after: [ausgeschlossen]}
  uncertainty: {before: [verdacht auf]}
"""
    )
    texts = ["Kein Pleuraerguss.", "Pleuraergüsse beidseits.", "Verdacht auf Pleuraerguss."]
    texts += ["Pleuraerguss ausgeschlossen.", "Herz deutlich VERGRÖSSERT.", "Herz no vergrößert."]
    texts += ["Herz ist jetzt etwas vergrößert.", "Herz a b c d vergrößert."]
    read = _read(*texts, vocabulary=vocabulary)
    got = [found.get("ergo", "") for found in read]
    assert got[:4] == ["negated", "", "uncertain", "negated"]
    assert (got[5], got[6], got[7]) == ("", "asserted", "")


def test_no_model_is_loaded_and_the_language_is_blank() -> None:
    """Nothing is fetched, and no statistical model has a say."""
    from validation.clinical_findings.language import Reader

    assert Reader(VOCABULARY)._nlp.pipe_names == []
    sources = (ROOT / "validation" / "clinical_findings").glob("*.py")
    assert not any(re.search(r"spacy\.load|download", path.read_text()) for path in sources)


def test_runs_of_words_without_a_stop_are_read_in_parts() -> None:
    """As a generator that repeats itself writes them; neither slow nor lost."""
    text = "no effusion but pneumothorax and " * 4000
    parts = [sentence for _, sentence in segments.sentences(text)]
    assert max(map(len, parts)) <= segments.LONGEST
    assert " ".join(parts).split() == text.split()
    assert [len(part) for _, part in segments.sentences("x" * 4500)] == [2000, 2000, 500]
    assert _read(text)[0]["pneumothorax"] == "asserted"


def test_a_left_out_section_does_not_swallow_the_body_of_the_report() -> None:
    """Headings of organs end it, in any case."""
    text = "Indication: Effusion? Lungs: Left nodule. Pleura: No effusion."
    assert _read(text) == [{"lung-lesion": "asserted", "pleural-effusion": "negated"}]


def test_a_whole_report_is_read_as_a_person_reads_it() -> None:
    """Wrapped lines, headings, a question in the indication, contours named together."""
    text = """EXAMINATION: CHEST (PA AND LAT)
INDICATION: ___ year old woman with pleural effusion, evaluate for change.
COMPARISON: Film with pneumothorax.
FINDINGS:
The cardiac, mediastinal and hilar contours are normal. There is no evidence of a pleural
effusion or pneumothorax. Remote left-sided rib fractures are again seen. Retrocardiac opacity,
which may reflect atelectasis.
IMPRESSION:
No acute process."""
    assert _read(text) == [
        {
            "enlarged-cardiomediastinum": "negated",
            "cardiomegaly": "negated",
            "lung-opacity": "asserted",
            "atelectasis": "uncertain",
            "pneumothorax": "negated",
            "pleural-effusion": "negated",
            "fracture": "asserted",
        }
    ]
