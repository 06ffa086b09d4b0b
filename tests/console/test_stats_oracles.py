"""Every figure of R that the calculator can give, through the calculator itself.

Tolerances are those of the sources: 1e-6 against R, 5e-5 against printed values.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.console.calculator import Answer, Calculator

TESTS = Path(__file__).parents[1]
DATA = TESTS / "data"
COVID = TESTS.parent / "demo" / "data" / "covid_il_symptoms"
ASAH = ("--label", "outcome", "--positive", "Poor")
HEART = ("--label", "y", "--score", "p_model")
ONCE = ("--replicates", 100)  # intervals by bootstrap are not compared
SITES = ("Cleveland", "Hungary", "Switzerland", "VA_Long_Beach")
WINDOWS = {
    "train_2020_03_22_31": ("2020-03-22", "2020-03-31"),
    "test_2020_04_01_07": ("2020-04-01", "2020-04-07"),
    "week_2020_04_08_14": ("2020-04-08", "2020-04-14"),
}


def close(value: object) -> Any:
    """Equal to R."""
    return pytest.approx(value, abs=1e-6, rel=1e-6)


def oracle(name: str) -> dict[str, Any]:
    """R's figures of a data set."""
    found: dict[str, Any] = json.loads((DATA / name / "oracle.json").read_text())
    return found


def same_area(done: Answer, theirs: dict[str, Any], subgroup: str = "overall") -> None:
    """An AUROC with its DeLong interval, its variance and its denominators."""
    found = done.find("auroc", subgroup)
    assert (found["n"], found["positives"], found["method"]) == (
        theirs["n"],
        theirs["n_pos"],
        "delong",
    )
    assert [found["value"], found["low"], found["high"]] == close(
        [theirs["auc"], *theirs["delong_ci95"]]
    )
    assert found["error"] ** 2 == close(theirs["delong_var"])


def same_table(done: Answer, theirs: dict[str, Any], interval: str, at: float) -> None:
    """The proportions of a 2x2 table with an interval."""
    for name in ("sensitivity", "specificity", "ppv", "npv", "accuracy"):
        found, table = done.find(name, at=at), theirs[name]
        assert (found["events"], found["n"]) == (table["x"], table["n"])
        bounds = table[interval.replace("-", "_") + "95"]
        assert [found["value"], found["low"], found["high"]] == close([table["estimate"], *bounds])
        assert found["method"] == interval


def same_calibration(done: Answer, theirs: dict[str, Any]) -> None:
    """Intercept, slope, observed to expected, Brier, log loss, Spiegelhalter's z."""
    for name, key in {
        "calibration-intercept": "calibration_intercept_slope1",
        "calibration-slope": "calibration_slope",
        "observed-expected": "oe_ratio",
        "brier": "brier",
        "log-loss": "log_loss",
    }.items():
        assert done.find(name)["value"] == pytest.approx(theirs[key], rel=1e-5, abs=1e-6), name
    for name, key in {
        "calibration-intercept": "calibration_intercept_slope1_se",
        "calibration-slope": "calibration_slope_se",
    }.items():
        # R's glm stops a step earlier: its standard errors are those of the step before the last
        assert done.find(name)["error"] == pytest.approx(theirs[key], rel=2e-4), name
    if "spiegelhalter_z" in theirs:
        z = next(t for t in done.body["tests"] if t["test"] == "spiegelhalter")["statistic"]
        assert z == pytest.approx(theirs["spiegelhalter_z"], rel=1e-5)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Calculator:
    """The calculator."""
    return Calculator(monkeypatch, capsys)


