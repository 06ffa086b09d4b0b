"""The wording of a generated report against its reference: overlap, diversity, human ratings.

`evaluate` and `evaluate_in` give the overlap metrics, `diversity.evaluate` how different the texts
are, `human.evaluate` how far people agree and which metric agrees with them.
"""

from validation.wording import diversity, settings
from validation.wording.measures import evaluate, evaluate_in
from validation.wording.reports import Reports
from validation.wording.settings import Settings

ENDPOINTS = (*settings.ENDPOINTS, *diversity.ENDPOINTS)  # what a policy may name

__all__ = ["ENDPOINTS", "Reports", "Settings", "diversity", "evaluate", "evaluate_in"]
