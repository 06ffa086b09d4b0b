"""Post-market: the validated model in use.

`schedule` says which windows are due, `window` reads one, `drift` and `performance` measure it
against the frozen reference, `findings` says what changed, `trigger` what the board must decide;
`surveillance` does it in order and writes one record a window: `scored` for a model that gives a
score, `written` (with the `text_` files and `content`) for one that writes answers or reports.
"""