def test_asah_areas_tables_and_partial_areas(run: Calculator) -> None:
    """Robin et al. 2011: three markers, the 2x2 table at 0.205, two partial areas."""
    theirs, file = oracle("asah_roc"), DATA / "asah_roc" / "asah.csv"
    for marker in ("s100b", "ndka", "wfns"):
        done = run("binary", file, *ASAH, "--score", marker, "--endpoint", "auroc")
        same_area(done, theirs["auc"][marker])
    for interval in ("wilson", "clopper-pearson"):
        done = run(
            *("binary", file, *ASAH, "--score", "s100b", *ONCE),
            *("--threshold", 0.205, "--interval", interval),
        )
        same_table(done, theirs["at_s100b_ge_0.205"], interval, 0.205)
        youden = theirs["youden_best_s100b"]["youden"] - 1
        assert done.find("youden")["value"] == close(youden)
    for name, key in {
        "partial-auroc-specificity-0.9-1": "partial_auc_s100b_spec_1_0.9",
        "partial-auroc-corrected-specificity-0.9-1": "partial_auc_s100b_spec_1_0.9_corrected",
        "partial-auroc-sensitivity-0.9-1": "partial_auc_s100b_sens_1_0.9",
    }.items():
        assert done.find(name)["value"] == close(theirs[key])


def test_asah_paired_and_unpaired_delong(run: Calculator) -> None:
    """Three pairs of markers; men and women."""
    theirs, file = oracle("asah_roc"), DATA / "asah_roc" / "asah.csv"
    for pair, figures in theirs["paired_delong"].items():
        a, b = pair.split("_vs_")
        test = run("paired", file, *ASAH, "--score-a", a, "--score-b", b).body["tests"][0]
        assert (test["test"], test["endpoint"]) == ("delong-paired", "auroc-difference")
        assert [test[k] for k in ("estimate", "statistic", "p", "low", "high")] == close(
            [figures["diff"], figures["z"], figures["p"], *figures["ci95"]]
        )
    done = run(
        *("unpaired", file, *ASAH, "--score", "s100b"),
        *("--group", "gender", "--reference", "Female"),
    )
    welch, figures = done.body["tests"][1], theirs["unpaired_s100b_male_vs_female"]
    assert [welch[k] for k in ("statistic", "df", "p")] == close(
        [figures["D"], figures["df"], figures["p"]]
    )
    for sex in ("male", "female"):
        area = done.find("auroc", f"group={sex.title()}")
        assert area["value"] == close(figures[f"auc_{sex}"])


@pytest.mark.parametrize("covariance", ["DeLong", "jackknife", "unbiased"])
@pytest.mark.parametrize("fixed", ["", "_fixed_readers", "_fixed_cases"])
def test_van_dyke_by_every_analysis_of_mrmcaov(
    run: Calculator, covariance: str, fixed: str
) -> None:
    """The difference, its standard error, interval and p; the means; the components."""
    theirs = oracle("vandyke_mrmc")["results"][covariance + fixed]
    words = [f"--{fixed.removeprefix('_fixed_')}", "fixed"] if fixed else []
    done = run(
        *("readers", DATA / "vandyke_mrmc" / "vandyke.csv", "--reader", "reader"),
        *("--case", "case", "--modality", "treatment", "--truth", "truth", "--rating", "rating"),
        *("--covariance", covariance.lower(), *words),
    )
    test, figures = done.body["tests"][0], theirs["test_diffs"]["1"]
    assert (test["test"], test["endpoint"], test["method"]) == (
        "obuchowski-rockette",
        "auroc-difference",
        "obuchowski-rockette",
    )
    assert [test[k] for k in ("estimate", "statistic", "p", "low", "high")] == close(
        [
            figures["Estimate"],
            figures.get("t", figures.get("z")),
            figures["p-value"],
            *figures["CI"],
        ]
    )
    if "df" in figures:
        assert test["df"] == close(figures["df"])
    for number, mean in theirs["test_means"].items():
        found = done.find("auroc", f"treatment={number}")
        assert [found["value"], found["low"], found["high"]] == close(
            [mean["Estimate"], *mean["CI"]]
        )
        assert found["error"] == close(mean["StdErr"])
    names = (
        *("variance-reader", "variance-modality-reader", "variance-error"),
        *("covariance-1", "covariance-2", "covariance-3"),
    )
    for name, component in zip(names, (theirs["vcov_comps"] or {}).values(), strict=False):
        assert done.find(name)["value"] == close(component["Estimate"])


