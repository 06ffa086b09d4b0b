"""Where notices of triggers go: a webhook, a mail server or a file of JSON lines.

The plan is registered in the trail with its whole text, so that a secret may not stand in it: it is
named, as ``${NAME}``, and its value is taken from the environment when a notice is sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, model_validator

from evidence import digest as digests
from evidence.errors import NotFoundError
from policies.reader import Text
from policies.severity import Severity, rank

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
HIDDEN = "***"
IMPLICIT_TLS = 465  # the port of submissions, where TLS comes first (RFC 8314)
KINDS = ("webhook", "smtp", "file")
OF_KIND = {
    "secret": "webhook",
    "sender": "smtp",
    "to": "smtp",
    "user": "smtp",
    "password": "smtp",
}


class Channel(Text):
    """One place that notices go to: exactly one of webhook, smtp and file."""

    webhook: str | None = None
    """URL that each notice is posted to; parts that are secret as ${NAME} of the environment."""
    secret: str | None = None
    """Key that signs what is posted, as ${NAME}; a webhook must have one."""
    smtp: str | None = None
    """Mail server, as host:port; port 465 speaks TLS from the start."""
    sender: str | None = None
    """Address that mails come from."""
    to: list[str] = Field(default_factory=list)
    """Addresses that mails go to."""
    starttls: bool = True
    """Whether the connection to the mail server is encrypted; refused where it cannot be."""
    user: str | None = None
    """Login of the mail server, as ${NAME}."""
    password: str | None = None
    """Its password, as ${NAME}."""
    file: str | None = None
    """File that each notice is written to as a line of JSON, relative to the workspace."""
    certificates: str | None = None
    """PEM file of the authority that signed the server's certificate, where it is a private one."""
    severity_at_least: Severity = "minor"
    """Triggers below it are not told here."""
    tries: int = Field(default=3, ge=1, le=10)
    """How often a notice is tried in one run; the next run tries again."""
    timeout_seconds: float = Field(default=10.0, gt=0, le=60)
    """How long the other side may be silent."""

    @property
    def kind(self) -> str:
        """Which of the three."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def id(self) -> str:
        """What stays the same while retries and limits are edited."""
        parts = [self.webhook, self.smtp, self.sender, sorted(self.to), self.file]
        return digests.of_value(parts).removeprefix("sha256:")[:16]

    @property
    def label(self) -> str:
        """How messages name it: no credentials, no query, no value of the environment."""
        if self.smtp is not None:
            return f"smtp {self.smtp} to {', '.join(self.to)}"
        return f"webhook {masked(self.webhook)}" if self.webhook else f"file {self.file}"

    @property
    def names(self) -> list[str]:
        """The names of the environment that it needs."""
        texts = (self.webhook, self.secret, self.user, self.password)
        return list(dict.fromkeys(name for text in texts if text for name in NAMED.findall(text)))

    def wants(self, severity: str) -> bool:
        """Whether a trigger of this severity is told here."""
        return rank(severity) >= rank(self.severity_at_least)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of webhook, smtp and file")
        faults = [
            f"{key}: goes with {kind}"
            for key, kind in OF_KIND.items()
            if getattr(self, key) and kind != given[0]
        ]
        faults += [
            f"{key}: a secret may not stand in the plan; write ${{NAME}} and set NAME in the "
            "environment"
            for key in ("secret", "user", "password")
            if (text := getattr(self, key)) and not NAMED.fullmatch(text)
        ]
        faults += {"webhook": self._of_webhook, "smtp": self._of_smtp, "file": list}[given[0]]()
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _of_webhook(self) -> list[str]:
        faults = [] if self.secret else ["secret: is required, as ${NAME}: it signs the notices"]
        address = self.webhook or ""
        if NAMED.match(address):
            return faults
        try:
            parts = urlsplit(address)
        except ValueError:
            return [*faults, "webhook: is no URL"]
        if parts.scheme not in ("http", "https") or not parts.netloc.rpartition("@")[2]:
            faults.append("webhook: write a URL that begins with https:// or http://")
        query = [value for _, value in parse_qsl(NAMED.sub("", parts.query))]
        if NAMED.sub("", parts.netloc.rpartition("@")[0]).strip(":") or query:
            faults.append("webhook: write credentials and values of the query as ${NAME}")
        return faults

    def _of_smtp(self) -> list[str]:
        host, _, port = (self.smtp or "").rpartition(":")
        faults = [] if host and port.isdigit() else ["smtp: write host:port, as in mail.site:587"]
        faults += [f"{k}: is required for mails" for k in ("sender", "to") if not getattr(self, k)]
        if (self.user is None) != (self.password is None):
            faults.append("user and password go together")
        if self.password and not (self.starttls or port == str(IMPLICIT_TLS)):
            faults.append("password: is not sent without TLS; leave starttls on, or use port 465")
        faults += [
            f"{text!r} is no address" for text in (*self.to, self.sender or "a@b") if _odd(text)
        ]
        return faults


def _odd(address: str) -> bool:
    return "@" not in address.strip("@") or any(c.isspace() or ord(c) < ord(" ") for c in address)


def masked(url: str) -> str:
    """A URL without its credentials and without its query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    who, at, place = parts.netloc.rpartition("@")
    shown = parts._replace(
        netloc=f"{HIDDEN if who else ''}{at}{place}",
        query=HIDDEN if parts.query else "",
        fragment="",
    )
    return shown.geturl()


def filled(text: str, environment: Mapping[str, str]) -> str:
    """A text with the values of the environment that it names.

    Raises:
        NotFoundError: Naming what is not set.
    """
    absent = [name for name in NAMED.findall(text) if not environment.get(name)]
    if absent:
        raise NotFoundError(f"the environment has no {' and no '.join(absent)}")
    return NAMED.sub(lambda found: environment[found[1]], text)


def twice(channels: list[Channel]) -> list[str]:
    """Faults of a plan's list: the same place given twice would be told twice."""
    seen: set[str] = set()
    faults = []
    for channel in channels:
        if channel.id in seen:
            faults.append(f"notify: {channel.label} is given twice")
        seen.add(channel.id)
    return faults
