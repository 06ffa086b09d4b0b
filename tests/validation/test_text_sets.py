"""The formats of benchmarks, each read into one frozen form; odd files told by row."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evidence.errors import UsageError
from tests.validation.text_files import faults, rows, write
from validation import table, table_file
from validation.text_sets import FORMATS
from validation.text_sets.formats import read
from validation.text_sets.text_set import COLUMNS, Options

ROOT = Path(__file__).parents[2]
VQA_RAD = ROOT / "tests" / "data" / "vqa_rad_text" / "test451.csv.gz"
WORLD = ROOT / "demo" / "data" / "worldmedqa_v" / "items.csv.gz"


def _rad(**changes: Any) -> dict[str, Any]:
    """One object of VQA-RAD's public JSON, invented."""
    return {
        "qid": "1",
        "phrase_type": "freeform",
        "qid_linked_id": "abc",
        "image_case_url": "https://example.org/case?caseID=1",
        "image_name": "s1.jpg",
        "image_organ": "HEAD",
        "question": "Is the ventricle wide?",
        "question_type": "PRES",
        "answer": "Yes",
        "answer_type": "CLOSED ",
    } | changes


def test_vqa_rads_test_split_has_its_published_counts() -> None:
    """Lau et al. 2018, test split: 451 questions, 272 closed and 179 open."""
    found = read("vqa-rad", [VQA_RAD], Options(split="test"))
    counts = found.counts()
    assert len(found.frame) == 451
    assert counts["answer_type"] == {"closed": 272, "open": 179}
    assert counts["organ"] == {"CHEST": 174, "ABD": 158, "HEAD": 119}
    assert counts["split"] == {"test": 451}
    assert counts["language"] == {"en": 451}
    assert tuple(found.frame.columns) == COLUMNS
    assert found.scoring == {"closed": "exact-match", "open": "token-recall"}
    assert found.frame["accepted_answers"].equals(found.frame["answer"])
    assert found.frame["case"].is_unique
    assert not found.warnings


def test_worldmedqa_v_has_568_questions_in_two_languages() -> None:
    """1,136 rows, linked by country and item; keys as the source counts them."""
    found = read("multiple-choice", [WORLD])
    source = pd.read_csv(WORLD, dtype=str, keep_default_na=False)
    assert len(found.frame) == 1136
    assert found.frame["case"].is_unique
    assert found.frame["question_group"].nunique() == 568
    assert found.counts()["language"] == {"english": 568, "local": 568}
    assert found.frame["answer"].to_list() == source["correct_option"].to_list()
    assert found.frame["B"].to_list() == [text.strip() for text in source["B"]]
    assert found.frame["country"].value_counts()["israel"] == 372
    assert found.summary()["options"] == ["A", "B", "C", "D"]


def test_vqa_rads_json_is_tidied(tmp_path: Path) -> None:
    """Trailing spaces, both orders of two types, numbers as answers, the split in the phrase type."""
    path = write(
        tmp_path,
        "rad.json",
        [
            _rad(),
            _rad(
                qid=2,
                phrase_type="test_para",
                question_type="PRES, ABN",
                answer=3,
                answer_type="OPEN",
            ),
            _rad(
                qid="3",
                question_type="ABN, PRES ",
                question="Ist die Kammer\r\nweit? ",
                image_name="s2.jpg",
            ),
        ],
    )
    found = read("vqa-rad", [path])
    first, second, third = rows(found)
    assert first["answer_type"] == "closed"
    assert (first["split"], second["split"]) == ("train", "test")
    assert second["phrase_type"] == "para"
    assert second["question_type"] == third["question_type"] == "ABN, PRES"
    assert second["answer"] == second["accepted_answers"] == "3"
    assert third["question"] == "Ist die Kammer\nweit?"
    assert first["question_group"] == "abc"
    codes = {w.code: w.count for w in found.warnings}
    assert codes == {"duplicate-questions": 1, "image-in-several-splits": 1}


