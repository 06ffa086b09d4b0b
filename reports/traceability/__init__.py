"""Clause by clause: answered, or open with what would close it; and each risk down to its check.

`coverage` sets clauses against evidence, `evidence` finds it in the trail, `applicability` says
where a clause does not apply and why, `editions` what a newer law would add, `risks` follows each
hazard to the control, the endpoint, the verdict and the check in use.
"""
