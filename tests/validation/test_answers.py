"""Answers scored, held to published accuracies and kappas, and to hand-made and library values."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from validation.answering import (
    CONSISTENCY,
    ENDPOINTS,
    Answers,
    Versions,
    consistency,
    evaluate,
    evaluate_in,
)
from validation.answering.letters import letter_tests
from validation.answering.normalisation import NORMALISATIONS
from validation.answering.scoring import accepted, token_f1, token_recall
from validation.answering.selective import areas, risk_coverage, selective_accuracy
from validation.choices import Choices
from validation.fairness.groups import cross, grouping

if TYPE_CHECKING:
    from validation.estimate import Estimate

ROOT = Path(__file__).parents[2]
DATA = ROOT / "demo/data/worldmedqa_v"
BY = ("model", "condition", "country", "language")


@cache
def world() -> pd.DataFrame:
    """All 23,856 answers beside their keys."""
    read = {"dtype": str, "keep_default_na": False}
    items = pd.read_csv(DATA / "items.csv.gz", **read)  # type: ignore[call-overload]
    answers = pd.read_csv(DATA / "responses.csv.gz", **read)  # type: ignore[call-overload]
    made: pd.DataFrame = answers.merge(items, on=["country", "language", "item"])
    assert len(made) == len(answers) == 23_856
    return made


def lettered(d: pd.DataFrame) -> Answers:
    """The authors' extracted letters, nothing but letters counting."""
    return Answers(
        response=d.extracted.to_numpy(),
        key=d.correct_option.to_numpy(),
        rule="option-letter",
        letters="ABCD",
        reading="letter",
    )


def only(d: pd.DataFrame, model: str, condition: str, language: str) -> pd.DataFrame:
    """One model's answers under one condition in one language."""
    return d[(d.model == model) & (d.condition == condition) & (d.language == language)]


def find(estimates: list[Estimate], endpoint: str, subgroup: str = "overall") -> Estimate:
    """One of them."""
    return next(e for e in estimates if (e.endpoint, e.subgroup) == (endpoint, subgroup))


def test_all_160_published_accuracies_reproduce() -> None:
    """Matos 2025: to their three decimals; Israel to 0.006 (two of their questions share a number)."""
    d = world()
    crossed = cross(*(grouping(name, d[name].to_list()) for name in BY))
    found = {
        e.subgroup: e.value for e in evaluate_in(lettered(d), [crossed], endpoints=["accuracy"])
    }
    published = pd.read_csv(DATA / "published_accuracy.csv")
    assert len(published) == 160
    for row in published.to_dict("records"):
        name = " & ".join(f"{column}={row[column]}" for column in BY)
        limit = 0.006 if row["country"] == "israel" else 0.0005
        assert abs((found[name] or 0) - row["accuracy"]) <= limit, name


def test_all_80_published_kappas_reproduce() -> None:
    """Of the letters as extracted, junk letters being categories, English against local."""
    d = world()
    units = (d.model + d.condition + d.country + d.item).to_numpy()
    versions = Versions.of(lettered(d), units, d.language.to_numpy())
    crossed = cross(*(grouping(name, d[name].to_list()) for name in BY[:3]))
    found, _ = consistency(versions, groupings=[crossed])
    published = pd.read_csv(DATA / "published_kappa.csv")
    assert len(published) == 80
    for row in published.to_dict("records"):
        name = " & ".join(f"{column}={row[column]}" for column in BY[:3])
        limit = 0.006 if row["country"] == "israel" else 0.0005
        kappa = find(found, "cohen-kappa", name).value
        assert kappa is not None
        assert abs(kappa - row["kappa_english_vs_local"]) <= limit, name


def test_wilson_of_every_model_is_as_r_has_it() -> None:
    """20 models and languages with the image, from R (`oracle.json`)."""
    oracle = json.loads((DATA / "oracle.json").read_text())["models"]
    d = world()
    for model in ("GPT4o", "GeminiPro1-5", "Yi_VL_34B", "llava_next_llama3"):
        for language in ("english", "local"):
            for condition, key in (("image+text", "image_text"), ("text_only", "text_only")):
                made = evaluate(lettered(only(d, model, condition, language)))
                told = oracle[model][language]
                accuracy = find(made, "accuracy")
                assert (accuracy.events, accuracy.n) == (told[key]["x"], told[key]["n"])
                assert accuracy.low == pytest.approx(told[key]["wilson95"][0], abs=1e-8)
                assert accuracy.high == pytest.approx(told[key]["wilson95"][1], abs=1e-8)
                unparsable = find(made, "unparsable-rate").events
                assert unparsable == told[f"unparsable_{key}"]