@pytest.mark.parametrize("interval", ["wilson", "clopper-pearson"])
def test_liver_scans_and_single_proportions(run: Calculator, tmp_path: Path, interval: str) -> None:
    """Altman and Bland 1994; Newcombe 1998, both intervals, from counts."""
    theirs, file = oracle("textbook_accuracy_tables"), tmp_path / "counts.csv"
    words = ("--label", "y", "--score", "call", "--count", "n", "--interval", interval, *ONCE)
    liver = theirs["liver"]
    file.write_text(
        f"y,call,n\n1,1,{liver['tp']}\n1,0,{liver['fn']}\n0,1,{liver['fp']}\n0,0,{liver['tn']}\n"
    )
    done = run("binary", file, *words)
    known = {k: liver[k] for k in ("sensitivity", "specificity", "ppv", "npv")}
    for name, table in known.items():
        found = done.find(name)
        bounds = table[interval.replace("-", "_") + "95"]
        assert [found["value"], found["low"], found["high"]] == pytest.approx(
            [table["estimate"], *bounds], abs=1e-8
        )
    table = pd.read_csv(DATA / "textbook_accuracy_tables" / "newcombe1998_single_proportion.csv")
    for x, n in zip(table.x.astype(int), table.n.astype(int), strict=True):
        file.write_text(f"y,call,n\n1,1,{x}\n1,0,{n - x}\n0,0,1\n")
        found = run("binary", file, *words).find("sensitivity")
        name = "wilson" if interval == "wilson" else "clopper_pearson"
        mine = next(e for e in theirs["single"] if (e["x"], e["n"]) == (x, n))[f"{name}95"]
        assert [found["low"], found["high"]] == pytest.approx(mine, abs=1e-8)


def test_newcombe_differences_of_separate_groups(run: Calculator, tmp_path: Path) -> None:
    """Newcombe 1998, method 10, all eight tables."""
    table = pd.read_csv(DATA / "textbook_accuracy_tables" / "newcombe1998_difference.csv")
    file = tmp_path / "counts.csv"
    for row, theirs in zip(
        table.to_dict("records"), oracle("textbook_accuracy_tables")["difference"], strict=True
    ):
        parts = [(g, int(row[f"x{i}"]), int(row[f"n{i}"])) for g, i in (("a", 1), ("b", 2))]
        lines = [f"{g},1,{c},{n}" for g, x, of in parts for c, n in ((1, x), (0, of - x))]
        file.write_text("g,y,call,n\n" + "\n".join(lines) + "\n")
        done = run(
            *("unpaired", file, "--label", "y", "--score", "call", "--group", "g"),
            *("--threshold", 0.5, "--count", "n"),
        )
        test = next(t for t in done.body["tests"] if t["endpoint"] == "sensitivity-difference")
        assert test["method"] == "newcombe"
        assert [test["estimate"], test["low"], test["high"]] == pytest.approx(
            [theirs["diff"], *theirs["newcombe_method10"]], abs=1e-8
        )


