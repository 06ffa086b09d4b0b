"""The change-control board: people, credentials, signatures, and a change from trigger to closed.

`users` and `own_credentials` (who there is), `credentials` (what proves it), `signature` (what they
sign), `requests` and `lifecycle` (a change on its course), `board` (triggers and decisions).
"""
