"""Several values after one option: ``--by sex age`` means ``--by sex --by age``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBER = re.compile(r"-\d*\.?\d+(e-?\d+)?", re.IGNORECASE)


class Several(TyperCommand):
    """A command whose options that may be given again also take several values at once.

    Words after such an option are its values up to the next option; when the command's arguments
    would go without, the last words are theirs.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the option before each of its values, then parse as ever."""
        kinds: dict[str, str] = {}
        needed = 0
        for parameter in self.get_params(ctx):
            if parameter.param_type_name == "argument":
                needed += 1
                continue
            flag = getattr(parameter, "is_flag", False) or getattr(parameter, "count", False)
            kind = "flag" if flag else ("several" if parameter.multiple else "one")
            kinds |= dict.fromkeys([*parameter.opts, *parameter.secondary_opts], kind)
        return list(super().parse_args(ctx, spread(args, kinds, needed)))


def spread(args: Sequence[str], kinds: dict[str, str], needed: int) -> list[str]:
    """Repeat options that take several values.

    Args:
        args: The command's words.
        kinds: Option to ``flag``, ``one`` or ``several``.
        needed: How many words the command's arguments need.
    """
    made: list[str] = []
    free = 0  # words that are arguments
    lent: list[int] = []  # places of option words that were put before a second value
    option, kind, taken = "", "flag", 0
    for word in args:
        if is_option(word):
            option, _, value = word.partition("=")
            kind, taken = kinds.get(option, "one"), int(bool(value))
            made.append(word)
        elif kind != "flag" and not taken:
            made.append(word)
            taken = 1
        elif kind == "several":
            lent.append(len(made))
            made += [option, word]
        else:
            made.append(word)
            free += 1
    for place in reversed(
        lent[max(0, len(lent) - max(0, needed - free)) :] if needed > free else []
    ):
        word = made[place + 1]
        del made[place : place + 2]
        made.insert(0, word)
    return made


def is_option(word: str) -> bool:
    """Whether a word is an option and no negative number."""
    return word.startswith("-") and word != "-" and not NUMBER.fullmatch(word)
