"""The board: people, credentials and signatures, and a change from trigger to closed.

`users` and `own_credentials` (who there is), `credentials` (what proves it), `signature` (what they
sign), `requests` and `lifecycle` (a change on its course), `board` (triggers and decisions). `pccp`
answers whether a new locked version lies inside the plan (`versions` reads the trail, `differences`
compares two locks, `bounds` and `evaluation` hold each difference and each protocol run against a
planned modification). `pathways` answers a decision table question by question (`evidence_answers`
gives what the records already say, `assessment` writes the result down), and `clocks` holds
reporting clocks (`limits` finds the last moment).
"""
