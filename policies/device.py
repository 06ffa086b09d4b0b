"""What `device.yaml` and `risks.yaml` may say. An empty value is an open item, never invented."""

from __future__ import annotations

from pydantic import Field

from policies.reader import Text


class Manufacturer(Text):
    """Who answers for the device."""

    name: str = ""
    address: str = ""
    contact: str = ""


class Device(Text):
    """The device: what it is, for whom, under which rules."""

    name: str = Field(min_length=1)
    version: str = ""
    notice: str = Field(default="", description="printed on each document's cover")
    intended_use: str = ""
    intended_users: str = ""
    patient_population: str = ""
    use_environment: str = ""
    inputs: str = ""
    outputs: str = ""
    ai_statement: str = ""
    how_ai_is_used: str = ""
    hardware: str = ""
    forms: str = ""
    us_class: str = ""
    us_pathway: str = ""
    eu_class: str = ""
    eu_route: str = ""
    standards: list[str] = Field(default_factory=list)
    manufacturer: Manufacturer = Manufacturer()
    sites: list[str] = Field(default_factory=list)


class Risk(Text):
    """A hazard, its control, and the endpoint that watches it."""

    id: str
    hazard: str
    harm: str
    control: str
    residual: str = ""
    watched_by: list[str] = Field(default_factory=list)


class RiskFile(Text):
    """The risk management summary."""

    risks: list[Risk] = Field(default_factory=list)
