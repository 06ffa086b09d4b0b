r"""How a record is found by the key it was written once with, in each database's SQL.

The index is of the field ``key``; another field is looked for among the records of its kind. For
the look-up, and only there, ``\u0000`` is read as U+FFFD: PostgreSQL's JSON knows no such character
and SQLite's ends a text at it. In PostgreSQL keys are indexed by their MD5, since an index entry
has a greatest length; they are compared whole.
"""

from __future__ import annotations

import json

from evidence import digest as digests

NUL, MARK = "\\u0000", "\\ufffd"
SERVER_FIELD = f"(replace(body, '{NUL}', '{MARK}')::jsonb ->> '{{by}}')"
FILE_FIELD = f"json_extract(replace(body, '{NUL}', '{MARK}'), '$.{{by}}')"
INDEX = {
    "sqlite": f"CREATE INDEX record_key ON record (schema, {FILE_FIELD.format(by='key')})",
    "postgresql": (
        f"CREATE INDEX record_key ON record (schema, md5({SERVER_FIELD.format(by='key')}))"
    ),
}


def in_file(by: str) -> str:
    """SQLite's query of a schema and a key."""
    return (
        f"SELECT 1 FROM record WHERE schema = :schema AND {_field(FILE_FIELD, by)} = :key LIMIT 1"  # noqa: S608 - a field of ours
    )


def on_server(by: str) -> str:
    """PostgreSQL's query of a schema and a key."""
    field = _field(SERVER_FIELD, by)
    return (
        f"SELECT 1 FROM record WHERE schema = :schema AND md5({field}) = md5(CAST(:key AS text)) "  # noqa: S608 - as above
        f"AND {field} = CAST(:key AS text) LIMIT 1"
    )


def as_found(key: str) -> str:
    """A key as the databases find it in a body."""
    return str(json.loads(digests.canonical(key).decode().replace(NUL, MARK)))


def _field(form: str, by: str) -> str:
    if not by.isidentifier():
        raise ValueError(f"{by!r} is no field of a record")
    return form.format(by=by)