def test_decision_curves_area_and_calibration_with_logical_labels(run: Calculator) -> None:
    """R's package dcurves; the labels are R's TRUE and FALSE."""
    theirs, file = oracle("decision_curve_demo"), DATA / "decision_curve_demo" / "df_binary.csv.gz"
    for score in ("cancerpredmarker", "famhistory"):
        words = ("--label", "cancer", "--score", score)
        points = [row["threshold"] for row in theirs["net_benefit"][score].values()]
        done = run("decision-curve", file, *words, "--thresholds", *points)
        for endpoint, key in (
            ("net-benefit", score),
            ("net-benefit-treat-all", "all"),
            ("net-benefit-treat-none", "none"),
        ):
            for row in theirs["net_benefit"][key].values():
                found = done.find(endpoint, at=row["threshold"])["value"]
                assert found == close(row["net_benefit"]), (endpoint, row["threshold"])
    words = ("--label", "cancer", "--score", "cancerpredmarker")
    done = run("binary", file, *words, "--endpoint", "auroc", "prevalence")
    same_area(done, theirs["auc"])
    assert done.find("prevalence")["value"] == close(theirs["prevalence"])
    done = run("calibration", file, *words, *ONCE)
    same_calibration(done, theirs["calibration"])
    fit, figures = done.body["tests"][0], theirs["hosmer_lemeshow_external"]
    assert fit["test"] == "hosmer-lemeshow-external"
    assert [fit["statistic"], fit["df"], fit["p"]] == close(
        [figures["chisq"], figures["df"], figures["p"]]
    )


def test_heart_disease_at_four_sites(run: Calculator, tmp_path: Path) -> None:
    """External validation: AUROC by site, calibration by site, blanks counted."""
    theirs, file = oracle("heart_disease_4sites")["sites"], tmp_path / "site.csv"
    every = DATA / "heart_disease_4sites" / "heart.csv"
    done = run("binary", every, *HEART, "--by", "site", "--endpoint", "auroc")
    pooled = run("sites", every, *HEART, "--site", "site")
    for found in (done, pooled):
        lost = sum(site["rows"] - site["complete"] for site in theirs.values())
        assert found.codes["missing-values"] == lost
    frame = pd.read_csv(every)
    for site in SITES:
        same_area(done, theirs[site], f"site={site}")
        assert pooled.find("auroc", f"site={site}")["value"] == close(theirs[site]["auc"])
        frame[frame.site == site].to_csv(file, index=False)
        same_calibration(run("calibration", file, *HEART, *ONCE), theirs[site])


@pytest.mark.parametrize("window", WINDOWS)
def test_covid_windows_from_counts(run: Calculator, tmp_path: Path, window: str) -> None:
    """Zoabi et al. 2021: areas, precision-recall in both definitions, tables, calibration."""
    theirs, (first, last) = oracle("covid_il_symptoms")["windows"][window], WINDOWS[window]
    frame = pd.read_csv(COVID / "tests_snapshot_2020-05-04.csv.gz")
    known = frame.corona_result.isin(["positive", "negative"]) & frame.gender.notna()
    file = tmp_path / "window.csv"
    frame[known & frame.test_date.between(first, last)].to_csv(file, index=False)
    words = ("--label", "corona_result", "--positive", "positive", "--count", "n")
    for interval in ("wilson", "clopper-pearson"):
        done = run(
            *("binary", file, *words, "--score", "p_all", "--by", "gender", *ONCE),
            *("--threshold", 0.145, 0.1529, "--interval", interval),
        )
        for point in (0.145, 0.1529):
            same_table(done, theirs["operating_points"][f"p_all_ge_{point}"], interval, point)
    same_area(done, theirs["all_features"])
    for sex, figures in theirs["auc_by_sex"].items():
        same_area(done, figures, f"gender={sex}")
    for name, key in (("average-precision", "average_precision"), ("trapezoid", "trapezoid")):
        assert done.find(f"auprc-{name}")["value"] == close(theirs["pr_all"][key])
    same_area(
        run("binary", file, *words, "--score", "p_balanced", "--endpoint", "auroc"),
        theirs["balanced_features"],
    )
    for score in ("all", "balanced"):
        done = run("calibration", file, *words, "--score", f"p_{score}", *ONCE)
        same_calibration(done, theirs[f"calibration_{score}"])
    done = run("paired", file, *words, "--score-a", "p_all", "--score-b", "p_balanced")
    if figures := theirs.get("paired_delong_all_vs_balanced"):
        test = done.body["tests"][0]
        assert test["estimate"] == close(figures["diff"])
        assert test["p"] == pytest.approx(figures["p"], rel=1e-4)
