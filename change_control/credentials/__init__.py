"""Passwords, one-time passwords and locks: what proves that it is you.

`passwords` (argon2id), `one_time` (TOTP), `lock_out` (rules of counting), `vault` (the file that
holds what may be forgotten), `sign_in` (all of them together, once a signature), `sessions` (who
reads on a page), `tokens` (programs that read).
"""
