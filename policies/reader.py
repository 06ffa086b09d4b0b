"""The strict YAML reader: unknown keys, wrong types and impossible values, all at once.

Every fault names the file, the line and the key. Duplicate keys, which YAML would silently let the
last one win, are faults as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from evidence.errors import Fault, PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

M = TypeVar("M", bound="Text")
# libyaml's where PyYAML was built with it: a thousand clauses are read several times faster.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Text(BaseModel):
    """A value that a person writes: frozen, and no key that is not known."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True
    )
    moved: ClassVar[Mapping[str, str]] = {}
    """Keys that a file of an earlier edition had, to where what they said stands now."""


def read(path: Path, model: type[M]) -> M:
    """Read a file as a model.

    Raises:
        PolicyError: With every fault of the file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PolicyError([Fault(file=str(path), line=0, key="", message="no such file")]) from None
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read as UTF-8 text ({error})"
        raise PolicyError([Fault(file=str(path), line=0, key="", message=message)]) from None
    return parse(text, model, str(path))


def parse(text: str, model: type[M], name: str) -> M:
    """Read a text as a model; `name` stands for the file in messages."""
    try:
        node = yaml.compose(text, Loader=LOADER)
        value = yaml.load(text, Loader=LOADER)  # noqa: S506 - a safe loader, both ways
    except yaml.YAMLError as error:
        raise PolicyError([_syntax_fault(error, name)]) from None
    if not isinstance(value, dict):
        message = "expected keys and values, as in 'version: 1'"
        raise PolicyError([Fault(file=name, line=1, key="", message=message)])
    faults = _duplicates(node, name)
    try:
        result = model.model_validate(value)
    except ValidationError as error:
        faults += [_fault(problem, node, name, model.moved) for problem in error.errors()]
    if faults:
        raise PolicyError(sorted(faults, key=lambda fault: fault.line))
    return result


def _syntax_fault(error: yaml.YAMLError, name: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "unreadable"
    return Fault(
        file=name, line=mark.line + 1 if mark else 0, key="", message=f"not valid YAML: {problem}"
    )


def _fault(problem: Any, node: yaml.Node | None, name: str, moved: Mapping[str, str]) -> Fault:
    steps = tuple(problem["loc"])
    message = {
        "extra_forbidden": "unknown key",
        "missing": "is required and is missing",
    }.get(problem["type"], str(problem["msg"]).removeprefix("Value error, "))
    if problem["type"] not in ("extra_forbidden", "missing", "value_error"):
        message += f" (found {problem['input']!r})"
    key = ".".join(str(step) for step in steps)
    if problem["type"] == "extra_forbidden":
        message = moved.get(key, message)
    return Fault(file=name, line=_line(node, steps), key=key, message=message)


def line(text: str, *steps: str) -> int:
    """The line of a text on which a key stands; of the deepest one on the way that is there."""
    return _line(yaml.compose(text, Loader=LOADER), steps)


def _line(node: yaml.Node | None, steps: tuple[Any, ...]) -> int:
    """The line of the deepest node on the way that exists."""
    line = node.start_mark.line + 1 if node else 0
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            pairs = [(k, v) for k, v in node.value if k.value == str(step)]
            if not pairs:
                return line
            line, node = pairs[-1][0].start_mark.line + 1, pairs[-1][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _duplicates(node: yaml.Node | None, name: str, key: str = "") -> list[Fault]:
    if isinstance(node, yaml.SequenceNode):
        return [f for i, v in enumerate(node.value) for f in _duplicates(v, name, f"{key}.{i}")]
    if not isinstance(node, yaml.MappingNode):
        return []
    faults, seen = [], set()
    for child, value in node.value:
        path = f"{key}.{child.value}".strip(".")
        if child.value in seen:
            line = child.start_mark.line + 1
            faults.append(Fault(file=name, line=line, key=path, message="key given twice"))
        seen.add(child.value)
        faults += _duplicates(value, name, path)
    return faults
