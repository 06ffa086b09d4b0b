"""The state of surveillance as metrics that an alerting system scrapes.

`state` folds the trail's records, newest window last; `families` names each metric and its labels;
`exposition` writes Prometheus' text or OpenMetrics.
"""
