"""Notices to real servers: once each, again after a fault, never longer than the limit."""

from __future__ import annotations

import json
import ssl
import threading
import time
from pathlib import Path

import pytest

from monitoring.notice import retry, signature
from monitoring.notice.outbox import Outbox
from monitoring.notice.undelivered import UndeliveredError
from policies.notice import Channel
from tests.monitoring.notice.world import (
    AT,
    ENVIRONMENT,
    SECRET,
    Post,
    certificate,
    channel,
    receiver,
    trigger,
)


def test_a_webhook_gets_each_notice_once_signed_with_its_key(tmp_path: Path) -> None:
    """The header verifies over the bytes that came; nothing waits afterwards; a second flush is quiet."""
    with receiver() as taken:
        post = Post(tmp_path, [channel(webhook=taken.url + "?room=${TOKEN}")])
        post.raise_(trigger(1), trigger(2))
        (outcome,) = post.flush()
        assert (outcome.delivered, outcome.waiting, outcome.why) == (2, 0, "")
        assert post.flush() == []
    assert len(taken.posts) == 2
    path, headers, body = taken.posts[0]
    assert path == "/hook?room=t0k3n"
    assert signature.verify(SECRET, headers[signature.HEADER], body, time.time())
    told = json.loads(body)
    assert (told["schema"], told["trigger"], told["record"]) == ("tplc-notice/1", "T-2025-01-01", 1)
    assert told["key"] == headers["Idempotency-Key"] == next(post.trail.records()).digest
    assert "record 1" in told["text"]


def test_a_server_that_fails_twice_is_tried_three_times(tmp_path: Path) -> None:
    """500, 500, 200: delivered once, in one run; each try has the same key."""
    with receiver(500, 500) as taken:
        post = Post(tmp_path, [channel(webhook=taken.url)])
        post.raise_(trigger())
        (outcome,) = post.flush()
    assert (outcome.delivered, outcome.waiting) == (1, 0)
    assert len({headers["Idempotency-Key"] for _, headers, _ in taken.posts}) == 1
    assert len(taken.posts) == 3


def test_what_was_not_taken_waits_for_the_next_run(tmp_path: Path) -> None:
    """A refusal is not repeated in the same run; the rest of the channel is not tried; nothing is lost."""
    with receiver(401) as taken:
        post = Post(tmp_path, [channel(webhook=taken.url)])
        post.raise_(trigger(1), trigger(2))
        (outcome,) = post.flush()
        assert (outcome.delivered, outcome.waiting, outcome.why) == (0, 2, "answered 401")
        assert len(taken.posts) == 1
        first, second = post.outbox.waiting()
        assert (first.why, first.tried, second.tried) == ("answered 401", 1, 0)
        (outcome,) = post.flush()
    assert (outcome.delivered, outcome.waiting) == (2, 0)
    assert [json.loads(body)["trigger"] for _, _, body in taken.posts[1:]] == [
        "T-2025-01-01",
        "T-2025-02-01",
    ]


def test_redirects_are_not_followed(tmp_path: Path) -> None:
    """A signed notice goes where the plan says."""
    with receiver(302) as taken:
        post = Post(tmp_path, [channel(webhook=taken.url)])
        post.raise_(trigger())
        (outcome,) = post.flush()
    assert outcome.why == "answered 302; redirects are not followed"
    assert [path for path, _, _ in taken.posts] == ["/hook"]


def test_a_server_that_hangs_costs_its_timeout_and_no_other_channel(tmp_path: Path) -> None:
    """The file has its notice; the silent server's waits."""
    with receiver(hang=3) as taken:
        slow = channel(webhook=taken.url, timeout_seconds=0.3, tries=1)
        post = Post(tmp_path, [slow, channel(file="notices.jsonl")])
        post.raise_(trigger())
        begun = time.monotonic()
        web, file = post.flush()
        assert time.monotonic() - begun < 2.5
    assert (web.waiting, web.why) == (1, "no answer within 0.3 s")
    assert (file.delivered, file.waiting) == (1, 0)


def test_the_limit_holds_for_all_tries_together(tmp_path: Path) -> None:
    """Ten tries of a server that hangs would take long; the limit ends them, and the notice waits."""
    with receiver(hang=2) as taken:
        post = Post(tmp_path, [channel(webhook=taken.url, tries=10)], limit=0.7)
        post.raise_(trigger())
        begun = time.monotonic()
        (outcome,) = post.flush()
        assert time.monotonic() - begun < 1.5
    assert (outcome.delivered, outcome.waiting) == (0, 1)
    assert len(post.outbox.waiting()) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused_unless_the_plan_names_it(
    tmp_path: Path,
) -> None:
    """A private authority's PEM file in the plan makes it good."""
    paths = certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*paths)
    with receiver(tls=tls) as taken:
        url = taken.url.replace("http:", "https:")
        post = Post(tmp_path, [channel(webhook=url)])
        post.raise_(trigger())
        (outcome,) = post.flush()
        assert (outcome.waiting, outcome.why) == (1, "its certificate or TLS was refused")
        assert taken.posts == []
        post.channels = [channel(webhook=url, certificates="server.pem")]
        (outcome,) = post.flush()
    assert (outcome.delivered, len(taken.posts)) == (1, 1)


