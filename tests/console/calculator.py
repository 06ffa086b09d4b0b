"""The calculator run in this process: exit code, the JSON on stdout, what stderr says."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console import cli

if TYPE_CHECKING:
    import pytest


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command left behind."""

    code: int
    body: dict[str, Any]
    error: str

    def find(self, endpoint: str, subgroup: str = "overall", at: float | None = None) -> Any:
        """The estimate of an endpoint."""
        return next(
            e
            for e in self.body["estimates"]
            if (e["endpoint"], e["subgroup"]) == (endpoint, subgroup)
            and (at is None or e["threshold"] == at)
        )

    @property
    def codes(self) -> dict[str, int]:
        """Warnings' codes and counts."""
        return {w["code"]: w["count"] for w in self.body["warnings"]}


@dataclass(frozen=True, slots=True)
class Calculator:
    """Runs ``tplc stats ... --json``."""

    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: object) -> Answer:
        """Run a command."""
        self.patch.setattr(sys, "argv", ["tplc", "stats", *map(str, words), "--json"])
        code = 0
        try:
            cli.main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
        out, error = self.capture.readouterr()
        return Answer(code=code, body=json.loads(out) if out.strip() else {}, error=error)
