"""What `device.yaml` and `risks.yaml` may say. An empty value is an open item, never invented."""

from __future__ import annotations

from pydantic import Field

from policies.reader import Text
from policies.scope import Scope


class Manufacturer(Text):
    """Who answers for the device."""

    name: str = ""
    """Legal name."""
    address: str = ""
    """Registered address."""
    contact: str = ""
    """Who can be asked."""


class Device(Text):
    """The device: what it is, for whom, under which rules."""

    name: str = Field(min_length=1)
    """Name of the device."""
    version: str = ""
    """Version of the device."""
    notice: str = Field(default="", description="printed on each document's cover")
    intended_use: str = ""
    """What it is for."""
    intended_users: str = ""
    """Who uses it."""
    patient_population: str = ""
    """On whom."""
    use_environment: str = ""
    """Where."""
    inputs: str = ""
    """What goes in."""
    outputs: str = ""
    """What comes out."""
    ai_statement: str = ""
    """That and how AI is used."""
    how_ai_is_used: str = ""
    """How AI achieves the intended use."""
    hardware: str = ""
    """What it runs on."""
    forms: str = ""
    """In which forms it is placed on the market."""
    us_class: str = ""
    """Device class in the US."""
    us_pathway: str = ""
    """510(k), De Novo, PMA."""
    eu_class: str = ""
    """Class under the MDR."""
    eu_route: str = ""
    """Conformity assessment route."""
    standards: list[str] = Field(default_factory=list)
    """Standards applied."""
    manufacturer: Manufacturer = Manufacturer()
    sites: list[str] = Field(default_factory=list)
    """Sites where it is used."""
    scope: Scope = Scope()
    """Facts that decide which clauses apply."""


class Risk(Text):
    """A hazard, its control, and the endpoint that watches it."""

    id: str
    """A short name, such as R1."""
    hazard: str
    """What can go wrong."""
    harm: str
    """What it does to a person."""
    control: str
    """What is done against it."""
    residual: str = ""
    """What risk is left."""
    watched_by: list[str] = Field(default_factory=list)
    """Endpoints or findings that watch it."""


class RiskFile(Text):
    """The risk management summary."""

    risks: list[Risk] = Field(default_factory=list)
