"""Baseline characteristics of training, tuning and test data, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words

if TYPE_CHECKING:
    from evidence.records import Body


def table(test: list[Body], locks: list[Body], minimum: int) -> Body:
    """Rows of a table: a characteristic or one of its levels, and each data set's cell.

    Args:
        test: The reference set's characteristics.
        locks: Models as a page shows them; the first whose training data are known is compared.
        minimum: Counts below it are not printed.

    Returns:
        ``heads`` and ``rows``; no rows when the set was frozen without characteristics.
    """
    trained = next((m for m in locks if m["characteristics"]), None)
    sets: dict[str, list[Body]] = {}
    if trained:
        sets[f"Training, {trained['model']}"] = trained["characteristics"]
        if trained["tuning"]:
            sets["Tuning"] = trained["tuning"]
    sets["Test (reference set)"] = test
    if not test:
        return {"heads": [], "rows": []}
    rows = [{"name": "cases", "cells": [words.whole(s[0]["total"]) for s in sets.values()]}]
    for body in test:
        each = [_of(known, body["name"]) for known in sets.values()]
        rows += _number(body, each) if body["kind"] == "number" else _category(body, each, minimum)
    return {"heads": list(sets), "rows": rows}


def _of(known: list[Body], name: str) -> Body | None:
    return next((body for body in known if body["name"] == name), None)


def _number(body: Body, each: list[Body | None]) -> list[Body]:
    name = words.column(body["name"])
    mean = [
        "—" if b is None or b["mean"] is None else f"{b['mean']:.1f} ({b['sd']:.1f})" for b in each
    ]
    middle = [
        "—"
        if b is None or not b["quartiles"]
        else "{1:g} ({0:g} to {2:g})".format(*(round(q, 3) for q in b["quartiles"]))
        for b in each
    ]
    absent = ["—" if b is None else f"{b['missing'] / b['total'] * 100:.1f} %" for b in each]
    return [
        {"name": f"{name}: mean (standard deviation)", "cells": mean},
        {"name": f"{name}: median (quartiles)", "cells": middle},
        {"name": f"{name}: missing", "cells": absent},
    ]


def _category(body: Body, each: list[Body | None], minimum: int) -> list[Body]:
    values = [level["value"] for known in each if known for level in known["levels"]]
    return [
        {
            "name": f"{words.column(body['name'])}: {value}",
            "cells": [_level(known, value, minimum) for known in each],
        }
        for value in dict.fromkeys(values)
    ]


def _level(known: Body | None, value: str, minimum: int) -> str:
    if known is None:
        return "—"
    n = next((level["n"] for level in known["levels"] if level["value"] == value), 0)
    share = f" ({n / known['total'] * 100:.1f} %)" if n == 0 or n >= minimum else ""
    return f"{words.cell(n, minimum)}{share}"
