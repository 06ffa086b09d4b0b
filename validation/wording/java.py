"""The door to the Java programs that pycocoevalcap ships: METEOR 1.5 and the PTB tokeniser.

Each is run as a batch: one file in, one line out for each line in, with a limit on silence, and
always ended. Texts cannot break the line protocol: every line end is a space before.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NEEDED = "needs Java, which is not on the path (on Debian: default-jre-headless)"
PUNCTUATION = frozenset(  # as the COCO code drops it
    "'' ' `` ` -LRB- -RRB- -LCB- -RCB- . ? ! , : - -- ... ;".split()  # noqa: SIM905 - as a line
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
SILENCE = 120.0  # seconds without a further line
LOOK = 0.1  # seconds between looks at what came
MEMORY = "-Xmx2G"
OPTIONS = ("-XX:+UseSerialGC", "-Dfile.encoding=UTF-8", "-Duser.language=en", "-Duser.country=US")


class Lacking(Exception):  # noqa: N818 - not an error: a metric is absent, and this says why
    """A program that cannot be run here; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One run of a program.

    Attributes:
        words: The program and its arguments.
        lines: One a text.
    """

    words: tuple[str, ...]
    lines: tuple[str, ...]


def one_line(text: str) -> str:
    """A text without line ends and control characters."""
    return " ".join(CONTROL.sub(" ", text).split())


def ptb(texts: Sequence[str]) -> list[list[str]]:
    """Penn Treebank tokens in lower case without punctuation, as the COCO code makes them.

    Raises:
        Lacking: No Java, or the program failed.
    """
    jar = _jar("tokenizer/stanford-corenlp-3.4.1.jar")
    name = "edu.stanford.nlp.process.PTBTokenizer"
    words = (java(), *OPTIONS, MEMORY, "-cp", str(jar), name, "-preserveLines", "-lowerCase")
    found = run([Batch(words=words, lines=tuple(map(one_line, texts)))])[0]
    return [[token for token in line.split() if token not in PUNCTUATION] for line in found]


def meteor(lines: Sequence[str], processes: int, tick: Callable[[int], None]) -> list[str]:
    """METEOR 1.5 (English, ranking parameters, normalised) on lines of its own protocol.

    Args:
        lines: ``SCORE ||| reference ||| ... ||| candidate``.
        processes: How many to run side by side.
        tick: Told how many more lines are done.

    Raises:
        Lacking: No Java, or the program failed.
    """
    jar = _jar("meteor/meteor-1.5.jar")
    words = (java(), *OPTIONS, MEMORY, "-jar", str(jar), "-", "-", "-stdio", "-l", "en", "-norm")
    parts = max(1, min(processes, len(lines)))
    batches = [Batch(words=words, lines=tuple(lines[part::parts])) for part in range(parts)]
    found = run(batches, tick)
    merged = [""] * len(lines)
    for part, answers in enumerate(found):
        merged[part::parts] = answers
    return merged


def java() -> str:
    """The path of Java.

    Raises:
        Lacking: There is none.
    """
    path = shutil.which("java")
    if not path:
        raise Lacking(NEEDED)
    return path


def _jar(name: str) -> Path:
    spec = importlib.util.find_spec("pycocoevalcap")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / name
        if path.is_file():
            return path
    raise Lacking(f"needs {name} of the package pycocoevalcap, which is not there")


def run(
    batches: Sequence[Batch],
    tick: Callable[[int], None] = lambda _: None,
    silence: float = SILENCE,
) -> list[list[str]]:
    """Run batches side by side; one line of answer for each line.

    Args:
        batches: What to run.
        tick: Told how many more lines came.
        silence: Seconds without a further line after which all are ended.

    Raises:
        Lacking: A program failed, fell silent, or answered with another number of lines.
    """
    started: list[tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]] = []
    with tempfile.TemporaryDirectory(prefix="tplc-java-") as folder:
        try:
            for number, batch in enumerate(batches):
                started.append(_start(batch, Path(folder) / str(number)))
            _wait(started, tick, silence)
            return [
                _answer(*one, len(batch.lines)) for one, batch in zip(started, batches, strict=True)
            ]
        finally:
            for process, out, error in started:
                if process.poll() is None:
                    process.kill()
                process.wait()
                out.close()
                error.close()


def _start(batch: Batch, path: Path) -> tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]:
    text = "".join(f"{line}\n" for line in batch.lines)
    path.with_suffix(".in").write_bytes(text.encode("utf-8", errors="replace"))
    out, error = path.with_suffix(".out").open("w+b"), path.with_suffix(".err").open("w+b")
    with path.with_suffix(".in").open("rb") as given:
        process = subprocess.Popen(  # noqa: S603 - our own words, texts go through a file
            batch.words, stdin=given, stdout=out, stderr=error, cwd=path.parent
        )
    return process, out, error


def _wait(
    started: Sequence[tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]],
    tick: Callable[[int], None],
    silence: float,
) -> None:
    since, read = time.monotonic(), [0] * len(started)
    while True:
        running = any(process.poll() is None for process, _, _ in started)
        for place, (_, out, _) in enumerate(started):
            with Path(out.name).open("rb") as answers:
                answers.seek(read[place])
                fresh = answers.read()
            if fresh:
                read[place] += len(fresh)
                since = time.monotonic()
                tick(fresh.count(b"\n"))
        if not running:
            return
        if time.monotonic() - since > silence:
            raise Lacking(f"Java gave no answer for {silence:g} seconds and was stopped")
        time.sleep(LOOK)


def _answer(
    process: subprocess.Popen[bytes], out: IO[bytes], error: IO[bytes], wanted: int
) -> list[str]:
    lines = Path(out.name).read_bytes().decode("utf-8", errors="replace").split("\n")[:-1]
    if process.returncode or len(lines) != wanted:
        said = Path(error.name).read_text(encoding="utf-8", errors="replace").strip()
        last = said.splitlines()[-1] if said else "it said nothing"
        raise Lacking(
            f"Java failed (exit {process.returncode}, {len(lines):,} answers to {wanted:,} lines): "
            f"{last}"
        )
    return lines
