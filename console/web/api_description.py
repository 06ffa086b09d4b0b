"""The description of the JSON interface: OpenAPI 3.1 for a program, a page for a person."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.openapi.utils import get_openapi

from console.views.view import View
from console.web import page
from console.web.visitor import By

DESCRIPTION = """\
Everything that the board's pages show, from the same views of the audit trail. It reads only: what
is written under a person's authority is written on a page or by a command, where they give their
password.

Times are ISO 8601 in UTC. A number that cannot be given is null, with the reason beside it; no
number is NaN or infinite. A fault is told as {"error", "kind"}.
"""
TAGS = {
    "change control": "The state of everything, triggers, change requests, reporting clocks.",
    "evidence": "Locked models, reference sets, documents, the audit trail.",
    "people": "Who is asking.",
}

router = APIRouter()


class Parameter(View):
    """A part of an address."""

    name: str
    """Its name."""
    where: str
    """In the path or behind the question mark."""
    kind: str
    """What it must be."""


class Address(View):
    """An address of the interface."""

    path: str
    """Its path."""
    title: str
    """What it gives."""
    parameters: list[Parameter]
    """What it takes."""
    gives: str
    """The name of what it gives, in the description."""


class Group(View):
    """Addresses of one subject."""

    title: str
    """The subject."""
    text: str
    """In a sentence."""
    addresses: list[Address]
    """The addresses."""


def described(request: Request) -> dict[str, Any]:
    """The OpenAPI 3.1 description of the routes that stand in it."""
    return get_openapi(
        title="tplc",
        version="1",
        openapi_version="3.1.0",
        description=DESCRIPTION,
        routes=request.app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    )


@router.get("/api/openapi.json")
def openapi(request: Request) -> dict[str, Any]:
    """The description for a program; it holds nothing of the workspace."""
    return described(request)


@router.get("/api")
def listed(request: Request, by: By) -> Response:
    """The addresses for a person."""
    return page.draw(request, "api", by, groups=_groups(described(request)))


def _groups(description: dict[str, Any]) -> list[Group]:
    """The addresses by subject, in the order of `TAGS`."""
    found: dict[str, list[Address]] = {name: [] for name in TAGS}
    for path, methods in description["paths"].items():
        for operation in methods.values():
            found[operation["tags"][0]].append(_address(path, operation))
    return [
        Group(title=name.capitalize(), text=TAGS[name], addresses=addresses)
        for name, addresses in found.items()
        if addresses
    ]


def _address(path: str, operation: dict[str, Any]) -> Address:
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return Address(
        path=path,
        title=operation["description"],
        parameters=[
            Parameter(name=p["name"], where=p["in"], kind=p["schema"].get("type", "text"))
            for p in operation.get("parameters", [])
        ],
        gives=answer["$ref"].rpartition("__")[2].rpartition("/")[2],
    )
