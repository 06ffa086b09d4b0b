"""The protocol run of written outputs, on real answers of vision-language models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from demo import vqa
from evidence.errors import DataError, OutOfOrderError, UsageError
from evidence.records import GenerativeRun, Look
from policies import text_set as roles
from policies.dataset import DataQualityPolicy
from policies.workspace import Workspace
from validation import freeze, lock
from validation.generative import run, text_set
from validation.generative.outputs import OutputsFile

if TYPE_CHECKING:
    from evidence.records import Record

AT, ACTOR = "2026-01-02T03:04:05+00:00", "tester"
ORACLE = json.loads(
    (Path(vqa.__file__).parent / "data" / "worldmedqa_v" / "oracle.json").read_text()
)
NAMES = {"gpt-4o": "GPT4o", "gemini-1.5-pro": "GeminiPro1-5", "yi-vl-34b": "Yi_VL_34B"}


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with four locked models and the frozen questions."""
    folder = tmp_path_factory.mktemp("vqa")
    vqa.prepare(folder)
    made = Workspace(folder)
    for model in (*NAMES, "paligemma-3b"):
        value = lock.external(model, "1", folder / "models" / f"{model}.json")
        made.store.put_file(folder / "models" / f"{model}.json")
        lock.record(made.trail, value, at=AT, actor=ACTOR)
    spec, quality = roles.load(folder / "dataset.yaml"), made.policy("data_quality").value
    assert isinstance(spec, roles.TextSetSpec)
    assert isinstance(quality, DataQualityPolicy)
    frozen = text_set.freeze_texts(
        folder / "questions.csv", "ref", spec, "text", quality, [], made.store
    )
    freeze.record(made.trail, frozen, at=AT, actor=ACTOR)
    return made


def judge(space: Workspace, model: str, outputs: Path | None = None, **words: str) -> Record:
    """Run the protocol on a model's answers."""
    path = outputs or space.folder / "models" / f"{model}.csv"
    asked = run.GenerativeProtocol(
        lock=lock.find(space.trail, f"{model}/1"),
        frozen=freeze.find(space.trail, "ref"),
        policies=[space.policy("generative")],
        outputs=OutputsFile(
            path=path,
            response=words.get("response", "extracted"),
            condition=words.get("condition", "condition"),
        ),
    )
    return run.execute(asked, space.trail, space.store, at=AT, actor=ACTOR)


def told(space: Workspace, model: str) -> GenerativeRun:
    """The run of a model."""
    return GenerativeRun.read(judge(space, model).body)


def of(found: GenerativeRun, endpoint: str, subgroup: str) -> dict[str, Any]:
    """One estimate of a run."""
    rows = [e for e in found.estimates if (e["endpoint"], e["subgroup"]) == (endpoint, subgroup)]
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("model", ["gpt-4o", "gemini-1.5-pro"])
def test_a_run_gives_the_values_that_r_computed(space: Workspace, model: str) -> None:
    """Oracle: counts, Wilson's intervals and exact McNemar of R 4.2.2 (oracle.json)."""
    found = told(space, model)
    for language, known in ORACLE["models"][NAMES[model]].items():
        if language not in ("english", "local"):
            continue
        estimate = of(found, "accuracy", f"language={language}")
        assert (estimate["events"], estimate["n"]) == (known["image_text"]["x"], 568)
        assert [estimate["low"], estimate["high"]] == pytest.approx(
            known["image_text"]["wilson95"], abs=1e-6
        )
        pair = next(m for m in found.modalities if m["subgroup"] == f"language={language}")
        assert pair["p"] == pytest.approx(known["paired"]["exact_p"], rel=1e-6)
        assert pair["flow"] == {
            "right-to-wrong": known["paired"]["image_only_right"],
            "wrong-to-right": known["paired"]["text_only_right"],
        }
        country = known["by_country"]["japan"]
        crossed = of(found, "accuracy", f"country=japan & language={language}")
        assert (crossed["events"], crossed["n"]) == (country["x"], country["n"])


def test_no_evidence_that_the_image_helps_gpt_4o(space: Workspace) -> None:
    """68.5 % with the image, 66.2 % without: the claim is not shown."""
    found = told(space, "gpt-4o")
    criterion = next(
        c for c in found.criteria if c["id"] == "M1" and c["subgroup"] == "language=english"
    )
    assert criterion["verdict"] == "fail"
    assert criterion["reason"].startswith("no evidence that the image helps")
    assert criterion["estimate"]["value"] == pytest.approx(13 / 568)


def test_refusals_are_unparsable_and_no_low_skill(space: Workspace) -> None:
    """Without the image the letters of Yi-VL-34B are no letters: 526 of 568 in English."""
    found = told(space, "yi-vl-34b")
    other = of(found, "unparsable-rate", "condition=text_only")
    assert other["events"] > 526
    pair = next(m for m in found.modalities if m["subgroup"] == "language=english")
    assert pair["verdict"] == "not evaluable"
    assert "526 of 568 answers of 'text_only' are unparsable" in pair["words"]
    assert "not lost knowledge" in pair["words"]
    assert any(w["code"] == "refusals" for w in found.warnings)


def test_a_modality_that_was_never_left_out_is_not_evaluable(space: Workspace) -> None:
    """PaliGemma was asked with the image only."""
    found = told(space, "paligemma-3b")
    verdicts = {c["verdict"] for c in found.criteria if c["id"] == "M1"}
    assert verdicts == {"not evaluable"}
    assert "no output under the condition 'text_only'" in found.modalities[0]["words"]


