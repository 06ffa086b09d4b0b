"""Options that take several values: ``--by sex age`` is read as ``--by sex --by age``."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand


class Several(TyperCommand):
    """A command whose repeatable options may be given once with several values."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the option's name before each further value, then parse as ever."""
        repeatable = {
            name
            for parameter in self.params
            if getattr(parameter, "multiple", False)
            for name in parameter.opts
        }
        return super().parse_args(ctx, spread(args, repeatable))


def spread(args: list[str], repeatable: set[str]) -> list[str]:
    """Repeat a repeatable option's name before each of its values after the first."""
    out: list[str] = []
    current, had = "", False
    for word in args:
        if word.startswith("--"):
            current, had = word if word in repeatable else "", False
            out.append(word)
            continue
        if current and had:
            out.append(current)
        had = True
        out.append(word)
    return out
