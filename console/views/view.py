"""What is shown: a frozen value with its fields explained, for a template and for JSON alike."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """A value that a page shows; the docstring of each field is its text in the OpenAPI."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
