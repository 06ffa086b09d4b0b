"""What a command says, and with which exit code it leaves.

0 pass or nothing to do, 1 criteria failed or trigger raised, 2 usage, 3 not evaluable, 4 refused or
could not run. With ``--json`` one object goes to stdout and nothing else; progress goes to stderr.
"""

from __future__ import annotations

import json
import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evidence.errors import AssuranceError, UsageError
from evidence.records import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
OK, FAILED, USAGE, NOT_EVALUABLE, REFUSED = range(5)
SCREEN = 20  # lines of a message
WIDE = 160  # columns of a file or pipe
OF_VERDICT = {
    Verdict.PASS: OK,
    Verdict.FAIL: FAILED,
    Verdict.NOT_EVALUABLE: NOT_EVALUABLE,
}


def screen() -> Console:
    """The console on stdout; wide where no terminal sets the width, so that no word is cut."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)


def say(text: str, *, as_json: bool) -> None:
    """A sentence on stdout, unless JSON was asked for."""
    if not as_json:
        screen().print(text, markup=False)


def give(value: dict[str, Any], *, as_json: bool) -> None:
    """The JSON object on stdout, if it was asked for."""
    if as_json:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on stdout."""
    from rich.markup import escape
    from rich.table import Table

    made = Table(
        title=escape(title), title_justify="left", title_style="bold", show_header=any(headings)
    )
    for heading in headings:
        made.add_column(heading, overflow="fold")
    for row in rows:
        made.add_row(*(escape(str(cell)) for cell in row))
    screen().print(made)


def refuse(error: BaseException, *, as_json: bool) -> int:
    """Say what went wrong, on one screen and without a traceback; the exit code."""
    if isinstance(error, AssuranceError):
        code, message = (USAGE if isinstance(error, UsageError) else REFUSED), str(error)
    else:
        code, message = REFUSED, _unforeseen(error)
    lines = message.splitlines()
    rest = lines[SCREEN:]
    shown = [*lines[:SCREEN], *([f"... and {len(rest)} more"] if rest else [])]
    sys.stderr.write("\n".join(["Refused: " + shown[0], *shown[1:]]) + "\n")
    if as_json:
        give({"error": message, "kind": type(error).__name__, "exit": code}, as_json=True)
    return code


def _unforeseen(error: BaseException) -> str:
    """A fault of ours: the traceback goes to a file that can be sent to whoever mends it."""
    import tempfile

    with tempfile.NamedTemporaryFile(
        "w", prefix="tplc-fault-", suffix=".txt", delete=False, encoding="utf-8"
    ) as stream:
        stream.write("".join(traceback.format_exception(error)))
    return (
        f"The suite failed ({type(error).__name__}: {error}). This is a fault of the suite; the "
        f"details are in {stream.name}. Nothing was recorded."
    )


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal, plain lines elsewhere; both on stderr.

    Yields:
        A function of the step's words, how many are done, and of how many.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    error = Console(stderr=True, highlight=False)
    if not error.is_terminal:
        yield lambda words, done, of: error.print(
            f"{title}: {words}" + (f" ({done} of {of})" if of else ""), markup=False, soft_wrap=True
        )
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=error, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def step(words: str, done: int, of: int) -> None:
            bar.update(task, description=f"{title}: {words}", completed=done, total=of or None)

        yield step