def test_gpt4o_and_yi_are_as_published() -> None:
    """389 and 376 of 568 right with and without the image; 526 of 568 without a letter."""
    d = world()
    image = find(evaluate(lettered(only(d, "GPT4o", "image+text", "english"))), "accuracy")
    assert (image.events, round(image.value or 0, 3)) == (389, 0.685)
    assert [round(x or 0, 4) for x in (image.low, image.high)] == [0.6455, 0.7217]
    text = find(evaluate(lettered(only(d, "GPT4o", "text_only", "english"))), "accuracy")
    assert text.events == 376
    lost = find(evaluate(lettered(only(d, "Yi_VL_34B", "text_only", "english"))), "unparsable-rate")
    assert (lost.events, lost.n) == (526, 568)


def test_yi_without_the_image_did_answer() -> None:
    """The cells that hold no single letter name an option in words: no skill is shown by 21/568."""
    part = only(world(), "Yi_VL_34B", "text_only", "english")
    read = Answers(
        response=part.extracted, key=part.correct_option, rule="option-letter", letters="ABCD"
    )
    made = evaluate(read, endpoints=["accuracy", "unparsable-rate"])
    assert (find(made, "unparsable-rate").events or 0) <= 5
    assert (find(made, "accuracy").value or 0) > 0.3


def test_the_pooled_kappa_of_letters_is_as_r_has_it() -> None:
    """GPT-4o with the image, English against local: 0.6946, agreement 0.7711."""
    d = world()
    part = d[(d.model == "GPT4o") & (d.condition == "image+text")]
    versions = Versions.of(lettered(part), part.country + part.item, part.language)
    found, tests = consistency(versions)
    assert find(found, "cohen-kappa").value == pytest.approx(0.694551652, abs=1e-9)
    assert find(found, "flip-rate").value == pytest.approx(1 - 0.7711267606, abs=1e-9)
    assert [test.test for test in tests] == ["cohen-kappa-zero"]


