"""Acceptance criteria, plans and regulations, as data.

`reader` turns a YAML text into a value and reports every fault at once, with file, line and key.
What each file may say stands in `criteria`, `plan`, `dataset` and `device`; `policy` gathers them
by name and gives each its digest; `access`, `in_force`, `quorum` and `voting` say who must sign;
`reporting_clocks`, `days` and `public_holidays` say when an authority must have been told. The YAML
beside this file is what a new workspace starts from.
"""
