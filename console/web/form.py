"""What a form sent: text fields only, and only from a page of this site."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from console.web.visitor import By, Visitor
from evidence.errors import NotAllowedError, UsageError

LONGEST = 20_000  # characters of a field
FOREIGN = (
    "This form is not of your session: you signed in anew since it was opened, or another site "
    "sent it. Nothing was written. Open the page again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form that was sent.

    Attributes:
        by: Who sent it.
        fields: Its fields; of one that came several times, all of them.
    """

    by: Visitor
    fields: dict[str, list[str]]

    def __repr__(self) -> str:
        return f"Form(by={self.by.id!r}, fields={sorted(self.fields)})"  # passwords are among them

    def text(self, name: str, *, required: str = "") -> str:
        """A field, without the space around it.

        Args:
            name: The field.
            required: What is said when it is empty; it may be empty without.

        Raises:
            UsageError: It is empty and must not be.
        """
        found = (self.fields.get(name) or [""])[-1].strip()
        if required and not found:
            raise UsageError(required)
        return found

    def secret(self, name: str) -> str:
        """A field as it was typed."""
        return (self.fields.get(name) or [""])[-1]

    def numbers(self, name: str) -> tuple[int, ...]:
        """Numbers of records, from boxes and from a field of them, each once.

        Raises:
            UsageError: One is no number.
        """
        words = " ".join(self.fields.get(name, [])).replace(",", " ").split()
        wrong = [word for word in words if not word.isdecimal()]
        if wrong:
            raise UsageError(f"{', '.join(wrong)}: write numbers of records, such as 12, 15.")
        return tuple(dict.fromkeys(map(int, words)))


async def posted(request: Request, by: By) -> Form:
    """The form of a request by somebody with a session.

    Raises:
        NotAllowedError: It is not of a page of this site, or a guest sent it.
        UsageError: A field is too long, or a file.
    """
    fields = await read(request)
    if by.guest:
        raise NotAllowedError(
            "There are no users here, so nothing can be signed on a page. Enrol the first one: "
            'tplc user add ID --name "..." --role quality'
        )
    sent = Form(by=by, fields=fields)
    given = sent.secret("token").encode("utf-8", "surrogatepass")
    if not by.token or not hmac.compare_digest(by.token.encode(), given):
        raise NotAllowedError(FOREIGN)
    return sent


async def read(request: Request) -> dict[str, list[str]]:
    """The fields of a form.

    Raises:
        UsageError: One is too long, or a file.
    """
    fields: dict[str, list[str]] = {}
    for name, value in (await request.form(max_files=0, max_fields=400)).multi_items():
        if not isinstance(value, str) or len(value) > LONGEST:
            raise UsageError(f"The field '{name}' is longer than {LONGEST:,} characters.")
        fields.setdefault(name, []).append(value)
    return fields


Posted = Annotated[Form, Depends(posted)]
