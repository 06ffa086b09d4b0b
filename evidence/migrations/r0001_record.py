"""The record table, and the guards that make it append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.operations import Operations

GUARD = """
CREATE TRIGGER record_no_{verb} BEFORE {VERB} ON record
BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END
"""


def upgrade(op: Operations) -> None:
    """Make the table and its guards."""
    import sqlalchemy as sa

    op.create_table(
        "record",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("schema", "at", "actor", "body", "previous", "digest")
        ),
    )
    for verb in ("update", "delete"):
        op.execute(GUARD.format(verb=verb, VERB=verb.upper()))
