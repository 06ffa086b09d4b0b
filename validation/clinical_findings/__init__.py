"""Clinical findings that a report asserts, denies or leaves open."""

from validation.clinical_findings.endpoints import evaluate, evaluate_in
from validation.clinical_findings.mentions import Mentions, read
from validation.clinical_findings.pairs import Reading, reading
from validation.clinical_findings.rates import ENDPOINTS

__all__ = ["ENDPOINTS", "Mentions", "Reading", "evaluate", "evaluate_in", "read", "reading"]
