"""How well the model does in a window whose labels have not come: confidence-based estimation.

Where the chance of a positive at each score is what it was on the reference set, the scores alone
say how many of the called and the cleared are truly positive: expected cells of the 2x2 table, and
from them every endpoint. The method is CBPE (confidence-based performance estimation), as
NannyML made it known (Kivimäki J, Białek J, Kuberski W, Nurminen JK. arXiv:2505.05295, 2025).

It rests on one assumption: no concept drift. Cases may shift among the scores; at a given score the
share of positives must stay. Without labels nobody can see that break, so an estimate never stands
alone: `trust` says whether windows whose labels came later bore the estimates out.

`calibrator` learns the chance of a positive from the reference set, `levels` holds people by score,
`performance` makes the estimates with their interval, `sampling` has NannyML's own interval,
`trust` says when not to believe them. All is computed from people at each score, so that rows that
stand for many people, and the bins of a mergeable summary (`bins`), give the same as single rows.

Not there: several classes. CBPE of multi-class models calibrates each class against the rest; the
endpoints here are those of a binary test.
"""
