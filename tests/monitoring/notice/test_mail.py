"""Notices by mail, to a real SMTP server: encrypted, with a login, refused, silent."""

from __future__ import annotations

import email
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.monitoring.notice.world import Post, certificate, channel, trigger

if TYPE_CHECKING:
    from policies.notice import Channel

LOGIN = {"user": "${MAIL_USER}", "password": "${MAIL_PASSWORD}"}


class Inbox:
    """Keeps mails; refuses addresses at nowhere."""

    def __init__(self, busy: int = 0) -> None:
        self.mails: list[Any] = []
        self.busy = busy
        self.logins: list[tuple[bytes, bytes]] = []
        self.encrypted: list[bool] = []

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Accept an address, or not."""
        if address.endswith("@nowhere"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - as aiosmtpd calls it
        self, _server: Any, session: Any, envelope: Any
    ) -> str:
        """Take a mail."""
        if self.busy:
            self.busy -= 1
            return "451 try later"
        self.encrypted.append(session.ssl is not None)
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        """One user."""
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"pa55", handled=False)


@contextmanager
def _server(inbox: Inbox, folder: Path, *, tls: bool = True) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(folder))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    keys: dict[str, Any] = {"tls_context": context, "require_starttls": True} if tls else {}
    server = Controller(
        inbox, hostname="127.0.0.1", port=port, authenticator=inbox.authenticate, **keys
    )
    server.start()
    try:
        yield port
    finally:
        server.stop()


def _channel(port: int, **keys: Any) -> Channel:
    return channel(
        **{
            "smtp": f"127.0.0.1:{port}",
            "sender": "tplc@hospital.example",
            "to": ["board@hospital.example"],
            "certificates": "server.pem",
            "tries": 1,
        }
        | keys
    )


def test_a_mail_goes_encrypted_with_its_login_and_says_where_to_read_on(tmp_path: Path) -> None:
    """Subject, key and text; nothing waits; the Message-ID is of the notice."""
    inbox = Inbox()
    with _server(inbox, tmp_path) as port:
        post = Post(tmp_path, [_channel(port, **LOGIN)])
        post.raise_(trigger())
        (outcome,) = post.flush()
    assert (outcome.delivered, outcome.waiting, outcome.why) == (1, 0, "")
    assert (inbox.logins, inbox.encrypted) == ([(b"u", b"pa55")], [True])
    (letter,) = inbox.mails
    assert letter["Subject"] == "[tplc] major: drift:age, model covid/1, window 2025-01"
    record = next(post.trail.records())
    assert letter["X-TPLC-Key"] == record.digest
    assert record.digest.removeprefix("sha256:") in letter["Message-ID"]
    assert "tplc change show T-2025-01-01" in letter.get_payload()


def test_a_server_without_starttls_gets_no_mail(tmp_path: Path) -> None:
    """Encryption is not given up silently; a plan may say so in words."""
    inbox = Inbox()
    with _server(inbox, tmp_path, tls=False) as port:
        post = Post(tmp_path, [_channel(port)])
        post.raise_(trigger())
        (outcome,) = post.flush()
        assert (outcome.waiting, inbox.mails) == (1, [])
        assert outcome.why == "the server offers no STARTTLS, or no login"
        post.channels = [_channel(port, starttls=False)]
        (outcome,) = post.flush()
    assert (outcome.delivered, inbox.encrypted) == (1, [False])


def test_a_wrong_certificate_gets_no_mail(tmp_path: Path) -> None:
    """Nobody vouches for it, and the plan names no authority."""
    inbox = Inbox()
    with _server(inbox, tmp_path) as port:
        post = Post(tmp_path, [_channel(port, certificates=None)])
        post.raise_(trigger())
        (outcome,) = post.flush()
    assert (outcome.why, inbox.mails) == ("its certificate or TLS was refused", [])


def test_a_refused_login_is_said_by_its_code_only(tmp_path: Path) -> None:
    """The server's own words may hold the user's name."""
    inbox = Inbox()
    with _server(inbox, tmp_path) as port:
        post = Post(tmp_path, [_channel(port, **(LOGIN | {"password": "${TOKEN}"}))])
        post.raise_(trigger())
        (outcome,) = post.flush()
    assert (outcome.waiting, outcome.why, inbox.mails) == (1, "answered 535", [])


def test_a_busy_server_is_tried_again(tmp_path: Path) -> None:
    """451 once, then taken, in one run."""
    inbox = Inbox(busy=1)
    with _server(inbox, tmp_path) as port:
        post = Post(tmp_path, [_channel(port, tries=3)])
        post.raise_(trigger())
        (outcome,) = post.flush()
    assert (outcome.delivered, len(inbox.mails)) == (1, 1)


def test_an_address_that_is_refused_does_not_make_the_others_hear_twice(tmp_path: Path) -> None:
    """One of two: delivered, and said. All refused: it waits."""
    inbox = Inbox()
    with _server(inbox, tmp_path) as port:
        post = Post(tmp_path, [_channel(port, to=["a@b.example", "x@nowhere"])])
        post.raise_(trigger())
        (outcome,) = post.flush()
        assert (outcome.delivered, outcome.waiting) == (1, 0)
        assert outcome.why == "1 of 2 addresses were refused"
        assert post.flush() == []
        post.channels = [_channel(port, to=["x@nowhere"])]
        post.raise_(trigger(2))
        (outcome,) = post.flush()
    assert (outcome.waiting, outcome.why) == (1, "every address was refused (550)")
    assert len(inbox.mails) == 1


def test_a_silent_server_costs_its_timeout(tmp_path: Path) -> None:
    """It listens and says nothing."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        (tmp_path / "server.pem").write_text("")
        post = Post(tmp_path, [_channel(port, timeout_seconds=0.3, certificates=None)])
        post.raise_(trigger())
        (outcome,) = post.flush()
    assert (outcome.waiting, outcome.why) == (1, "no answer within 0.3 s")


@pytest.mark.parametrize("text", ["drift:age\nBcc: x@evil.example", "drift:ä\r\nX: y"])
def test_a_cause_cannot_write_headers(tmp_path: Path, text: str) -> None:
    """Line ends in a column's name are blanks in the subject."""
    inbox = Inbox()
    with _server(inbox, tmp_path) as port:
        post = Post(tmp_path, [_channel(port)])
        post.raise_(trigger(cause=text))
        (outcome,) = post.flush()
    assert outcome.delivered == 1
    assert (inbox.mails[0]["Bcc"], inbox.mails[0]["X"]) == (None, None)
