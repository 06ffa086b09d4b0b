"""The reference page `docs/reference.md`, made from the code so that it cannot grow stale.

Commands with their options, the keys of every file that a person writes, the kinds of records.
`make docs` writes it; a test compares it with what stands there.
"""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import typer

from console import cli
from evidence.records import KINDS
from policies.dataset import DatasetSpec
from policies.device import Device, RiskFile
from policies.policy import POLICIES
from policies.reader import Text
from policies.text_set import TextSetSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

FILES: dict[str, type[Text]] = {
    "device.yaml": Device,
    "dataset.yaml": DatasetSpec,
    "dataset.yaml, of questions or reports": TextSetSpec,
    "risks.yaml": RiskFile,
    **{f"policies/{name}.yaml": model for name, model in POLICIES.items()},
}
HEAD = """\
# Reference

Made from the code by `make docs`; do not edit by hand.

Exit codes: 0 pass or nothing to do, 1 criteria failed or trigger raised, 2 usage, 3 not evaluable,
4 refused or could not run. Every command takes `--json` where it has something to say.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [
        HEAD,
        "## Commands\n",
        *_commands(),
        "## Files\n",
        *_files(),
        "## Records\n",
        *_kinds(),
    ]
    return "\n".join(parts)


def _commands() -> Iterator[str]:
    root = typer.main.get_command(cli.app)
    yield from _command(root, "tplc")


def _command(command: Any, path: str) -> Iterator[str]:
    words = " ".join(_argument(p) for p in command.params if p.param_type_name == "argument")
    if path != "tplc":
        yield f"### `{path}{' ' if words else ''}{words}`\n"
        yield f"{inspect.cleandoc(command.help or '')}\n"
        options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
        if options:
            yield "| option | meaning |\n|---|---|"
            yield "\n".join(_option(option) for option in options) + "\n"
    for name, child in getattr(command, "commands", {}).items():
        yield from _command(child, f"{path} {name}")


def _argument(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _option(option: Any) -> str:
    required = " (required)" if option.required else ""
    return f"| `{', '.join(option.opts)}` | {_cell(option.help or '')}{required} |"


def _files() -> Iterator[str]:
    for name, model in FILES.items():
        yield f"### `{name}`\n"
        yield f"{inspect.cleandoc(model.__doc__ or '')}\n"
        yield "| key | value | default | meaning |\n|---|---|---|---|"
        yield "\n".join(_keys(model, "")) + "\n"


def _keys(model: type[Text], prefix: str) -> Iterator[str]:
    for name, info in model.model_fields.items():
        inner = _inner(info.annotation)
        shown = "list of" if get_origin(info.annotation) is list else ""
        meaning = info.description or (inspect.cleandoc(inner.__doc__ or "") if inner else "")
        kind = f"{shown} keys below".strip() if inner else _type(info.annotation)
        yield f"| `{prefix}{name}` | {_cell(kind)} | {_default(info)} | {_cell(meaning)} |"
        if inner:
            yield from _keys(inner, f"{prefix}{name}.")


def _inner(annotation: Any) -> type[Text] | None:
    for part in (annotation, *get_args(annotation), *map(get_origin, get_args(annotation))):
        if isinstance(part, type) and issubclass(part, Text):
            return part
    return None


def _type(annotation: Any) -> str:
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return {
            "str": "text",
            "int": "whole number",
            "float": "number",
            "bool": "true or false",
        }.get(annotation.__name__, annotation.__name__)
    if get_origin(annotation) is Literal:
        return " or ".join(map(str, get_args(annotation)))
    if get_origin(annotation) is Annotated:
        return _type(get_args(annotation)[0])  # the rest are checks
    inner = [_type(part) for part in get_args(annotation) if part is not type(None)]
    if get_origin(annotation) in (list, tuple):
        return f"list of: {' or '.join(dict.fromkeys(inner))}"
    if get_origin(annotation) is dict:
        return f"keys and values: {inner[-1]}"
    return " or ".join(inner)


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True)
    if isinstance(value, Text):
        return "as below"
    return _cell(f"`{value}`") if value not in ("", None, [], {}) else "none"


def _kinds() -> Iterator[str]:
    for schema, kind in KINDS.items():
        names = [f"`{field.name}`" for field in dataclasses.fields(kind)]
        yield f"### `{schema}`\n"
        yield f"{inspect.cleandoc(kind.__doc__ or '')}\n\nFields: {', '.join(names)}.\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Print the page."""
    typer.echo(page(), nl=False)
