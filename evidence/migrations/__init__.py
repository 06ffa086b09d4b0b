"""The trail's schema, revision by revision (Alembic); `versions` holds them, `env` runs them.

They run in the transaction of whoever asks (`evidence.databases.revisions`), so that a schema is
changed whole or not at all.
"""