def test_faults_of_all_rows_come_at_once(tmp_path: Path) -> None:
    """By count and row; with the option they are left out and counted."""
    lacking = _rad(qid="5")
    del lacking["question"]
    content = [
        _rad(),
        _rad(qid="2", answer="  "),
        _rad(qid="", answer=None),
        _rad(qid="4", answer_type="HALF"),
        lacking,
        "text",
        _rad(qid="7", answer={"a": 1}),
    ]
    path = write(tmp_path, "rad.json", content)
    told = faults("vqa-rad", [path])
    assert "3 rows: 'answer' is blank (rows 2, 3, 7)" in told
    assert "1 rows: 'case' is blank (row 3)" in told
    assert "1 rows: answer type is none of closed, open (row 4)" in told
    assert "1 rows: the item has no 'question' (row 5)" in told
    assert "1 rows: the item is no JSON object (row 6)" in told
    assert "1 rows: 'answer' is no text but a dict (row 7)" in told
    found = read("vqa-rad", [path], Options(exclude_faulty=True))
    assert found.frame["case"].to_list() == ["1"]
    assert found.left_out == 6
    assert len(found.excluded) == 7


def test_slake_keeps_both_languages(tmp_path: Path) -> None:
    """Content types as question types; Chinese as it stands."""
    item = {
        "img_id": 1,
        "img_name": "xmlab1/source.jpg",
        "question": "图像中有异常吗",
        "answer": "有",
        "q_lang": "zh",
        "location": "Lung",
        "modality": "X-Ray",
        "answer_type": "CLOSED",
        "base_type": "vqa",
        "content_type": "Abnormality",
        "triple": ["vhead", "_", "_"],
        "qid": 12,
    }
    english = item | {
        "question": "Which side?",
        "answer": "Left",
        "q_lang": "en",
        "qid": 13,
        "answer_type": "OPEN",
    }
    path = write(tmp_path, "test.json", [item, english])
    first, second = rows(read("slake", [path], Options(split="test")))
    assert (first["language"], first["question"], first["answer"]) == (
        "zh",
        "图像中有异常吗",
        "有",
    )
    assert second["question_type"] == "Abnormality"
    assert (second["organ"], second["patient"], second["case"]) == ("Lung", "1", "13")
    assert second["answer_type"] == "open"
    assert "triple" not in second


def test_path_vqa_names_its_questions_and_refuses_pickles(tmp_path: Path) -> None:
    """Lists by split, yes and no closed; a pickle by its name or its first bytes, never opened."""
    items = [
        {"image": "i1", "question": "Is it necrotic?", "answer": "no"},
        {"image": "i1", "question": "Where is the nucleus?", "answer": "at the margin"},
        {"image": "i1", "question": "Is it necrotic?", "answer": "no"},
    ]
    path = write(tmp_path, "qas.json", {"train": items[:2], "test": items[2:]})
    found = read("path-vqa", [path])
    found_rows = rows(found)
    assert [row["case"] for row in found_rows] == ["i1-1", "i1-2", "i1-3"]
    assert [row["answer_type"] for row in found_rows] == ["closed", "open", "closed"]
    assert [row["question_type"] for row in found_rows] == ["yes/no", "where", "yes/no"]
    assert [row["split"] for row in found_rows] == ["train", "train", "test"]
    assert {w.code for w in found.warnings} == {"duplicate-questions", "image-in-several-splits"}
    for name in ("train.pkl", "train.json", "train.csv"):
        stored = tmp_path / name
        stored.write_bytes(pickle.dumps(items))
        assert "can run any code" in faults("path-vqa", [stored])
    copy = write(tmp_path, "copy.csv", 'image,question,answer\r\ni1,"What, then?","a ""b"""\r\n')
    assert rows(read("path-vqa", [copy]))[0]["answer"] == 'a "b"'


