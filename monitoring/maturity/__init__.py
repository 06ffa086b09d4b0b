"""Labels that come late: how late, how many are there yet, and what can be said by then.

`known` says which labels were known on a day, `delays` estimates the distribution of the delay from
cases whose labels are partly still to come (`risk_set` counts them), `outcome` tests whether
positives come earlier than negatives, `completeness` holds the labels of a window against what its
age lets expect, `by_age` measures a window as it looked at several ages, `judged` says which ages
are due.

Where the delay depends on the outcome, the labels known early are a biased sample: deaths are known
before survivals, so that the prevalence of a young window is too high and endpoints are those of
another mix of cases. A window is therefore judged, unless the plan says otherwise, on the cases
that are old enough for all labels to be due (`known.old_enough`), or when it is complete.
"""
