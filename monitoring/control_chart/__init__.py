"""Sequential control charts with a stated false-alarm rate.

Cumulative sums of log-likelihood ratios (`cusum`, with the scores of `scores`) and exponentially
weighted moving averages of shares and counts (`ewma`) go on from window to window: a state goes in
and comes out, and running window by window is running in one go, digit for digit. Limits come from
a stated in-control average run length by Markov chains (`bernoulli`, `risk_adjusted`, `smoothed`);
`simulation`, with a seed, is the check.
"""
