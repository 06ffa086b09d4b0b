"""The record table, and the guards that make it append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from evidence.errors import AssuranceError

revision = "r0001"
down_revision = None

GUARD = """
CREATE TRIGGER record_no_{verb} BEFORE {VERB} ON record
BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END
"""
# On PostgreSQL one function refuses; ALWAYS, so that `session_replication_role` does not pass it.
REFUSE = """
CREATE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'the trail is append-only'; END$$
"""
SERVER_GUARD = """
CREATE TRIGGER record_no_{verb} BEFORE {VERB} ON record
FOR EACH STATEMENT EXECUTE FUNCTION record_refuse()
"""
ALWAYS = "ALTER TABLE record ENABLE ALWAYS TRIGGER record_no_{verb}"


def upgrade() -> None:
    """Make the table and its guards."""
    server = op.get_context().dialect.name == "postgresql"
    text = sa.Text(collation="C") if server else sa.Text()  # no index depends on a locale
    op.create_table(
        "record",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        *(
            sa.Column(name, text, nullable=False)
            for name in ("schema", "at", "actor", "body", "previous", "digest")
        ),
    )
    if not server:
        for verb in ("update", "delete"):  # SQLite has no TRUNCATE
            op.execute(GUARD.format(verb=verb, VERB=verb.upper()))
        return
    op.execute(REFUSE)
    for verb in ("update", "delete", "truncate"):
        op.execute(SERVER_GUARD.format(verb=verb, VERB=verb.upper()))
        op.execute(ALWAYS.format(verb=verb))


def downgrade() -> None:
    """There is nothing below: it would remove the records.

    Raises:
        AssuranceError: Always.
    """
    raise AssuranceError("The trail is append-only: there is no revision below r0001.")
