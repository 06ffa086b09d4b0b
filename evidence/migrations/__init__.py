"""The trail's schema, revision by revision."""
