"""What was done, to which bytes, by whom, with which verdict.

The ground floor: `digest` names bytes, `records` says what can be written down, `trail` keeps the
records in an append-only chain, `store` keeps the files behind them, `signing` proves whose they
are. Nothing here knows a model.
"""