def _repeats(times: int, seed: int = 1) -> tuple[Answers, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    key = np.tile(draw.choice(list("ABC"), 200), times)
    said = np.where(draw.random(len(key)) < 0.6, key, draw.choice(list("ABC"), len(key)))
    unit, version = np.tile(np.arange(200), times), np.repeat(np.arange(times), 200)
    return (
        Answers(response=said, key=key, rule="option-letter", letters="ABC", reading="letter"),
        unit,
        version,
    )


def test_three_repeats_take_fleiss_and_count_every_flip() -> None:
    """Against statsmodels and a count by hand."""
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    answers, unit, version = _repeats(3)
    found, _ = consistency(Versions.of(answers, unit, version))
    table = np.asarray(answers.response).reshape(3, 200).T
    assert find(found, "fleiss-kappa").value == pytest.approx(
        fleiss_kappa(aggregate_raters(table)[0])
    )
    flips = np.mean([len(set(row)) > 1 for row in table])
    assert find(found, "flip-rate").value == pytest.approx(flips)
    right = (table == np.asarray(answers.key).reshape(3, 200).T).all(axis=1).mean()
    assert find(found, "all-right").value == pytest.approx(right)
    assert {e.endpoint for e in found} <= set(CONSISTENCY)


def test_units_that_repeat_a_version_are_refused_and_incomplete_ones_counted() -> None:
    """A unit is a question to one model; its versions are told apart."""
    answers, unit, version = _repeats(2)
    with pytest.raises(ValueError, match="name more columns that make a unit"):
        Versions.of(answers, np.zeros(400), version)
    with pytest.raises(ValueError, match="one version only"):
        Versions.of(answers, unit, np.zeros(400))
    other = np.where(np.arange(400) == 399, "lone", unit.astype(str))
    made = Versions.of(answers, other, version)
    assert (len(made.first), made.incomplete) == (199, 2)


def test_clusters_widen_kappa_and_accuracy() -> None:
    """Ten copies of a unit in one patient are no ten units."""
    answers, unit, version = _repeats(2)
    copies = np.tile(np.arange(400), 10)
    many = Answers(
        response=np.asarray(answers.response)[copies],
        key=np.asarray(answers.key)[copies],
        rule="option-letter",
        letters="ABC",
        reading="letter",
    )
    units = np.arange(4000) // 400 * 1000 + unit[copies]
    versions = Versions.of(many, units, version[copies])
    few = Choices(replicates=200)
    plain, _ = consistency(versions, choices=few)
    held, _ = consistency(versions, cluster=unit[copies], choices=few)
    for name in ("cohen-kappa", "flip-rate"):
        a, b = find(plain, name), find(held, name)
        assert a.value == b.value
        assert (b.high or 0) - (b.low or 0) > 2 * ((a.high or 0) - (a.low or 0))
    wide = find(evaluate(many, cluster=unit[copies], choices=few), "accuracy")
    slim = find(evaluate(many, choices=few), "accuracy")
    assert wide.method == "ratio-estimator-wilson"
    assert (wide.high or 0) - (wide.low or 0) > 2 * ((slim.high or 0) - (slim.low or 0))


def test_tokens_are_counted_as_squad_counts_them() -> None:
    """Hand-made; a token that repeats counts as often as both have it."""
    assert token_f1("left lung base", "left lower lung") == pytest.approx(2 * 2 / 6)
    assert token_recall("the left lung base", "left lower lung") == pytest.approx(2 / 3)
    assert token_recall("lung lung", "lung") == 1.0
    assert token_f1("lung lung", "lung") == pytest.approx(2 / 3)
    assert token_f1("", "lung") == 0.0
    assert token_recall("右肺下葉", "右肺") == 1.0


@pytest.mark.parametrize(
    ("name", "text", "made"),
    [
        ("none", " The CT. ", " The CT. "),
        ("plain", " Ｔｈｅ  CT. ", "the ct."),
        ("squad", "The well-known X-ray, a CT.", "wellknown xray ct"),
        ("vqa", "Two of the 3.5 cm lesions, don't", "2 of 3.5 cm lesions dont"),
        ("vqa", "1,000", "1000"),
        ("vqa-med", "X-Ray - Plain Film.", "xray plain film"),
    ],
)
def test_normalisations_are_what_their_names_say(name: str, text: str, made: str) -> None:
    """Each by name."""
    assert NORMALISATIONS[name](text) == made


def test_several_accepted_answers_take_the_best() -> None:
    """Separated by '#', or by '#' or '|' in VQA-Med."""
    assert accepted("a # b||c", "#|") == ["a", "b", "c"]
    assert accepted("a#b", "") == ["a#b"]
    text = ["CT scan", "the liver", "none"]
    keys = ["mri#ct scan", "kidney|Liver.", "x"]
    hash_only = Answers(response=text, key=keys, rule="accepted-answer", separator="#")
    assert hash_only.scored.value.tolist() == [1, 0, 0]
    med = Answers(response=["ct scan", "liver", "n"], key=keys, rule="vqa-med")
    assert med.scored.value.tolist() == [1, 1, 0]


def test_yes_no_sensitivity_counts_unparsable_as_wrong() -> None:
    """3 of 4 yes found, 1 of 2 no; one key is a word and is compared as one."""
    answers = Answers(
        response=["Yes.", "yes, a mass", "Yes", "cannot determine", "No", "Yes", "Left"],
        key=["yes", "Yes", "yes", "yes", "no", "no", "left"],
        rule="yes-no",
    )
    made = evaluate(answers)
    found = {e.endpoint: (e.events, e.n) for e in made}
    assert found["sensitivity"] == (3, 4)
    assert found["specificity"] == (1, 2)
    assert found["accuracy"] == (5, 7)
    assert found["accuracy-parsable"] == (5, 6)
    assert found["unparsable-rate"] == (1, 7)


def test_vqa_rad_splits_as_published() -> None:
    """451 questions, 272 closed and 179 open (Lau 2018); its own key scores 1 everywhere."""
    d = pd.read_csv(ROOT / "tests/data/vqa_rad_text/test451.csv.gz", dtype=str)
    closed = (d.answer_type.str.upper().str.strip() == "CLOSED").to_numpy()
    answers = Answers(response=d.answer.str.upper(), key=d.answer, rule="yes-no", closed=closed)
    made = evaluate(answers, choices=Choices(replicates=100))
    assert (len(d), find(made, "closed-accuracy").n, find(made, "open-accuracy").n) == (
        451,
        272,
        179,
    )
    assert find(made, "closed-accuracy").value == find(made, "token-f1").value == 1.0
    assert find(made, "token-f1").n == 179
    wrong = Answers(response=["?"] * len(d), key=d.answer, rule="yes-no", closed=closed)
    assert find(evaluate(wrong, choices=Choices(replicates=100)), "accuracy").value == 0.0


def test_aurc_is_the_mean_risk_over_coverages() -> None:
    """Against the definition, without ties and, in expectation over orders, with them."""
    draw = np.random.default_rng(3)
    right = draw.integers(0, 2, 300).astype(float)
    sure = draw.random(300)
    order = np.argsort(-sure)
    plain = np.mean(np.cumsum(1 - right[order]) / np.arange(1, 301))
    answers = Answers(
        response=np.where(right == 1, "yes", "no"),
        key=["yes"] * 300,
        rule="yes-no",
        certainty=sure,
    )
    made = evaluate(answers, endpoints=["aurc", "e-aurc"], choices=Choices(replicates=200))
    found = find(made, "aurc")
    assert found.value == pytest.approx(plain)
    assert (found.low or 1) < plain < (found.high or 0)
    best = np.mean(np.cumsum(np.sort(1 - right)) / np.arange(1, 301))
    assert find(made, "e-aurc").value == pytest.approx(plain - best)
    wrong = np.array([1, 0, 1.0, 0])
    orders = [np.mean(np.cumsum(draw.permutation(wrong)) / np.arange(1, 5)) for _ in range(20_000)]
    tied = areas(np.array([[4.0]]), np.array([[2.0]]))[0]
    assert tied == pytest.approx(np.mean(orders), abs=0.01)
    curve = risk_coverage(right, sure)
    assert curve.risk[-1] == pytest.approx(1 - right.mean())
    half = selective_accuracy(right, sure, coverages=[0.5])[0]
    assert half.n == 150
    assert half.value == pytest.approx(right[order][:150].mean())


def test_letter_bias_is_seen_and_not_invented() -> None:
    """Always A: distance 3/4, spread of recalls sqrt(3)/4; the key itself: none."""
    key = np.array(list("ABCD") * 50)
    always = Answers(response=["A"] * 200, key=key, rule="option-letter", letters="ABCD")
    names = ["letter-total-variation", "letter-recall-spread"]
    made = evaluate(always, endpoints=names, choices=Choices(replicates=200))
    assert find(made, names[0]).value == pytest.approx(0.75)
    assert find(made, names[1]).value == pytest.approx(np.std([1, 0, 0, 0]))
    fit, paired = letter_tests(always, np.ones(200, dtype=bool))
    assert fit.statistic == pytest.approx(600)
    assert (fit.p or 0) < 1e-100
    assert paired.statistic == pytest.approx(150)
    same = Answers(response=key, key=key, rule="option-letter", letters="ABCD")
    fair = evaluate(same, endpoints=names, choices=Choices(replicates=200))
    assert [e.value for e in fair] == [0.0, 0.0]
    assert (
        letter_tests(same, np.ones(200, dtype=bool))[1].reason == "no answer differs from its key"
    )


def test_flags_give_another_kappa_than_letters() -> None:
    """What the published kappas are not: agreement of being right."""
    d = world()
    part = d[(d.model == "GPT4o") & (d.condition == "image+text") & (d.country == "japan")]
    wide = part.pivot_table(index="item", columns="language", values="correct", aggfunc="first")
    flags = cohen_kappa_score(wide["english"], wide["local"])
    assert abs(flags - 0.694) > 0.02


def test_every_endpoint_of_few_or_odd_answers_is_a_value_or_a_reason() -> None:
    """One answer, none parsable, no kinds told: never a crash, never a NaN."""
    cases = [
        Answers(response=["A"], key=["A"], rule="option-letter", letters="ABCD"),
        Answers(
            response=[None, float("nan"), ""],
            key=["A", "B", "B"],
            rule="option-letter",
            letters="AB",
        ),
        Answers(response=["x"], key=["y"]),
        Answers(response=["Yes"], key=["yes"], rule="yes-no", certainty=np.array([0.5])),
        Answers(response=["a b"], key=["a"], rule="token-f1"),
    ]
    for case in cases:
        for each in evaluate(case, endpoints=ENDPOINTS, choices=Choices(replicates=100)):
            assert each.value is not None or each.reason
            for number in (each.value, each.low, each.high):
                assert number is None or np.isfinite(number)


def test_what_does_not_fit_is_refused_in_words() -> None:
    """Rules, keys, lengths, endpoints."""
    with pytest.raises(ValueError, match="unknown scoring 'bleu'"):
        Answers(response=["a"], key=["a"], rule="bleu")
    with pytest.raises(ValueError, match="1 keys are blank"):
        Answers(response=["a"], key=[None])
    with pytest.raises(ValueError, match="lengths differ"):
        Answers(response=["a"], key=["a", "b"])
    with pytest.raises(ValueError, match="keys are none of the options"):
        evaluate(Answers(response=["A"], key=["E"], rule="option-letter", letters="AB"))
    with pytest.raises(ValueError, match="unknown endpoint 'auroc'"):
        evaluate(Answers(response=["a"], key=["a"]), endpoints=["auroc"])


def test_the_same_inputs_give_the_same_numbers() -> None:
    """Seeds are arguments."""
    d = world().head(600)
    first = evaluate(lettered(d), choices=Choices(replicates=200))
    assert first == evaluate(lettered(d), choices=Choices(replicates=200))
    other = evaluate(lettered(d), choices=Choices(replicates=200, seed=5))
    assert find(first, "letter-recall-spread") != find(other, "letter-recall-spread")
