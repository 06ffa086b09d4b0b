"""Options that take several values: ``--scores A B C`` reads as ``--scores A --scores B ...``.

Typer reads one value after each option. A group of commands of class `Wordy` looks at the options
of the command that was called and repeats the option's name before each further value. Both ways
of writing stay allowed, and a command needs nothing but an option whose type is a list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from typer.core import TyperGroup


class Wordy(TyperGroup):
    """A group whose commands take several words after an option that is a list."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The command that was called, and its words in Typer's own form."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command, rest if command is None else expand(rest, command.params)


@dataclass(slots=True)
class _Run:
    """The values that follow one mention of a list option."""

    option: str
    values: list[str] = field(default_factory=list)

    def words(self) -> list[str]:
        if not self.values:
            return [self.option]  # Typer says that its value is missing
        return [word for value in self.values for word in (self.option, value)]


def expand(words: list[str], parameters: list[Any]) -> list[str]:
    """Repeat the name of a list option before each of its values.

    A run of values ends at the next option or at ``--``; a negative number is a value. If arguments
    (the file) are then missing, the last words of a run of several are taken for them.

    Args:
        words: What stands after the command's name.
        parameters: The command's Click parameters.
    """
    kinds = {name: p for p in parameters for name in (*p.opts, *p.secondary_opts)}
    needed = sum(p.param_type_name == "argument" and p.required for p in parameters)
    parts: list[_Run | str] = []
    run: _Run | None = None
    loose, rest = 0, iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        option = kinds.get(name) if _is_option(word) else None
        if word == "--":
            tail = list(rest)
            parts += [word, *tail]
            loose += len(tail)
        elif option is not None and getattr(option, "multiple", False):
            run = _Run(name, [value] if equals else [])
            parts.append(run)
        elif option is not None or _is_option(word):
            run = None
            takes_value = not equals and option is not None and not option.is_flag
            parts += [word, *([next(rest, "")] if takes_value else [])]
        elif run is not None:
            run.values.append(word)
        else:
            parts.append(word)
            loose += 1
    return [*_given_back(parts, needed - loose), *_plain(parts)]


def _is_option(word: str) -> bool:
    """Whether a word is an option: a dash and no number."""
    if not word.startswith("-") or word == "-":
        return False
    try:
        float(word)
    except ValueError:
        return True
    return False


def _given_back(parts: list[_Run | str], missing: int) -> list[str]:
    """Take the missing arguments from the end of the last run that can spare them."""
    if missing <= 0:
        return []
    for part in reversed(parts):
        if isinstance(part, _Run) and len(part.values) > missing:
            taken = part.values[-missing:]
            del part.values[-missing:]
            return taken
    return []


def _plain(parts: list[_Run | str]) -> list[str]:
    found: list[str] = []
    for part in parts:
        found += [part] if isinstance(part, str) else part.words()
    return found
