"""The decision tables there are, with a sentence each. Pure."""

from __future__ import annotations

from console.views.view import View
from policies import decision_table

ABOUT = {  # whose law it is, and what it answers
    "fda": (
        "United States, 510(k)",
        "For a device cleared with a 510(k): does the change need a new 510(k)?",
    ),
    "fda-pma": (
        "United States, PMA",
        "For a device with a premarket approval (PMA): which supplement does the change need?",
    ),
    "eu-ai-act": (
        "European Union, AI Act",
        "Is the change a substantial modification, which needs a new conformity assessment?",
    ),
    "eu-mdr": (
        "European Union, MDR",
        "For a device under a notified body's certificate: must it approve the change?",
    ),
}


class TableLink(View):
    """A decision table that can be answered."""

    table: str
    """How it is named."""
    short: str
    """Whose law it is, in a few words."""
    about: str
    """What it answers, in a sentence."""
    address: str
    """Where it is answered."""


def links(under: str) -> list[TableLink]:
    """The tables; `under` is the address of the trigger or request that they are answered for."""
    return [
        TableLink(
            table=name,
            short=ABOUT[name][0],
            about=ABOUT[name][1],
            address=f"{under}/pathway/{name}",
        )
        for name in decision_table.TABLES
    ]