def test_a_server_that_is_not_there_is_said_without_its_secrets(tmp_path: Path) -> None:
    """Neither outcome nor the outbox's files hold a value of the environment."""
    place = channel(
        webhook="http://${MAIL_USER}:${MAIL_PASSWORD}@127.0.0.1:9/x?k=${TOKEN}", tries=1
    )
    post = Post(tmp_path, [place])
    post.raise_(trigger())
    (outcome,) = post.flush()
    assert "could not be reached" in outcome.why
    assert outcome.label == "webhook http://***@127.0.0.1:9/x?***"
    written = "".join(p.read_text() for p in post.outbox.folder.iterdir() if p.is_file())
    assert not any(value in written + outcome.words for value in (SECRET, "t0k3n", "pa55"))


def test_a_name_that_the_environment_lacks_is_told_by_its_name(tmp_path: Path) -> None:
    """And the notice waits."""
    post = Post(tmp_path, [channel(webhook="${NOWHERE}")])
    post.raise_(trigger())
    (outcome,) = post.flush()
    assert (outcome.waiting, outcome.why) == (1, "the environment has no NOWHERE")


def test_a_process_killed_between_trail_and_outbox_loses_nothing(tmp_path: Path) -> None:
    """The trigger is recorded, the outbox knows nothing of it: the next run tells it, once."""
    post = Post(tmp_path, [channel(file="notices.jsonl")])
    post.trail.append([trigger(1)], at=AT, actor="a")  # and killed
    post.raise_(trigger(2))
    post.outbox.fill(post.trail, post.channels, 10)
    post.flush()
    lines = (tmp_path / "notices.jsonl").read_text().splitlines()
    assert [json.loads(line)["trigger"] for line in lines] == ["T-2025-01-01", "T-2025-02-01"]


def test_a_process_killed_after_a_receiver_took_a_notice_tells_it_again_with_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once; the key lets the receiver see that it is the same."""

    def killed(*_: object) -> None:
        raise OSError("the process is gone")

    with receiver() as taken:
        post = Post(tmp_path, [channel(webhook=taken.url)])
        post.raise_(trigger())
        with monkeypatch.context() as patch:
            patch.setattr(Outbox, "remove", killed)
            (outcome,) = post.flush()
        assert (outcome.delivered, outcome.waiting) == (0, 1)
        assert outcome.why == "the outbox failed (OSError)"
        (outcome,) = post.flush()
        assert (outcome.delivered, outcome.waiting) == (1, 0)
    first, second = (headers["Idempotency-Key"] for _, headers, _ in taken.posts)
    assert first == second


def test_the_log_holds_no_url(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The client would write it down at INFO."""
    with receiver() as taken, caplog.at_level("INFO"):
        post = Post(tmp_path, [channel(webhook=taken.url + "?k=${TOKEN}")])
        post.raise_(trigger())
        post.flush()
    assert len(taken.posts) == 1
    assert "t0k3n" not in caplog.text


def test_what_was_raised_before_notices_were_wanted_is_not_told(tmp_path: Path) -> None:
    """A plan that gets `notify` after years does not flood anyone."""
    post = Post(tmp_path, [channel(file="notices.jsonl")])
    (post.outbox.folder / "mark").unlink()
    post.trail.append([trigger(1)], at=AT, actor="a")
    post.outbox.begin(post.trail)
    post.raise_(trigger(2))
    assert [w.message.trigger for w in post.outbox.waiting()] == ["T-2025-02-01"]


def test_two_processes_deliver_each_notice_once(tmp_path: Path) -> None:
    """Both see all that waits; each file is held by one of them at a time."""
    with receiver(hang=0.02) as taken:
        post = Post(tmp_path, [channel(webhook=taken.url)])
        post.raise_(*(trigger(n) for n in range(1, 9)))
        runs = [threading.Thread(target=post.flush) for _ in range(3)]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
    keys = [headers["Idempotency-Key"] for _, headers, _ in taken.posts]
    assert (len(keys), len(set(keys)), post.outbox.waiting()) == (8, 8, [])


