"""What a surveillance plan promises: false alarms a year, and how long a loss stays unseen.

From the plan's charts and per-window rules, the expected volume and the validation's rates
(`known`), each chart (`charted`) and each rule (`ruled`) has a row; `promise` puts them together,
with what cannot be computed and why.
"""
