"""The figure of a design: drawn from its JSON alone, with its numbers in words."""

from __future__ import annotations

from typing import Any

from reports import design_figures


def _body(days: list[float | None]) -> dict[str, Any]:
    lines = [
        {
            "chart": "misses",
            "watch": "sensitivity",
            "stream": stream,
            "losses": [0.02, 0.05, 0.1],
            "days_median": days,
            "days_late": days,
            "years": 5,
        }
        for stream in ("overall", "sex=female")
    ]
    return {"curves": lines, "cases_a_year": 24000.0, "loss": 0.05}


def test_lines_are_drawn_and_said() -> None:
    """The same bytes each time; the alternative text has the numbers."""
    made = design_figures.delays(_body([400.0, 91.3, 30.4]))
    assert made is not None
    assert made == design_figures.delays(_body([400.0, 91.3, 30.4]))
    assert "all cases: a loss of 0.05 after 91 days and a loss of 0.1 after 30 days" in made["alt"]
    assert "sex: female" in made["alt"]
    assert "24,000 cases a year" in made["caption"]
    assert "loss of sensitivity" in made["caption"]


def test_a_delay_beyond_the_years_is_said_and_not_drawn() -> None:
    """Also one that never ends."""
    made = design_figures.delays(_body([None, 5000.0, 60.0]))
    assert made is not None
    assert "a loss of 0.05 not within 5 years" in made["alt"]
    assert design_figures.delays({"curves": [], "cases_a_year": 1.0, "loss": 0.05}) is None
    assert design_figures.delays(_body([400.0, 91.3, 30.4]), "other") is None


def test_more_groups_than_colours_are_counted() -> None:
    """Seven are drawn; the caption says how many are not."""
    body = _body([400.0, 91.3, 30.4])
    body["curves"] = [dict(body["curves"][0], stream=f"site={i}") for i in range(9)]
    made = design_figures.delays(body)
    assert made is not None
    assert "2 further groups" in made["caption"]
    assert "and 3 more groups" in made["alt"]
