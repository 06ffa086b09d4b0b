"""Notices: people are told of a trigger where they look, after it was recorded.

`message` says what is told (a record's facts, no small count), `outbox` keeps each notice as a file
until it is delivered, `delivery` tries each channel within a time limit: `webhook`, `mail`,
`journal`. Nothing here can fail a monitoring run: what was not delivered waits for the next one.
"""
