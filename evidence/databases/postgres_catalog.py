"""What PostgreSQL's catalog must say of a trail: its table, indexes, guards, and nothing else.

Facts are compared, not scripts, so that they are the same on every release: columns, constraints,
indexes with their expressions, triggers with when and whether they fire, the text of the function
behind them; and that no rule, row policy or inheritance stands between a query and the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.databases import revisions

if TYPE_CHECKING:
    from sqlalchemy import Connection

COLUMNS = ("schema", "at", "actor", "body", "previous", "digest")
# Bits of pg_trigger.tgtype: 2 before, 8 delete, 16 update, 32 truncate; no bit 1, so a statement's.
GUARDS = {"record_no_update": 18, "record_no_delete": 10, "record_no_truncate": 34}
BODY = "BEGIN RAISE EXCEPTION 'the trail is append-only'; END"
KEY = (
    "md5(((replace(body, '\\u0000'::text, '\\ufffd'::text))::jsonb ->> 'key'::text))"  # as printed
)
FACTS = r"""
WITH t AS (SELECT c.* FROM pg_class c WHERE c.oid = to_regclass('record'))
SELECT 'record', format('table %s %s rules=%s row policies=%s/%s', relkind, relpersistence,
    relhasrules, relrowsecurity, (SELECT count(*) FROM pg_policy p WHERE p.polrelid = t.oid)) FROM t
UNION ALL
SELECT 'record.' || attname, format('column %s %s not null=%s default=%s %s', attnum,
    format_type(atttypid, atttypmod), attnotnull, atthasdef,
    (SELECT collname FROM pg_collation l WHERE l.oid = attcollation))
    FROM pg_attribute a, t WHERE attrelid = t.oid AND attnum > 0
UNION ALL
SELECT conname, format('constraint %s %s %s', contype, pg_get_constraintdef(k.oid), convalidated)
    FROM pg_constraint k, t WHERE conrelid = t.oid AND contype <> 'n'
UNION ALL
SELECT i.relname, format('index %s unique=%s valid=%s %s %s', m.amname, indisunique,
    indisvalid AND indisready AND indislive, (SELECT string_agg(pg_get_indexdef(i.oid, n, false),
    ', ' ORDER BY n) FROM generate_series(1, x.indnatts) n), pg_get_expr(indpred, indrelid))
    FROM t, pg_index x JOIN pg_class i ON i.oid = indexrelid JOIN pg_am m ON m.oid = i.relam
    WHERE indrelid = t.oid
UNION ALL
SELECT tgname, format('trigger %s %s %s() when=%s args=%s', tgtype, tgenabled, f.proname,
    tgqual IS NOT NULL, tgnargs) FROM t, pg_trigger g JOIN pg_proc f ON f.oid = tgfoid
    WHERE tgrelid = t.oid
UNION ALL
SELECT DISTINCT f.proname, format('function %s %s %s', l.lanname, f.prosrc, f.proconfig)
    FROM t, pg_trigger g JOIN pg_proc f ON f.oid = tgfoid JOIN pg_language l ON l.oid = f.prolang
    WHERE tgrelid = t.oid
UNION ALL
SELECT 'record', 'inheritance' FROM pg_inherits, t WHERE t.oid IN (inhrelid, inhparent)
"""


def wanted(revision: str) -> set[tuple[str, str]]:
    """The facts of a revision: the name of a thing, and what is so of it."""
    facts = {
        ("record", "table r p rules=f row policies=f/0"),
        ("record.seq", "column 1 integer not null=t default=f "),
        *(
            (f"record.{name}", f"column {place} text not null=t default=f C")
            for place, name in enumerate(COLUMNS, 2)
        ),
        ("record_pkey", "constraint p PRIMARY KEY (seq) t"),
        ("record_pkey", "index btree unique=t valid=t seq "),
        *(
            (name, f"trigger {bits} A record_refuse() when=f args=0")
            for name, bits in GUARDS.items()
        ),
        ("record_refuse", f"function plpgsql {BODY} "),
    }
    if revision == revisions.NEWEST:
        facts |= {
            ("record_schema", "index btree unique=f valid=t schema, seq "),
            ("record_key", f"index btree unique=f valid=t schema, {KEY} "),
        }
    return facts


def faults(connection: Connection, revision: str) -> list[str]:
    """Each thing that was removed, changed or added."""
    from sqlalchemy import text

    found = {(str(name), str(fact)) for name, fact in connection.execute(text(FACTS))}
    return [
        f"The database's '{name}' was removed or changed: it is part of what makes the trail "
        "append-only."
        for name in sorted({name for name, _ in found ^ wanted(revision)})
    ]
