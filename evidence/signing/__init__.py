"""Who did it, provably: keys, authority over records, people, what is signed, what still stands.

`keys` (Ed25519, AES-GCM) -> `authority` (a proof over a record's body) -> `register` (people and
their acts, folded from the trail) -> `shown` (what is signed, as it is now) -> `standing` (which
signatures stand). Nothing here reads a password: those are in `change_control.credentials`.
"""
