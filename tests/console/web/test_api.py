"""The JSON interface is tried with all sorts of words: it answers as it is described, never by 5xx.

Few examples of each address, the same ones each time. More of them, drawn anew:
``TPLC_API_EXAMPLES=2000 pytest -n 0 tests/console/web/test_api.py``.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from console.views.view import View
from console.web import app
from console.web.visitor import SignInFirst, visitor
from policies.workspace import Workspace
from tests.demo_board import typed

if TYPE_CHECKING:
    from pathlib import Path

    from schemathesis import APIOperation


class Measured(View):
    """A number."""

    value: float | None
    """It, or none."""


MORE = os.environ.get("TPLC_API_EXAMPLES", "")
EXAMPLES = int(MORE or 12)
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
FAULTS = {"400", "401", "403", "404", "409", "422", "503"}
CLOCK = ("--aware-at", "2026-03-06T09:30", "--zone", "Europe/Berlin", "--state", "DE")


@pytest.fixture(scope="module")
def served(demo_folder: Path) -> FastAPI:
    """The demo without users, with a clock that runs and a change request."""
    about = ("--what", "A case was missed", "--trigger", "T-2020-09-01")
    typed(demo_folder, "change", "clock", "start", "mdr-15", *CLOCK, *about)
    words = (
        "--title",
        "Look closer",
        "--description",
        "More evidence is needed before a decision.",
    )
    typed(demo_folder, "change", "request", *words, "--decision", "investigate", *about[2:])
    return app.build(Workspace(folder=demo_folder))


@pytest.fixture(scope="module")
def described(served: FastAPI) -> dict[str, Any]:
    """The description."""
    found: dict[str, Any] = TestClient(served).get("/api/openapi.json").json()
    return found


def _tried(operation: APIOperation[Any, Any, Any, Any]) -> None:
    """An address with words of every kind; an answer that is not as described stops it."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=not MORE,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def one(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)

    one()


def test_every_address_answers_as_it_is_described_whatever_it_is_asked(served: FastAPI) -> None:
    """No 5xx, no status, type or body that the description does not name."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", served)
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        _tried(found.ok())
        tried += 1
    assert tried == len(schema)


def test_everything_that_a_list_names_is_given(served: FastAPI, described: dict[str, Any]) -> None:
    """Of the demo: each address with the names that its list gives; the bodies as described."""
    asking = TestClient(served)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", served)
    models = asking.get("/api/v1/models").json()["models"]
    triggers = asking.get("/api/v1/triggers").json()["triggers"]
    kinds = {each["kind"]: each["record"] for each in asking.get("/api/v1/trail").json()["entries"]}
    assert len(kinds) >= 12
    names = {
        "/triggers/{id}": [t["id"] for t in triggers[::5]],
        "/models/{name}/{version}": [model["model"] for model in models],
        "/triggers/{id}/acts": [f"{triggers[0]['id']}/acts"],
        "/requests/{id}": ["C-1"],
        "/references/{name}": ["covid-april"],
        "/trail/{number}": list(kinds.values()),
    }
    tried = set()
    for path in described["paths"]:
        head, brace, _ = path.partition("{")
        for name in names[path.removeprefix("/api/v1")] if brace else [""]:
            answer = asking.get(f"{head}{name}")
            assert answer.status_code == 200, (head, name, answer.text)
            schema[path]["GET"].validate_response(answer)
            tried.add(path)
    assert tried == set(described["paths"])
    newest, oldest = models[0]["model"], models[-1]["model"]
    answer = asking.get(f"/api/v1/models/{newest}?against={oldest}")
    assert answer.json()["compared"]
    schema["/api/v1/models/{name}/{version}"]["GET"].validate_response(answer)


def test_the_description_names_each_fault_and_a_token(described: dict[str, Any]) -> None:
    """OpenAPI 3.1; every address by one subject, in a sentence, with its faults."""
    assert described["openapi"] == "3.1.0"
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path, methods in described["paths"].items():
        assert list(methods) == ["get"], path
        operation = methods["get"]
        assert set(operation["responses"]) == FAULTS | {"200"}, path
        assert operation["security"] == [{"token": []}], path
        assert len(operation["tags"]) == 1, path
        assert operation["description"].endswith("."), path
    for code in FAULTS:
        answer = operation["responses"][code]["content"]["application/json"]["schema"]
        assert answer == {"$ref": "#/components/schemas/Fault"}
    views = described["components"]["schemas"]
    silent = [
        f"{name}.{field}"
        for name, view in views.items()
        for field, said in view.get("properties", {}).items()
        if not {"description", "$ref"} & set(said)
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("path", "method", "code"),
    [
        ("/api/v1/whoami", "POST", 405),
        ("/api/v1/nothing", "GET", 404),
        (f"/api/v1/trail?text={'x' * 201}", "GET", 422),
    ],
)
def test_a_fault_is_one_body(served: FastAPI, path: str, method: str, code: int) -> None:
    """Also where there is no such address or method."""
    answer = TestClient(served).request(method, path)
    assert (answer.status_code, set(answer.json())) == (code, {"error", "kind"})


def test_without_a_token_nothing_is_given_where_there_are_users(served: FastAPI) -> None:
    """Each address: 401 and how to come in."""

    def nobody() -> None:
        raise SignInFirst

    served.dependency_overrides[visitor] = nobody
    try:
        asking = TestClient(served)
        for path in asking.get("/api/openapi.json").json()["paths"]:
            answer = asking.get(path.replace("{", "").replace("}", ""))
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"] == "Bearer"
    finally:
        served.dependency_overrides.clear()


def test_a_number_that_is_none_is_null() -> None:
    """NaN and infinity are no JSON."""
    probe = FastAPI()

    @probe.get("/")
    def given_back() -> list[Measured]:
        return [Measured(value=float("nan")), Measured(value=float("-inf"))]

    answer = TestClient(probe).get("/").text

    def refused(word: str) -> None:
        raise AssertionError(word)

    assert json.loads(answer, parse_constant=refused) == [{"value": None}, {"value": None}]


def test_a_person_reads_the_addresses_on_a_page(served: FastAPI, described: dict[str, Any]) -> None:
    """Each of them, by subject; no script."""
    page = TestClient(served).get("/api").text
    assert [path for path in described["paths"] if path not in page] == []
    assert "<script" not in page
