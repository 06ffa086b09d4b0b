"""Before the study: sample size and power, with the paragraph that a protocol needs."""
