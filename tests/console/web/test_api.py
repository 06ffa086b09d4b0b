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

from console import start
from console.views.view import View
from console.web import app
from console.web.visitor import Visitor, visitor
from policies.workspace import Workspace
from tests import sitting
from tests.board_room import secret
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
    checks.ignored_auth,
]
FAULTS = {"400", "401", "403", "404", "409", "422", "503"}


@pytest.fixture(scope="module")
def begun(demo_folder: Path) -> Path:
    """The demo's board halfway through a sitting, with people and a clock that runs."""
    return sitting.begun(demo_folder)


@pytest.fixture(scope="module")
def served(begun: Path) -> FastAPI:
    """The interface to it."""
    return app.build(Workspace(folder=begun))


@pytest.fixture(scope="module")
def bearer(begun: Path) -> dict[str, str]:
    """The header of a program that reads for quinn."""
    words = ("user", "token", "add", "quinn", "--name", "tests of the interface")
    told = typed(begun, *words, said=(secret("quinn"),))
    return {"Authorization": f"Bearer {told['secret']}"}


@pytest.fixture
def asking(served: FastAPI, bearer: dict[str, str]) -> TestClient:
    """A program with a token."""
    return TestClient(served, headers=bearer)


@pytest.fixture(scope="module")
def described(served: FastAPI) -> dict[str, Any]:
    """The description; it needs no token and holds nothing of the workspace."""
    found: dict[str, Any] = TestClient(served).get("/api/openapi.json").json()
    return found


def _tried(operation: APIOperation[Any, Any, Any, Any], bearer: dict[str, str]) -> None:
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
        case.call_and_validate(headers=bearer, checks=CHECKS)

    one()


def test_every_address_answers_as_it_is_described_whatever_it_is_asked(
    served: FastAPI, bearer: dict[str, str]
) -> None:
    """No 5xx; no status, type or body that the description does not name; nothing without a token."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", served)
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        _tried(found.ok(), bearer)
        tried += 1
    assert tried == len(schema)


def test_everything_that_a_list_names_is_given(
    served: FastAPI, asking: TestClient, described: dict[str, Any]
) -> None:
    """Of the demo: each address with the names that its list gives; the bodies as described."""
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
        ("/api/v1/triggers/T-0", "GET", 404),
        ("/api/v1/trail?since=2026-02-31", "GET", 400),
        ("/api/v1/whoami", "POST", 405),
        ("/api/v1/nothing", "GET", 404),
        (f"/api/v1/trail?text={'x' * 201}", "GET", 422),
    ],
)
def test_a_fault_is_one_body(asking: TestClient, path: str, method: str, code: int) -> None:
    """Also where there is no such address or method."""
    answer = asking.request(method, path)
    assert (answer.status_code, set(answer.json())) == (code, {"error", "kind"})


def test_without_a_good_token_nothing_is_given_where_there_are_users(
    served: FastAPI, described: dict[str, Any], bearer: dict[str, str]
) -> None:
    """Each address: 401 and how to come in; a token that is nobody's is none."""
    for given_token in ({}, {"Authorization": bearer["Authorization"][:-1] + "!"}):
        nobody = TestClient(served, headers=given_token)
        for path in described["paths"]:
            answer = nobody.get(path.replace("{number}", "1"))
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"] == "Bearer"
            assert set(answer.json()) == {"error", "kind"}


def test_who_is_asking_is_said(asking: TestClient, tmp_path: Path) -> None:
    """The person of the token; a guest on this machine where there are no users."""
    who = {"id": "quinn", "name": "Quinn Quality", "roles": ["quality"], "guest": False}
    assert asking.get("/api/v1/whoami").json() == who
    start.make(tmp_path)
    space = Workspace(folder=tmp_path)
    guest = TestClient(app.build(space)).get("/api/v1/whoami")
    assert (guest.status_code, guest.json()["guest"], guest.json()["roles"]) == (200, True, [])
    assert TestClient(app.build(space, local=False)).get("/api/v1/whoami").status_code == 401


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
    asking = TestClient(served)
    served.dependency_overrides[visitor] = lambda: Visitor(id="quinn", name="Quinn Quality")
    try:
        page = asking.get("/api").text
    finally:
        served.dependency_overrides.clear()
    assert [path for path in described["paths"] if path not in page] == []
    assert "<script" not in page
