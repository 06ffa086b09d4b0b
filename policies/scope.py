"""Who and what a device is before the law, and to whom a clause applies.

Nothing is called not applicable on a guess: a fact that `device.yaml` does not state leaves every
clause that hangs on it standing, and the row says which fact would decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from policies.reader import Text

if TYPE_CHECKING:
    from policies.device import Device

Role = Literal["provider", "deployer", "gpai-provider"]
HighRisk = Literal["art-6-1", "annex-iii", "none"]
UsPathway = Literal["510k", "de-novo", "pma", "ide", "hde", "pre-submission"]
EuClass = Literal["I", "IIa", "IIb", "III"]
Study = Literal[
    "imaging-ai", "diagnostic-accuracy", "prediction-model", "early-clinical", "randomised-trial"
]
PATHWAYS: dict[str, str] = {  # letters and digits of what people write in us_pathway
    "510k": "510k",
    "special510k": "510k",
    "traditional510k": "510k",
    "denovo": "de-novo",
    "pma": "pma",
    "ide": "ide",
    "hde": "hde",
    "presubmission": "pre-submission",
}


class Scope(Text):
    """Facts that decide which clauses apply; what is left out decides nothing."""

    roles: list[Role] = Field(default_factory=list)
    """Our roles under the AI Act: provider (the manufacturer), deployer, gpai-provider."""
    high_risk: list[HighRisk] = Field(default_factory=list)
    """By what the system is high-risk: art-6-1 (a device), annex-iii; none."""
    systemic_risk: bool | None = None
    """Whether it is a general-purpose model with systemic risk."""
    third_party_model: bool | None = None
    """Whether it is built on a model, or with components, of another maker."""
    generative: bool | None = None
    """Whether it writes text or makes images."""
    talks_to_people: bool | None = None
    """Whether people interact with it directly."""
    keeps_learning: bool | None = None
    """Whether it goes on learning in use, unlike a locked model."""
    biometrics: bool | None = None
    """Whether it identifies people, categorises them or reads emotions."""
    special_category_data: bool | None = None
    """Whether special categories of personal data were used to detect bias (AI Act, Art 4a)."""
    pccp: bool | None = None
    """Whether a predetermined change control plan is part of the submission."""
    beyond_software: bool | None = None
    """Whether it is more than software: materials, substances, sterile or electrical parts."""
    measuring: bool | None = None
    """Whether it has a measuring function."""
    connected: bool | None = None
    """Whether it must be connected to other devices to work as intended."""
    mobile: bool | None = None
    """Whether it runs on mobile platforms."""
    lay_users: bool | None = None
    """Whether patients or caregivers use it."""
    synthetic_data: bool | None = None
    """Whether synthetic data were used in development or tests."""
    clinician_reference: bool | None = None
    """Whether clinicians established the reference standard."""
    foreign_data: bool | None = None
    """Whether data come from outside the US."""
    studies: list[Study] = Field(default_factory=list)
    """What sort of study is reported: decides which reporting checklists apply."""


class AppliesTo(Scope):
    """To whom a clause applies: one of the values of each fact that is named."""

    us_pathway: list[UsPathway] = Field(default_factory=list)
    """One of these submissions; told from `us_pathway` of device.yaml."""
    eu_class: list[EuClass] = Field(default_factory=list)
    """One of these classes; told from `eu_class` of device.yaml."""

    def asked(self) -> dict[str, list[str]]:
        """Fact to the values that it may have; facts that are not named are left out."""
        found: dict[str, list[str]] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, bool):
                found[name] = [_said(value)]
            elif value:
                found[name] = list(value)
        return found


def stated(device: Device) -> dict[str, list[str]]:
    """Fact to what `device.yaml` says of it; nothing where it says nothing."""
    found: dict[str, list[str]] = {}
    for name in Scope.model_fields:
        value = getattr(device.scope, name)
        if isinstance(value, bool):
            found[name] = [_said(value)]
        else:
            found[name] = list(value or ())
    letters = "".join(c for c in device.us_pathway.lower() if c.isalnum())
    found["us_pathway"] = [PATHWAYS[letters]] if letters in PATHWAYS else []
    known = {"i": "I", "iia": "IIa", "iib": "IIb", "iii": "III"}
    level = device.eu_class.lower().removeprefix("class").strip()
    found["eu_class"] = [known[level]] if level in known else []
    return found


def _said(value: bool) -> str:  # noqa: FBT001 - a fact as a word
    return "yes" if value else "no"