def test_vqa_med_takes_bars_in_answers_and_several_accepted_ones(tmp_path: Path) -> None:
    """A byte order mark, CRLF, a category, a bar in the answer, doubled answers."""
    content = (
        "\ufeffsyn1|what is abnormal?|mass#Mass effect #mass\r\n"
        "syn1|modality|is this an mri?|yes\r\n"
        "\r\n"
        "syn2|what level?|L4|L5 disc#disc\r\n"
        "syn3|plane of view?|axial\r\n"
    )
    found = read("vqa-med", [write(tmp_path, "qa.txt", content)])
    found_rows = rows(found)
    assert [row["case"] for row in found_rows] == ["syn1-1", "syn1-2", "syn2-1", "syn3-1"]
    assert found_rows[0]["accepted_answers"] == "mass#Mass effect"
    assert found_rows[0]["answer"] == "mass"
    assert (found_rows[1]["question_type"], found_rows[1]["answer_type"]) == ("modality", "closed")
    assert found_rows[2]["accepted_answers"] == "L4|L5 disc#disc"
    assert "question_type" not in found_rows[3]
    assert not found.warnings


def test_vqa_med_faults_are_told_by_line(tmp_path: Path) -> None:
    """Too few fields, no answer; two files of questions and answers."""
    told = faults("vqa-med", [write(tmp_path, "qa.txt", "a|b?\nb|c?|\n\nc|d?|e\nno bars at all")])
    assert "the line is not image|question|answer (rows 1, 5)" in told
    assert "'answer' is blank (rows 1, 2, 5)" in told
    questions = write(tmp_path, "q.txt", "s1|what is seen?\ns2|and here?")
    answers = write(tmp_path, "a.txt", "s2|cyst#renal cyst\ns1|stone")
    first, second = rows(read("vqa-med", [questions, answers]))
    assert (first["answer"], second["accepted_answers"]) == ("stone", "cyst#renal cyst")
    twice = write(tmp_path, "b.txt", "s2|cyst\ns2|stone\nnothing")
    assert "stands twice (rows 2, 3)" in faults("vqa-med", [questions, twice])


@pytest.mark.parametrize(
    "options",
    ['["cyst", "Zyste, groß"]', "['cyst', 'Zyste, groß']", '{"A": "cyst", "b": "Zyste, groß"}'],
)
def test_options_may_stand_together_in_one_column(tmp_path: Path, options: str) -> None:
    """A JSON list, a list as Python writes it, an object by letter."""
    frame = pd.DataFrame({"id": ["q1"], "question": ["?"], "choices": [options], "key": ["(b)"]})
    path = tmp_path / "bench.parquet"
    frame.to_parquet(path)
    how = Options(columns={"case": ("id",), "options": ("choices",), "answer": ("key",)})
    found = read("multiple-choice", [path], how)
    assert rows(found) == [
        {
            "case": "q1",
            "question": "?",
            "A": "cyst",
            "B": "Zyste, groß",
            "answer": "B",
            "answer_type": "closed",
        }
    ]


def test_a_key_outside_the_options_is_a_fault(tmp_path: Path) -> None:
    """A letter without an option, a word of none, a word of two; an option's own text is its key."""
    content = (
        "case,question,A,B,C,answer\n"
        "1,q,x,y,,A.\n"
        "2,q,x,y,,C\n"
        "3,q,x,y,z,w\n"
        "4,q,x,X,z,x\n"
        "5,q,x,y,z,Z\n"
        "6,q,x,,,A\n"
        "7,q,x,y,z,\n"
        "8,,x,y,z,1\n"
    )
    path = write(tmp_path, "mcq.csv", content)
    told = faults("multiple-choice", [path])
    assert "the answer is neither a key (A to B) nor one option's text (row 2)" in told
    assert "the answer is neither a key (A to C) nor one option's text (rows 3, 4, 8)" in told
    assert "fewer than two options (row 6)" in told
    assert "'answer' is blank (rows 2, 3, 4, 7, 8)" in told
    assert "'question' is blank (row 8)" in told
    found = read("multiple-choice", [path], Options(exclude_faulty=True))
    assert found.frame[["case", "answer"]].to_numpy().tolist() == [["1", "A"], ["5", "C"]]
    assert {w.code: w.count for w in found.warnings}["answer-by-text"] == 1


