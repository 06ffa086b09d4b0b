"""What a model wrote on the frozen cases, read again from the file that its run kept.

Surveillance compares production with it. The file is the evidence itself, digested; a summary of it
in the record would hold neither the texts nor the embeddings that content is compared on.
"""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence.errors import DataError, OutOfOrderError
from policies.text_set import TextSetSpec
from validation import freeze
from validation.generative.outputs import RESPONSE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from evidence.records import GenerativeRun, ReferenceFreeze
    from evidence.store import Store

GZIP, PARQUET = b"\x1f\x8b", b"PAR1"  # how such files begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The frozen cases with what the model wrote for each.

    Attributes:
        frame: The frozen columns, the output under `RESPONSE`, the columns of embeddings.
        embeddings: Name of each embedding to its columns, patterns resolved.
    """

    frame: pd.DataFrame
    embeddings: dict[str, list[str]]


def read(
    store: Store,
    run: GenerativeRun,
    frozen: ReferenceFreeze,
    embeddings: Mapping[str, Sequence[str]],
) -> Kept:
    """Read the outputs of a run in the condition that it judged.

    Args:
        store: Where the file is kept.
        run: The model's run.
        frozen: The reference set of the run.
        embeddings: Name to columns or patterns such as ``question_*``, wanted beside the output.

    Raises:
        OutOfOrderError: The run does not say which column holds the outputs.
        DataError: Columns of embeddings that the file does not hold.
    """
    if not run.columns:
        raise OutOfOrderError(
            f"The validation of {run.model} does not say which column of its outputs was judged: "
            f"validate again, with: tplc validate --model {run.model} --reference {run.reference} "
            "--predictions FILE --response COLUMN"
        )
    case = TextSetSpec.model_validate(frozen.spec).case
    cases = freeze.open_frozen(store, frozen)[0]
    given = _table(store.get(run.files["outputs"], f"outputs of {run.model}"))
    columns = resolve(embeddings, list(given.columns), f"the validated outputs of {run.model}")
    if mark := run.columns["condition"]:
        given = given[given[mark].fillna("") == run.condition]
    given = given[given[case].isin(cases[case])].set_index(case).reindex(cases[case])
    found = {RESPONSE: given[run.columns["response"]].fillna("")}
    found |= {name: given[name] for part in columns.values() for name in part}
    frame = cases.assign(**{name: list(values) for name, values in found.items()})
    return Kept(frame=frame, embeddings=columns)


def resolve(
    wanted: Mapping[str, Sequence[str]], there: Sequence[str], name: str
) -> dict[str, list[str]]:
    """The columns of each embedding, in the order of the file.

    Raises:
        DataError: Every name or pattern that no column fits.
    """
    found, faults = {}, []
    for key, patterns in wanted.items():
        found[key] = [column for column in there if any(_fits(column, p) for p in patterns)]
        faults += [
            f"no column '{pattern}' of the embedding '{key}'"
            for pattern in patterns
            if not any(_fits(column, pattern) for column in there)
        ]
    if faults:
        raise DataError(name, faults)
    return found


def _fits(column: str, pattern: str) -> bool:
    if pattern.endswith("*"):
        return column.startswith(pattern[:-1])
    return column == pattern


def _table(content: bytes) -> pd.DataFrame:
    """The kept file as text; it was read and found whole when the model was validated."""
    import pandas as pd

    if content.startswith(PARQUET):
        frame = pd.read_parquet(io.BytesIO(content))
        return frame.map(_text, na_action="ignore").astype(object)
    plain = gzip.decompress(content) if content.startswith(GZIP) else content
    how: Any = {"dtype": str, "encoding": "utf-8-sig", "skipinitialspace": True}
    table: pd.DataFrame = pd.read_csv(
        io.BytesIO(plain), keep_default_na=False, na_values=[""], **how
    )
    return table


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
