"""Pre-market: a locked model on a frozen reference set.

The order is code: `lock` and `freeze` digest, `protocol` digests both again, predicts in a child
process (`predict`), measures (`endpoints`, `subgroups`) and judges (`acceptance`). Post-market
monitoring uses the same ruler; nothing here knows of monitoring.
"""
