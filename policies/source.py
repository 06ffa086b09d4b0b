"""Where production data come from, as the plan says it: files, or a query on a database.

A secret is never written into a plan, which is registered with its whole text: addresses hold
``${NAME}`` instead, and the environment fills it in at the door.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

from pydantic import model_validator

from evidence.errors import UsageError
from policies.reader import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SECRET_KEYS = re.compile(
    r"(pass|pwd|secret|token|credential|signature|sig=|key)[^&]*=", re.IGNORECASE
)
MASK = "***"


class SourcePlan(Text):
    """Production data: files, or a query. A plain text (`source: data.csv`) stands for `files`."""

    files: str = ""
    """A file, a pattern (`data/night-*.parquet`), a folder (its `key=value` folders are columns),
    or an fsspec URL."""
    query: str = ""
    """A SELECT statement; in it `:start`, `:end` (last day) and `:until` (the day after) stand for
    the days that are due."""
    url: str = ""
    """SQLAlchemy URL of the query's database; secrets only as `${NAME}` of the environment."""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return {"files": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if bool(self.files) == bool(self.query):
            raise ValueError("give either a file, pattern, folder or URL, or a query with its url")
        if bool(self.query) != bool(self.url):
            raise ValueError("a query and the url of its database go together")
        if self.query and not re.match(r"\s*(select|with)\b", self.query, re.IGNORECASE):
            raise ValueError("the query must begin with SELECT or WITH: data are read, not changed")
        if _holds_secret(self.url or self.files):
            raise ValueError(
                "a secret stands in the address: put it into an environment variable and write "
                "${NAME} here, since the plan is registered with its whole text"
            )
        return self


def _holds_secret(address: str) -> bool:
    """Whether a password, or a parameter that is called like one, is written out."""
    rest = address.partition("://")[2]
    if not rest:
        return False
    who = rest.rpartition("@")[0].partition(":")[2]
    if who and not PLACE.fullmatch(who):
        return True
    parameters = rest.partition("?")[2]
    return any(
        SECRET_KEYS.search(part) and not PLACE.fullmatch(part.partition("=")[2])
        for part in parameters.split("&")
    )


def filled(text: str, environment: Mapping[str, str]) -> str:
    """An address with its ``${NAME}`` filled in.

    Raises:
        UsageError: Variables that are not set, all at once.
    """
    names = PLACE.findall(text)
    unset = [name for name in dict.fromkeys(names) if name not in environment]
    if unset:
        raise UsageError(
            f"policies/monitoring.yaml: source names {', '.join(unset)}, but no such environment "
            "variable is set. Set it where the night job is started."
        )
    return PLACE.sub(lambda found: environment[found[1]], text)


def masked(message: str, text: str, environment: Mapping[str, str]) -> str:
    """A message in which no value that filled an address stands."""
    for name in PLACE.findall(text):
        if environment.get(name):
            message = message.replace(environment[name], MASK)
    return message
