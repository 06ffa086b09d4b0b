"""Overlap metrics, held to published values and to the field's own code called directly."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.rouge.rouge import Rouge
from rouge_score import rouge_scorer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from tests.validation import aci_bench
from validation.fairness.groups import grouping
from validation.methods import cite
from validation.resampling import draw
from validation.wording import ENDPOINTS, Reports, Settings, evaluate, evaluate_in
from validation.wording.score import Lack, Score
from validation.wording.scoring import scored
from validation.wording.subsequence import union_hits
from validation.wording.tokens import tokenised

ROUGE = {"rouge-1": "rouge1", "rouge-2": "rouge2", "rouge-l": "rougeL", "rouge-lsum": "rougeLsum"}


def _scores(reports: Reports, *metrics: str, tokenise: str = "none") -> dict[str, Score]:
    found = scored(reports, metrics, Settings(tokenise=tokenise))
    return {one.endpoint: one for one in found if isinstance(one, Score)}


def _value(score: Score) -> float:
    return float(score.whole(score.columns.sum(axis=0)[None])[0])


def _as_coco(reports: Reports) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    return dict(enumerate(map(list, reports.references))), {
        place: [text] for place, text in enumerate(reports.candidates)
    }


def test_the_33_published_values_of_aci_bench_are_those_of_rouge_lsum() -> None:
    """Yim W et al. Sci Data 2023; 10: 586, table 6; its 'ROUGE-L' is no sentence-level ROUGE-L."""
    systems = grouping("system", aci_bench.outputs()["system"].to_list())
    found = evaluate_in(aci_bench.reports(), [systems], metrics=["rouge"], replicates=100)
    values = {(one.endpoint, one.subgroup): one.value for one in found}
    oracle = json.loads((aci_bench.DATA / "oracle.json").read_text())["systems"]
    held = 0
    for system, known in oracle.items():
        for name, theirs in ROUGE.items():
            ours = values[name, f"system={system}"]
            assert ours == pytest.approx(known[theirs], abs=1e-7)
            if theirs in known["published_x100"]:
                assert 100 * (ours or 0) == pytest.approx(known["published_x100"][theirs], abs=0.01)
                held += 1
    assert held == 33
    plain = values["rouge-l", "system=BART_FTSAMSum_Division"]
    assert plain == pytest.approx(0.2963, abs=1e-4)  # printed: 48.62


def test_rouge_of_each_note_is_that_of_rouge_score() -> None:
    """`oracle_per_note.csv`, to its last digit."""
    keys = ["system", "encounter_id"]
    known = pd.read_csv(aci_bench.DATA / "oracle_per_note.csv")
    known = aci_bench.outputs()[keys].merge(known, on=keys, validate="one_to_one")
    found = _scores(aci_bench.reports(), "rouge")
    for name, theirs in ROUGE.items():
        assert found[name].cases == pytest.approx(known[theirs].to_numpy(), abs=1e-5)


def test_rouge_takes_the_best_of_several_references_as_rouge_score_does() -> None:
    """`score_multi`, called directly."""
    reports = aci_bench.several()
    theirs = rouge_scorer.RougeScorer(list(ROUGE.values()))
    stems = rouge_scorer.RougeScorer(list(ROUGE.values()), use_stemmer=True)
    found = _scores(reports, "rouge", "rouge-stemmed")
    for place, (text, some) in enumerate(zip(reports.candidates, reports.references, strict=True)):
        best = theirs.score_multi(some, text)
        for name, key in ROUGE.items():
            assert found[name].cases[place] == pytest.approx(best[key].fmeasure, abs=1e-12)
        best = stems.score_multi(some, text)
        for name, key in ROUGE.items():
            value = found[f"{name}-stemmed"].cases[place]
            assert value == pytest.approx(best[key].fmeasure, abs=1e-12)


def test_the_union_of_subsequences_is_the_one_that_rouge_score_reads_out() -> None:
    """Random sentences of few words, where many subsequences are equally long."""
    dice = random.Random(3)  # noqa: S311 - no secret
    scorer = rouge_scorer.RougeScorer(["rougeLsum"])
    for _ in range(300):
        texts = [
            [
                [dice.randrange(5) for _ in range(dice.randrange(1, 9))]
                for _ in range(dice.randrange(1, 5))
            ]
            for _ in range(2)
        ]
        one, other = ("\n".join(" ".join(map(str, line)) for line in text) for text in texts)
        hits = union_hits(texts[0], texts[1])
        size = sum(map(len, texts[0]))
        assert hits / size == pytest.approx(scorer.score(one, other)["rougeLsum"].recall)


def test_bleu_is_that_of_the_coco_code_for_the_whole_and_for_each_case() -> None:
    """The library pycocoevalcap, called directly, with several references and empty candidates."""
    reports = aci_bench.several()
    whole, each = Bleu(4).compute_score(*_as_coco(reports), verbose=0)
    found = _scores(reports, "bleu")
    for order in range(4):
        score = found[f"bleu-{order + 1}"]
        assert _value(score) == pytest.approx(whole[order], abs=1e-12)
        assert score.cases == pytest.approx(each[order], abs=1e-6)


def test_bleu_and_chrf_of_sacrebleu_are_sacrebleus_over_100() -> None:
    """Called directly; also where no 4-gram is met, so that smoothing shows."""
    for reports in (aci_bench.several(), Reports.of(["a b c d e", "f g"], ["a b x d e", "f h g"])):
        most = max(map(len, reports.references))
        others: Any = [[dict(enumerate(r)).get(k) for r in reports.references] for k in range(most)]
        found = _scores(reports, "bleu", "chrf")
        bleu = BLEU().corpus_score(list(reports.candidates), others).score
        chrf = CHRF().corpus_score(list(reports.candidates), others).score
        assert 0 < _value(found["bleu-4-sacrebleu"]) == pytest.approx(bleu / 100, abs=1e-12)
        assert _value(found["chrf"]) == pytest.approx(chrf / 100, abs=1e-12)


@pytest.mark.parametrize("tokenise", ["none", "lower", "words", "13a"])
def test_cider_is_that_of_the_coco_code_on_every_tokenisation(tokenise: str) -> None:
    """The library pycocoevalcap, called directly on the joined tokens."""
    reports = aci_bench.several()
    cut = [" ".join(t) for t in tokenised([*reports.candidates, *reports.flat], tokenise)]
    rest = iter(cut[60:])
    joined = Reports.of(cut[:60], [[next(rest) for _ in some] for some in reports.references])
    whole, each = Cider().compute_score(*_as_coco(joined))
    score = _scores(reports, "cider", tokenise=tokenise)["cider"]
    assert _value(score) == pytest.approx(whole, abs=1e-10)
    assert score.cases == pytest.approx(each, abs=1e-10)
    assert whole > 0.05


def test_rouge_l_of_the_coco_code_is_named_apart_and_is_its_own() -> None:
    """On the text as it stands, line ends and double spaces included.

    But for an empty candidate: the library takes it for one empty token, which a double space of
    the reference has too; here it scores 0.
    """
    reports = aci_bench.several()
    each = Rouge().compute_score(*_as_coco(reports))[1]
    score = _scores(reports, "rouge-l-coco")["rouge-l-coco"]
    there = ~reports.blank
    assert score.cases[there] == pytest.approx(each[there], abs=1e-12)
    assert score.cases[~there].tolist() == [0, 0]
    assert _value(score) == pytest.approx(score.cases.mean())


def test_words_are_letters_and_digits_of_any_script_in_lower_case() -> None:
    """Nothing of a text's layout is a token."""
    text = "Épanchement pleural;\n<b>NO</b>_effusion 37.5°C"
    assert tokenised([text], "words") == [
        ["épanchement", "pleural", "b", "no", "b", "effusion", "37", "5", "c"]
    ]
    assert tokenised(["A b"], "lower") == [["a", "b"]]
    with pytest.raises(ValueError, match="unknown tokenisation"):
        tokenised([text], "bpe")


