"""The wording of a generated report against its reference: overlap, diversity, human ratings."""
