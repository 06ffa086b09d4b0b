"""What a report says of a finding; of several mentions the highest counts.

That is CheXpert's order: a report that asserts a finding once asserts it (Irvin J and others. AAAI
2019; 33: 590-597).
"""

from __future__ import annotations

ABSENT, NEGATED, UNCERTAIN, ASSERTED = range(4)
NAMES = ("not mentioned", "negated", "uncertain", "asserted")