def test_an_interval_of_bleu_is_that_of_reports_drawn_again_and_scored_again() -> None:
    """The sums of the cases drawn give what the COCO code gives for their texts."""
    reports = aci_bench.several()
    replicates, seed = 25, 7
    generator = np.random.default_rng(seed)
    again = []
    for weight in draw(np.ones(60, dtype=int), replicates, generator).astype(int):
        rows = np.repeat(np.arange(60), weight)
        texts = Reports.of(
            [reports.candidates[r] for r in rows], [reports.references[r] for r in rows]
        )
        again.append(Bleu(4).compute_score(*_as_coco(texts), verbose=0)[0][3])
    low, high = np.quantile(again, [0.025, 0.975])
    one = evaluate(reports, metrics=["bleu-4"], replicates=replicates, seed=seed)[0]
    assert (one.low, one.high) == pytest.approx((low, high), abs=1e-9)


def test_reports_of_one_patient_are_drawn_together_and_the_same_seed_gives_the_same() -> None:
    """Each case four times tells no more than once."""
    reports = aci_bench.several()
    fourfold = Reports.of(reports.candidates * 4, reports.references * 4)
    patient = list(range(60)) * 4
    alone = evaluate(reports, metrics=["rouge-1"], replicates=1000)[0]
    naive = evaluate(fourfold, metrics=["rouge-1"], replicates=1000)[0]
    first, second = (
        evaluate(fourfold, metrics=["rouge-1"], replicates=1000, cluster=patient)[0]
        for _ in range(2)
    )
    assert first == second
    assert first.method == "rouge-score-unstemmed-bootstrap-percentile-clustered"
    width = [(one.high or 0) - (one.low or 0) for one in (alone, first, naive)]
    assert width[1] == pytest.approx(width[0], rel=0.1)
    assert width[2] < 0.6 * width[0]


