"""What each metric's method is called, and where it is from: what ``--cite`` prints.

A method's name is the rule, its tokens, and how the interval was made, such as
``coco-bleu-whitespace-bootstrap-percentile``.
"""

from __future__ import annotations

from validation.resampling import REFERENCES as RESAMPLING
from validation.wording.tokens import TOKENISERS, shown

COCO = "pycocoevalcap (Chen X et al. arXiv:1504.00325)"
TOKENS = {
    "none": "tokens as they stand between white space",
    "lower": "tokens in lower case between white space",
    "words": "runs of letters and digits in lower case",
    "13a": "mteval-v13a tokens, case kept",
    "ptb": "Stanford PTB tokens in lower case without punctuation",
}
ON_TOKENS = {
    "coco-bleu": f"Papineni K et al. ACL 2002: 311-318; as {COCO}: no smoothing, closest reference",
    "coco-rouge-l": f"Lin CY. ROUGE, 2004: 74-81; as {COCO}: F with beta 1.2",
    "coco-cider-d": f"Vedantam R et al. CVPR 2015: 4566-4575; CIDEr-D as {COCO}: idf of all "
    "references, held fixed",
    "meteor-1.5": "Denkowski M, Lavie A. WMT 2014: 376-380; meteor-1.5.jar, English, ranking "
    "parameters, -norm",
    "nltk-meteor": "Lavie A, Agarwal A. WMT 2007: 228-231; as NLTK, with WordNet 3.0",
    "distinct-n": "Li J et al. NAACL 2016: 110-119",
}
OWN_TOKENS = {
    "sacrebleu-13a-exp": "Post M. WMT 2018: 186-191; mteval-v13a tokens, exponential smoothing",
    "sacrebleu-chrf2": "Popovic M. WMT 2015: 392-395; as SacreBLEU: characters 1 to 6, beta 2",
    "rouge-score-unstemmed": "Lin CY. ROUGE, 2004: 74-81; as rouge-score: F1, tokens of a-z and "
    "0-9 in lower case",
    "rouge-score-stemmed": "Lin CY. ROUGE, 2004: 74-81; as rouge-score with use_stemmer: F1, "
    "tokens of a-z and 0-9 in lower case, Porter's stems of words longer than 3",
    "bertscore": "Zhang T et al. ICLR 2020; no idf, no rescaling, tokens of the model",
    "bertscore-idf": "Zhang T et al. ICLR 2020; idf of the references, no rescaling, tokens of the "
    "model",
    "static-embedding-cosine": "Cosine of sentence vectors; static word vectors by Model2Vec: "
    "Tulkens S, van Dongen T. 2024",
}
INTERVALS = ("bootstrap-percentile", "bootstrap-percentile-clustered")


def on_tokens(rule: str, how: str) -> str:
    """A rule of `ON_TOKENS` with the name of its tokens."""
    return f"{rule}-{shown(how)}"


def _definitions() -> dict[str, str]:
    found = dict(OWN_TOKENS)
    for rule, source in ON_TOKENS.items():
        for how in TOKENISERS:
            found[on_tokens(rule, how)] = f"{source}; {TOKENS[how]}"
    return found


REFERENCES: dict[str, str] = {
    **(alone := _definitions()),
    **{
        f"{name}-{interval}": f"{source}. Interval of cases: {RESAMPLING[interval]}"
        for name, source in alone.items()
        for interval in INTERVALS
    },
}
