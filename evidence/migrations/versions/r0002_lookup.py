"""Two indexes: one kind in order, and the key that makes an append happen once."""

from __future__ import annotations

from alembic import op

from evidence.databases import lookup

revision = "r0002"
down_revision = "r0001"


def upgrade() -> None:
    """Make the indexes; no record is touched."""
    op.create_index("record_schema", "record", ["schema", "seq"])
    op.execute(lookup.INDEX[op.get_context().dialect.name])


def downgrade() -> None:
    """Drop the indexes; every record stays."""
    op.drop_index("record_key", "record")
    op.drop_index("record_schema", "record")
