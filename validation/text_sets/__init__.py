"""Sets of questions and reports: the formats of the field's benchmarks, read into one frozen form.

`formats.read` takes a format by name and gives a `TextSet`: one row a question or study, the same
columns whatever the benchmark, and the scoring rules that the benchmark itself uses, by name.
"""

from validation.text_sets.formats import FORMATS, read

__all__ = ["FORMATS", "read"]