def test_what_cannot_be_computed_is_absent_with_its_reason() -> None:
    """One case, no model, no extra, no Java: reasons, and the other metrics stand."""
    found = evaluate(
        Reports.of(["a b"], ["a b"]), metrics=["cider", "rouge-l", "bertscore", "embedding"]
    )
    by_name = {one.endpoint: one for one in found}
    assert "there is one case" in by_name["cider"].reason
    assert by_name["rouge-l"].value == 1
    assert by_name["rouge-l"].low is None
    assert "--bertscore-model" in by_name["bertscore-f1"].reason
    assert "--embedding-model" in by_name["embedding-cosine"].reason


def test_java_is_named_where_it_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """METEOR, and every metric on PTB tokens."""
    monkeypatch.setenv("PATH", "/nowhere")
    found = scored(
        Reports.of(["a", "b"], ["a", "b"]), ["meteor", "bleu-1"], Settings(tokenise="ptb")
    )
    assert all(isinstance(one, Lack) and "needs Java" in one.reason for one in found)
    meteor = scored(Reports.of(["a"], ["a"]), ["meteor"])
    assert isinstance(meteor[0], Lack)
    assert "default-jre-headless" in meteor[0].reason


def test_every_method_and_endpoint_has_its_reference() -> None:
    """Whatever the tokens."""
    for tokenise in ("none", "words", "13a"):
        found = evaluate(
            aci_bench.several(),
            settings=Settings(tokenise=tokenise),
            metrics=["bleu", "rouge", "cider", "chrf"],
            replicates=100,
        )
        assert all("Interval of cases" in text for text in cite(e.method for e in found).values())
        assert {one.endpoint for one in found} <= set(ENDPOINTS)


def test_reports_without_a_reference_are_refused_and_unknown_metrics_named() -> None:
    """With their number."""
    with pytest.raises(ValueError, match="2 cases have no reference"):
        Reports.of(["a", "b", "c"], ["x", " ", [None, ""]])
    with pytest.raises(ValueError, match="lengths differ"):
        Reports.of(["a"], [])
    with pytest.raises(ValueError, match="unknown metrics blue, rogue"):
        evaluate(Reports.of(["a"], ["a"]), metrics=["blue", "rogue", "bleu"])
