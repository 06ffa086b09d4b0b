"""Baseline characteristics of a data set, to be set beside those of another one.

Counts of each category, mean, standard deviation and quartiles of each number, and how many are
missing. Aggregates over people: a row weighs as many as it stands for. No extremes are kept, since
an extreme is one person's value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.table import COUNT, LABEL, MISSING, groups

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from evidence.records import Body
    from policies.dataset import DatasetSpec

LEVELS = 20  # more values than these are no characteristic but a name


def describe(frame: pd.DataFrame, spec: DatasetSpec) -> list[Body]:
    """One body a characteristic: the reference standard, subgroups, sites, features.

    Args:
        frame: Typed cases, with `LABEL` and `COUNT`.
        spec: The roles of the columns.
    """
    people = frame[COUNT].to_numpy()
    positives = int((frame[LABEL] * frame[COUNT]).sum())
    total = int(people.sum())
    found: list[Body] = [
        {
            "name": "reference standard positive",
            "kind": "category",
            "levels": [{"value": "yes", "n": positives}, {"value": "no", "n": total - positives}],
            "total": total,
        }
    ]
    numbers = {f.name for f in spec.features if f.type == "number"}
    named = [*spec.subgroups, *([spec.site] if spec.site else []), *(f.name for f in spec.features)]
    for name in dict.fromkeys(named):
        few = frame[name].nunique() <= 2  # noqa: PLR2004 - yes and no
        made = _number if name in numbers and not few else _category
        found.append({"name": name, "total": total, **made(frame[name], people)})
    return [body for body in found if body.get("levels") != []]


def _category(values: pd.Series[str], people: np.ndarray) -> Body:
    import pandas as pd

    counted = pd.Series(people).groupby(groups(values).to_numpy()).sum()
    if len(counted) > LEVELS:
        return {"kind": "category", "levels": []}
    order = sorted(counted.index, key=lambda value: (value == MISSING, value))
    return {
        "kind": "category",
        "levels": [{"value": str(value), "n": int(counted[value])} for value in order],
    }


def _number(values: pd.Series[float], people: np.ndarray) -> Body:
    import numpy as np

    known = values.notna().to_numpy()
    x, n = values.to_numpy()[known], people[known]
    body: Body = {"kind": "number", "missing": int(people[~known].sum())}
    if not n.sum():
        return body | {"mean": None, "sd": None, "quartiles": []}
    mean = float(np.average(x, weights=n))
    spread = float((n * (x - mean) ** 2).sum() / max(int(n.sum()) - 1, 1))
    order = np.argsort(x, kind="stable")
    share = np.cumsum(n[order]) / n.sum()
    places = np.minimum(np.searchsorted(share, (0.25, 0.5, 0.75)), len(x) - 1)
    quartiles = [float(v) for v in x[order][places]]
    return body | {"mean": mean, "sd": spread**0.5, "quartiles": quartiles}
