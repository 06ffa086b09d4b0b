"""Servers that take notices, or do not, and a trail with triggers to tell of."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from evidence.records import Trigger
from evidence.trail import AuditTrail
from monitoring.notice.delivery import Delivery
from monitoring.notice.outbox import Outbox
from policies.notice import Channel

AT = "2026-01-02T03:04:05+00:00"
SECRET = "correct horse battery staple"  # noqa: S105 - of a test
ENVIRONMENT = {"HOOK_SECRET": SECRET, "TOKEN": "t0k3n", "MAIL_USER": "u", "MAIL_PASSWORD": "pa55"}


@dataclass
class Receiver:
    """A web server that answers in turn, and keeps what was posted."""

    answers: list[int] = field(default_factory=list)
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    hang: float = 0.0
    port: int = 0

    @property
    def url(self) -> str:
        """Where it listens: a private address."""
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def receiver(*answers: int, hang: float = 0.0, tls: Any = None) -> Iterator[Receiver]:
    """Run a receiver; after the answers given it says 200."""
    kept = Receiver(answers=list(answers), hang=hang)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.posts.append((self.path, dict(self.headers), body))
            time.sleep(kept.hang)
            self.send_response(kept.answers.pop(0) if kept.answers else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, for 127.0.0.1 and localhost, and its key."""
    paths = folder / "server.pem", folder / "server.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost", "-out", str(paths[0])),
            *("-keyout", str(paths[1]), "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    return paths


def trigger(number: int = 1, **keys: Any) -> Trigger:
    """A trigger on many people."""
    finding = {"kind": "drift", "subject": "age", "value": 0.41, "n": 4000, "unit": "divergence"}
    body: dict[str, Any] = {
        "id": f"T-2025-0{number}-01",
        "model": "covid/1",
        "window": f"2025-0{number}",
        "cause": "drift:age",
        "severity": "major",
        "rule": "input-moved",
        "statement": "The distribution of age moved: PSI 0.412, limit 0.2.",
        "finding": finding,
        "run_key": "k",
    }
    return Trigger(**(body | keys))


def trail_in(folder: Path) -> AuditTrail:
    """An empty trail."""
    return AuditTrail(f"sqlite:///{folder / 'trail.db'}")


@dataclass
class Post:
    """A workspace that has a trail, an outbox and channels."""

    folder: Path
    channels: list[Channel]
    limit: float = 20.0

    def __post_init__(self) -> None:
        self.trail = trail_in(self.folder)
        self.outbox = Outbox(self.folder / "outbox")
        self.outbox.begin(self.trail)

    def raise_(self, *triggers: Trigger) -> None:
        """Record triggers and put their notices in the outbox."""
        self.trail.append(list(triggers), at=AT, actor="a")
        self.outbox.fill(self.trail, self.channels, 10)

    def flush(self) -> list[Any]:
        """Deliver."""
        return Delivery(
            outbox=self.outbox,
            channels=self.channels,
            folder=self.folder,
            environment=ENVIRONMENT,
            clock=time.time,
            limit=self.limit,
        ).flush()


def channel(**keys: Any) -> Channel:
    """A channel; quick to give up."""
    if "webhook" in keys:
        keys.setdefault("secret", "${HOOK_SECRET}")
    return Channel.model_validate({"timeout_seconds": 1.0} | keys)
