"""What a plan may say of where production data are scanned, and with how much of the machine."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from policies.reader import Text


class Engine(Text):
    """Where rows are counted: the result is the same, digit for digit."""

    name: Literal["memory", "duckdb", "spark"] = "memory"
    """memory reads a file whole; duckdb streams any number of rows; spark runs on a cluster."""
    memory_limit: str = Field(
        default="2GB", pattern=r"^\d+(\.\d+)?(MB|GB|TB|MiB|GiB|TiB)$", description="of DuckDB"
    )
    threads: int = Field(default=2, ge=1, le=256)
    """Of duckdb, on this machine."""
    master: str | None = Field(
        default=None, description="Spark's master URL, as in spark://host:7077 or local[2]"
    )
    partitions: int | None = Field(default=None, ge=1)
    """Parts that spark counts by themselves; as the files lie when left out."""
    options: dict[str, str] = Field(default_factory=dict)
    """Spark's own settings, as in spark.executor.memory."""

    @model_validator(mode="after")
    def _spark(self) -> Self:
        if self.name == "spark" and not self.master:
            raise ValueError("engine spark needs its master URL, as in master: spark://host:7077")
        if self.name != "spark" and (self.master or self.partitions or self.options):
            raise ValueError("master, partitions and options go with name: spark")
        return self