def test_severity_decides_who_is_told(tmp_path: Path) -> None:
    """Below the channel's severity nothing is written."""
    post = Post(
        tmp_path,
        [channel(file="all.jsonl"), channel(file="grave.jsonl", severity_at_least="critical")],
    )
    post.raise_(trigger(1, severity="minor"), trigger(2, severity="critical"))
    post.flush()
    count = {p.name: len(p.read_text().splitlines()) for p in tmp_path.glob("*.jsonl")}
    assert count == {"all.jsonl": 2, "grave.jsonl": 1}


def test_a_mended_address_gets_what_waited_and_a_channel_taken_out_drops_it(tmp_path: Path) -> None:
    """The old URL failed; the plan's new one is told; without any channel it is said and dropped."""
    with receiver() as taken:
        wrong = channel(webhook="http://127.0.0.1:9/", tries=1)
        stays = channel(file="notices.jsonl")
        post = Post(tmp_path, [wrong, stays])
        post.raise_(trigger(1))
        post.flush()
        post.channels = [channel(webhook=taken.url), stays]
        (outcome,) = post.flush()
        assert (outcome.delivered, len(taken.posts)) == (1, 1)
    assert len((tmp_path / "notices.jsonl").read_text().splitlines()) == 1
    post.channels = [wrong, stays]
    post.raise_(trigger(2))
    post.flush()
    post.channels = [stays]
    (outcome,) = post.flush()
    assert (outcome.delivered, outcome.waiting) == (0, 0)
    assert "no longer has this channel" in outcome.words
    assert post.outbox.waiting() == []


def test_a_torn_line_of_the_file_is_ended_before_the_next_notice(tmp_path: Path) -> None:
    """What a full disk left is one bad line, and no second one."""
    path = tmp_path / "notices.jsonl"
    path.write_text('{"schema": "tplc-no')
    post = Post(tmp_path, [channel(file="notices.jsonl")])
    post.raise_(trigger())
    post.flush()
    torn, line = path.read_text().splitlines()
    assert (torn, json.loads(line)["trigger"]) == ('{"schema": "tplc-no', "T-2025-01-01")


def test_waits_grow_are_bounded_and_are_those_of_their_seed() -> None:
    """Full jitter below 0.5, 1, 2, 4 s; the same seed waits the same."""

    def waits(seed: str) -> list[float]:
        slept: list[float] = []

        def fail() -> None:
            raise UndeliveredError("no", again=True)

        with pytest.raises(UndeliveredError):
            retry.again(fail, tries=10, seconds=1e9, seed=seed, sleep=slept.append)
        return slept

    one = waits("a")
    assert one == waits("a") != waits("b")
    assert len(one) == 9
    assert all(0 <= wait <= min(20, 0.5 * 2**at) for at, wait in enumerate(one))


def test_a_fault_that_waiting_cannot_mend_is_not_repeated() -> None:
    """One try."""
    tried: list[int] = []

    def fail() -> None:
        tried.append(1)
        raise UndeliveredError("no", again=False)

    with pytest.raises(UndeliveredError):
        retry.again(fail, tries=5, seconds=60, seed="a", sleep=lambda _: None)
    assert tried == [1]


@pytest.mark.parametrize(
    ("header", "body", "now", "good"),
    [
        (signature.sign("k", 1000, b"{}"), b"{}", 1000, True),
        (signature.sign("k", 1000, b"{}"), b"{}", 1299, True),
        (signature.sign("k", 1000, b"{}"), b"{}", 1301, False),
        (signature.sign("k", 1000, b"{}"), b"{ }", 1000, False),
        (signature.sign("other", 1000, b"{}"), b"{}", 1000, False),
        (signature.sign("k", 1000, b"{}").replace("t=1000", "t=1001"), b"{}", 1000, False),
        ("", b"{}", 1000, False),
        ("t=x,v1=y", b"{}", 1000, False),
    ],
)
def test_a_signature_is_of_its_body_key_and_moment(
    header: str, body: bytes, now: float, *, good: bool
) -> None:
    """Changed, replayed or unsigned bodies do not verify."""
    assert signature.verify("k", header, body, now) is good


def test_the_signature_is_hmac_sha256_as_openssl_makes_it() -> None:
    """`printf '1000.{}' | openssl dgst -sha256 -hmac k`."""
    import subprocess

    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "k"],
        input=b"1000.{}",
        capture_output=True,
        check=True,
    )
    assert signature.sign("k", 1000, b"{}") == f"t=1000,v1={done.stdout.decode().split()[-1]}"


def test_the_environment_does_not_steer_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of the environment is not used: only the plan says where a notice goes."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with receiver() as taken:
        post = Post(tmp_path, [channel(webhook=taken.url)])
        post.raise_(trigger())
        (outcome,) = post.flush()
    assert outcome.delivered == 1
    assert isinstance(post.channels[0], Channel)
    assert ENVIRONMENT["HOOK_SECRET"] == SECRET