def test_columns_that_are_not_named_are_asked_for(tmp_path: Path) -> None:
    """All at once; nothing is guessed."""
    path = write(tmp_path, "mcq.csv", "id,stem,a1,a2,key\n1,q,x,y,A\n")
    told = faults("multiple-choice", [path], Options(columns={"answer": ("kye",)}))
    for words in (
        "column 'kye' is missing",
        "which column is the case?",
        "which column is the question?",
        "which columns are the options?",
    ):
        assert words in told
    how = Options(
        columns={
            "case": ("id",),
            "question": ("stem",),
            "A": ("a1",),
            "B": ("a2",),
            "answer": ("key",),
        }
    )
    assert rows(read("multiple-choice", [path], how))[0]["answer"] == "A"


def test_duplicated_ids_are_told_and_kept(tmp_path: Path) -> None:
    """A whole row twice, and one id with two contents."""
    path = write(tmp_path, "rad.json", [_rad(), _rad(), _rad(question="Other?")])
    found = read("vqa-rad", [path])
    assert len(found.frame) == 3
    told = {w.code: w for w in found.warnings}["duplicate-ids"]
    assert told.count == 2
    assert "1 of them the whole row" in told.message


def test_an_answer_with_the_separator_in_it_has_no_accepted_list(tmp_path: Path) -> None:
    """Where the format does not part answers so."""
    found = read(
        "vqa-rad", [write(tmp_path, "rad.json", [_rad(answer="rib #3", answer_type="OPEN")])]
    )
    assert found.frame["answer"][0] == "rib #3"
    assert found.frame["accepted_answers"][0] is None
    assert [w.code for w in found.warnings] == ["separator-in-answer"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", '[{"qid": 1,]', "line 1, column 12: is no JSON"),
        ("a.json", '{"version": 1}', "something else than lists by split"),
        ("a.json", "3", "neither a JSON list nor an object of lists"),
        ("a.json", "[]", "there are no rows in it"),
        ("a.jsonl", '{"qid": 1}\n{', "line 2, column 2: is no JSON"),
        ("a.json", "", "the file is empty"),
        ("a.csv", "qid;question;answer\n1;2;3\n", "separated by semicolons"),
        ("a.csv", "qid,question\n1,2\n", "column 'answer' is missing"),
    ],
)
def test_files_of_another_shape_are_refused_in_words(
    tmp_path: Path, name: str, content: str, words: str
) -> None:
    """Where, and what to do."""
    assert words in faults("vqa-rad", [write(tmp_path, name, content)])


def test_bytes_that_are_no_text_are_refused_by_line(tmp_path: Path) -> None:
    """Latin-1 in the second line; a missing file."""
    path = tmp_path / "qa.txt"
    path.write_bytes(b"a|b|c\nd|gr\xf6\xdfe|f\n")
    assert "line 2 is no UTF-8" in faults("vqa-med", [path])
    assert "there is no such file" in faults("vqa-med", [tmp_path / "none.txt"])


def test_unknown_formats_and_misplaced_options_are_refused() -> None:
    """With what there is."""
    with pytest.raises(UsageError, match="There are: vqa-rad, slake"):
        read("vqarad", [VQA_RAD])
    with pytest.raises(UsageError, match="takes 1 to 1 files, not 2"):
        read("vqa-rad", [VQA_RAD, VQA_RAD])
    with pytest.raises(UsageError, match="names its columns itself"):
        read("vqa-rad", [VQA_RAD], Options(columns={"answer": ("a",)}))
    with pytest.raises(UsageError, match="is no role"):
        read("multiple-choice", [WORLD], Options(columns={"solution": ("a",)}))
    with pytest.raises(UsageError, match="findings, impression, both"):
        read("mimic-cxr", [WORLD], Options(section="all"))
    assert all(made.scoring and made.what for made in FORMATS.values())


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
def test_the_frozen_form_reads_back_as_it_was_written(tmp_path: Path, suffix: str) -> None:
    """Line breaks, quotes, commas, other scripts; equal bytes each time."""
    odd = _rad(question='Größe "x", 大?\nzweite <b>Zeile</b>', answer="a,b")
    found = read("vqa-rad", [write(tmp_path, "rad.json", [odd, _rad(qid="2")])])
    for name in ("one", "two"):
        table_file.write(found.frame, tmp_path / f"{name}{suffix}")
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()
    again = table.read(tmp_path / f"one{suffix}")
    assert again.fillna("").to_numpy().tolist() == found.frame.fillna("").to_numpy().tolist()
