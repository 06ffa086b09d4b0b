"""Options with several values, in both ways of writing them."""

from __future__ import annotations

from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from console.stats.words import Wordy

app = typer.Typer(cls=Wordy)


@app.command()
def show(
    file: Annotated[str, typer.Argument()],
    *,
    label: Annotated[str, typer.Option()],
    scores: Annotated[list[str], typer.Option()],
    threshold: Annotated[list[float] | None, typer.Option()] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Say what was understood."""
    typer.echo(f"{file}|{label}|{','.join(scores)}|{threshold}|{as_json}")


@app.command()
def other() -> None:
    """A second command makes the app a group."""


@pytest.mark.parametrize(
    "words",
    [
        "f.csv --label L --scores A B C --threshold 0.1 -2 --json",
        "f.csv --label L --scores A --scores B --scores C --threshold 0.1 --threshold -2 --json",
        "f.csv --label L --scores=A B C --threshold=0.1 -2 --json",
        "--json --label L --threshold 0.1 -2 --scores A B C f.csv",
        "--label L --threshold 0.1 -2 --json f.csv --scores A B C",
        "--label L --scores A B C --threshold 0.1 -2 --json -- f.csv",
        "--label=L --json --scores A --threshold 0.1 -2 --scores B C f.csv",
    ],
)
def test_values_after_a_list_option_may_stand_alone_or_repeat_its_name(words: str) -> None:
    """`--scores A B C` and `--scores A --scores B --scores C`, wherever the file stands."""
    done = CliRunner().invoke(app, ["show", *words.split()])
    assert done.exit_code == 0, done.output
    assert done.output.strip() == "f.csv|L|A,B,C|[0.1, -2.0]|True"


@pytest.mark.parametrize(
    "words",
    ["--label L --scores f.csv", "f.csv --label L --scores", "f.csv g.csv --label L --scores A"],
)
def test_missing_or_superfluous_words_are_faults_of_usage(words: str) -> None:
    """Nothing is guessed: exit code 2."""
    assert CliRunner().invoke(app, ["show", *words.split()]).exit_code == 2


def test_the_value_of_a_plain_option_is_never_taken_for_the_file() -> None:
    """`--label L` keeps its value although a list stands before it."""
    done = CliRunner().invoke(app, ["show", "--scores", "A", "B", "--label", "L", "f.csv"])
    assert done.output.strip() == "f.csv|L|A,B|None|False"
