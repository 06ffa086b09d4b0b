"""What the JSON interface can be asked: parts of an address, typed and bounded; who is asking."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Security
from fastapi.security import HTTPBearer

from console.web.api_answers import FAULTS
from console.web.visitor import Visitor, token_visitor

LONGEST = 200  # characters of a name in an address
PAGES = 1_000_000
WHOLE = 2**53 - 1  # the largest number that every reader of JSON takes as it is
BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A user's token: tplc user token add. Without users none is needed here.",
)
Caller = Annotated[Visitor, Depends(token_visitor)]
Word = Annotated[str, Query(max_length=LONGEST)]
Day = Annotated[str, Query(pattern=r"^(\d{4}-\d{2}-\d{2})?$", examples=["2026-03-02"])]
Page = Annotated[int, Query(ge=1, le=PAGES)]
Name = Annotated[str, Path(min_length=1, max_length=LONGEST)]
Number = Annotated[int, Path(ge=1, le=WHOLE)]


def addresses(subject: str) -> APIRouter:
    """The addresses of one subject: each needs a token, and tells faults alike."""
    return APIRouter(
        prefix="/api/v1",
        tags=[subject],
        responses=FAULTS,
        dependencies=[Security(BEARER), Depends(token_visitor)],
        generate_unique_id_function=lambda route: route.name,
    )
