"""Answers to questions: read from free text and scored by a named rule.

`Answers` holds responses, keys and the rule; `evaluate` gives its endpoints, `evaluate_in` those of
subgroups. `ENDPOINTS` are the names that a policy may use; `CONSISTENCY` those of questions that
are put several times.
"""

from validation.answering.answers import Answers
from validation.answering.consistency import ENDPOINTS as CONSISTENCY
from validation.answering.consistency import Versions, consistency
from validation.answering.endpoints import ENDPOINTS, default_endpoints, evaluate, evaluate_in
from validation.answering.options import Readings, read_options
from validation.answering.scoring import RULES
from validation.answering.yes_no import read_yes_no

__all__ = [
    "CONSISTENCY",
    "ENDPOINTS",
    "RULES",
    "Answers",
    "Readings",
    "Versions",
    "consistency",
    "default_endpoints",
    "evaluate",
    "evaluate_in",
    "read_options",
    "read_yes_no",
]