def test_the_whole_set_is_judged_by_questions_since_each_stands_in_two_languages(
    space: Workspace,
) -> None:
    """Versions of a question are no separate questions."""
    found = told(space, "gpt-4o")
    assert found.design["repeated"] == found.design["units"] == 568
    assert of(found, "accuracy", "overall")["method"] == "ratio-estimator-wilson"
    assert of(found, "accuracy", "language=english")["method"] == "wilson"


def test_the_kappa_between_languages_is_the_published_one(space: Workspace) -> None:
    """Cohen's kappa of the letters in English and the local language."""
    (agreed,) = told(space, "gpt-4o").consistency
    known = ORACLE["models"]["GPT4o"]["english_vs_local"]["image+text"]["cohen_kappa_letters"]
    assert agreed["estimates"][0]["value"] == pytest.approx(known, abs=1e-6)


def test_the_same_inputs_are_one_run_and_one_look(space: Workspace) -> None:
    """Running again gives the record that is there."""
    first = judge(space, "gpt-4o")
    looks = len(space.trail.all(Look))
    assert judge(space, "gpt-4o").seq == first.seq
    assert len(space.trail.all(Look)) == looks


def test_an_edited_policy_is_refused(space: Workspace) -> None:
    """Criteria are registered before the set is opened, and stay."""
    judge(space, "gpt-4o")
    path = space.folder / "policies" / "generative.yaml"
    text = path.read_text()
    try:
        path.write_text(text.replace("at_least: 0.60, primary", "at_least: 0.10, primary"))
        with pytest.raises(OutOfOrderError, match="was edited after version 1 was registered"):
            judge(Workspace(space.folder), "gpt-4o")
    finally:
        path.write_text(text)


def answers(space: Workspace) -> pd.DataFrame:
    """The outputs of GPT-4o."""
    return pd.read_csv(space.folder / "models" / "gpt-4o.csv", dtype=str, keep_default_na=False)


def test_a_case_without_an_output_is_refused_with_the_count(
    space: Workspace, tmp_path: Path
) -> None:
    """Missing is not the same as empty."""
    answers(space).iloc[5:].to_csv(tmp_path / "few.csv", index=False)
    with pytest.raises(DataError, match="5 of 1,136 frozen cases have no output"):
        judge(space, "gpt-4o", tmp_path / "few.csv")


def test_two_outputs_for_one_case_are_refused(space: Workspace, tmp_path: Path) -> None:
    """Which one is meant is not known."""
    frame = answers(space)
    pd.concat([frame, frame.head(3)]).to_csv(tmp_path / "twice.csv", index=False)
    with pytest.raises(DataError, match="3 rows give a second output to one case under the condi"):
        judge(space, "gpt-4o", tmp_path / "twice.csv")


def test_a_condition_that_is_not_there_is_named_with_those_that_are(
    space: Workspace, tmp_path: Path
) -> None:
    """Names are compared as they are written."""
    frame = answers(space)
    frame["condition"] = frame["condition"].str.upper()
    frame.to_csv(tmp_path / "upper.csv", index=False)
    with pytest.raises(DataError, match="'image.text' .there are: 'IMAGE.TEXT', 'TEXT_ONLY'"):
        judge(space, "gpt-4o", tmp_path / "upper.csv")


def test_a_blank_output_counts_as_unparsable(space: Workspace, tmp_path: Path) -> None:
    """Nothing written is an answer that cannot be read, not a missing row."""
    frame = answers(space)
    frame.loc[frame.condition == "image+text", "extracted"] = ""
    frame.to_csv(tmp_path / "blank.csv", index=False)
    found = GenerativeRun.read(judge(space, "gpt-4o", tmp_path / "blank.csv").body)
    assert of(found, "unparsable-rate", "overall")["value"] == 1.0
    assert found.outputs["empty"] == 1136
    assert found.verdict == "fail"


def test_endpoints_of_reports_are_refused_for_answers(space: Workspace) -> None:
    """BLEU is no endpoint of letters."""
    path = space.folder / "policies" / "generative.yaml"
    text = path.read_text()
    try:
        path.write_text(
            text.replace("endpoints: [accuracy", "endpoints: [bleu-4, accuracy").replace(
                "attributes: [language", "attributes: [organ, language"
            )
        )
        with pytest.raises(
            UsageError, match="endpoint bleu-4, which a reference set of answers"
        ) as e:
            judge(Workspace(space.folder), "gpt-4o")
        assert "column 'organ', which reference set ref does not hold" in str(e.value)
    finally:
        path.write_text(text)


def test_repeats_that_the_policy_ignores_are_refused_with_their_count(space: Workspace) -> None:
    """Each question stands in two languages."""
    path = space.folder / "policies" / "generative.yaml"
    text = path.read_text()
    try:
        path.write_text(text.replace("clusters: ratio-estimator-wilson", "clusters: refuse"))
        with pytest.raises(OutOfOrderError, match="1,136 cases of 568 items: 568"):
            judge(Workspace(space.folder), "gpt-4o")
    finally:
        path.write_text(text)


def test_a_wrong_column_is_refused_before_the_set_is_looked_at(space: Workspace) -> None:
    """A slip at the keyboard is no look at the frozen set."""
    looks = len(space.trail.all(Look))
    with pytest.raises(DataError, match="column 'answer' is missing"):
        judge(space, "yi-vl-34b", response="answer")
    with pytest.raises(DataError, match="name its column with --condition"):
        judge(space, "yi-vl-34b", condition="")
    assert len(space.trail.all(Look)) == looks
