"""Signing in: what must fail fails alike, is counted, and is told without flooding the trail."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import stat
from dataclasses import asdict, replace

import pyotp
import pytest

from change_control import own_credentials, users
from change_control.credentials import lock_out, one_time, passwords, sign_in
from change_control.credentials.gate import Given
from change_control.credentials.lock_out import Tries
from change_control.users import Newcomer
from evidence.errors import BrokenTrailError, NotAllowedError, OutOfOrderError, UsageError
from evidence.records import CredentialChange, SecurityEvent
from evidence.signing import standing
from policies.access import AccessPolicy, Hashing, LockOut, OneTime
from tests.board_room import AT, Room, secret

RULES = LockOut(failures=5, within_minutes=15, minutes=15, tries_a_minute=600)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of the authenticators in these tests


def _at(minutes: int = 0, seconds: int = 0, day: int = 2) -> str:
    return f"2026-03-{day:02d}T09:{minutes:02d}:{seconds:02d}+00:00"


def _try(room: Room, user: str, password: str, at: str = AT, code: str = "") -> str:
    """What somebody hears who cannot come in."""
    with pytest.raises(NotAllowedError) as caught:
        sign_in.sign_in(room.gate(at), Given(user=user, password=password, code=code))
    return str(caught.value)


def _events(room: Room) -> list[SecurityEvent]:
    return [value for _, value in room.trail.all(SecurityEvent)]


def _with_code(room: Room, user: str = "ben", at: str = AT) -> str:
    """Enrol a one-time password; the code that was used for it."""
    entered = sign_in.enter(room.gate(at), Given(user=user, password=secret(user)))
    code = pyotp.TOTP(SECRET).at(_moment(at))
    own_credentials.enrol_totp(room.gate(at), entered, secret(user), SECRET, code)
    return code


def _moment(at: str) -> int:
    return int(dt.datetime.fromisoformat(at).timestamp())


def test_unknown_ids_and_wrong_passwords_take_the_same_way(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hash of one cost is verified in each case, and one sentence is said."""
    seen: list[str] = []
    real = passwords.matches

    def counted(stored: str, password: str) -> bool:
        seen.append(stored.rpartition("$")[0].rpartition("$")[0])  # algorithm and cost
        return real(stored, password)

    monkeypatch.setattr(passwords, "matches", counted)
    said = {_try(room, "ben", "a wrong password"), _try(room, "nobody", "a wrong password")}
    assert said == {sign_in.WRONG}
    assert seen == ["$argon2id$v=19$m=19456,t=2,p=1"] * 2


def test_ten_thousand_tries_lock_and_write_a_handful_of_records(room: Room) -> None:
    """None of them comes in, the right password neither, and the trail is not flooded."""
    gate = room.gate()
    heard: set[str] = set()
    for number in range(10_000):
        with pytest.raises(NotAllowedError) as caught:
            sign_in.sign_in(gate, Given(user="ben", password=f"guess number {number}"))
        heard.add(str(caught.value))
    assert heard == {sign_in.WRONG, "Too many failures: this user id is locked until 09:15 UTC."}
    assert "locked until" in _try(room, "ben", secret("ben"))
    events = _events(room)
    assert [(e.user, e.count) for e in events] == [
        ("ben", 5),
        ("ben", 50),
        ("ben", 500),
        ("ben", 5000),
    ]
    assert room.enter("ben", _at(minutes=16)).id == "ben"
    assert _events(room)[-1].count == 10_001


def test_an_id_that_nobody_has_locks_alike_and_is_not_kept(room: Room) -> None:
    """People type their password where the id belongs: it is neither in trail nor vault."""
    typed = "correct-horse-battery"
    said = [_try(room, typed, "x") for _ in range(7)]
    assert said[4] == sign_in.WRONG
    assert "locked until 09:15" in said[6]
    assert [(e.user, e.count) for e in _events(room)] == [("", 5)]
    text = "".join(json.dumps(r.body) for r in room.trail.records())
    assert typed not in text
    assert typed.encode() not in (room.folder / "credentials.db").read_bytes()


def test_too_many_tries_a_minute_are_refused_unread(room: Room) -> None:
    """Over all ids together: guessing one password for many users is slow as well."""
    policy = room.access.policy
    slow = policy.model_copy(update={"lock_out": RULES.model_copy(update={"tries_a_minute": 5})})
    access = replace(room.access, versions=((0, slow),))
    gate = replace(room.gate(_at(minutes=1)), access=access)
    said = []
    for user in ("u1", "u2", "u3", "u4", "u5", "ben"):
        with pytest.raises(NotAllowedError) as caught:
            sign_in.sign_in(gate, Given(user=user, password=secret("ben")))
        said.append(str(caught.value))
    assert said == [sign_in.WRONG] * 5 + [
        "Too many people are signing in at once. Try again in a minute."
    ]
    later = replace(gate, at=_at(minutes=2))
    assert sign_in.sign_in(later, Given(user="ben", password=secret("ben"))).id == "ben"


def test_failures_are_told_when_somebody_comes_in_after_them(room: Room) -> None:
    """11.300(d): each attempt is in the trail one day, counted with the others."""
    _try(room, "ben", "wrong one")
    _try(room, "ben", "wrong two", _at(minutes=1))
    assert _events(room) == []
    room.enter("ben", _at(minutes=2))
    (event,) = _events(room)
    assert (event.user, event.count, event.first, event.last) == ("ben", 2, AT, _at(minutes=1))


def test_an_expired_password_cannot_sign_and_can_be_changed(room: Room) -> None:
    """Its age is the trail's, so that editing the vault makes it no younger."""
    late = "2027-03-03T09:00:00+00:00"
    assert room.enter("ben", "2027-03-02T08:00:00+00:00").id == "ben"
    assert "366 days old and has expired" in _try(room, "ben", secret("ben"), late)
    given = Given(user="ben", password=secret("ben"))
    own_credentials.change_password(room.gate(late), given, secret("ben", 2))
    with pytest.raises(NotAllowedError, match="wrong"):
        room.enter("ben", late)
    fresh = Given(user="ben", password=secret("ben", 2))
    assert sign_in.sign_in(room.gate(late), fresh).id == "ben"


def test_a_password_that_somebody_else_chose_must_be_changed_first(room: Room) -> None:
    """Of a newcomer, and after a reset; with it everything is new but the id."""
    newcomer = Newcomer(
        id="noa", name="Noa Newcomer", roles=("reviewer",), password=secret("noa", 0)
    )
    users.enrol(room.gate(), room.known("quinn"), newcomer)
    assert "chosen by somebody else" in _try(room, "noa", secret("noa", 0))
    before = room.access.known.people["ben"].public_key
    own_credentials.reset_password(
        room.gate(), room.known("quinn"), "ben", secret("ben", 7), "He forgot it."
    )
    assert "chosen by somebody else" in _try(room, "ben", secret("ben", 7))
    assert _try(room, "ben", secret("ben")) == sign_in.WRONG
    assert room.access.known.people["ben"].public_key != before
    value = room.trail.all(CredentialChange)[-1][1]
    assert (value.before, value.reason) == ({"public_key": before}, "He forgot it.")


def test_what_was_signed_before_a_reset_stays_signed(room: Room) -> None:
    """Each signature is held against the key of its time."""
    room.request()
    room.assess()
    room.sign("ben", "C-1")
    own_credentials.reset_password(
        room.gate(), room.known("quinn"), "ben", secret("ben", 7), "He forgot it."
    )
    (signed,) = standing.of(room.trail, room.access.known, "C-1")
    assert signed.valid
    assert room.access.known.faults == []


def test_signs_that_no_encoding_has_are_a_wrong_password(room: Room) -> None:
    """And no fault of the suite."""
    assert _try(room, "ben", "lone \udc80 surrogate") == sign_in.WRONG


def test_two_of_quality_reset_a_password_together(room: Room) -> None:
    """11.200(a)(3): one alone could sign in the owner's place."""
    users.change_roles(room.gate(), room.known("quinn"), "rae", ["quality"], "A second one.")
    new = secret("ben", 7)
    words = ("ben", new, "He forgot it.")
    with pytest.raises(NotAllowedError, match="--with USER"):
        own_credentials.reset_password(room.gate(), room.known("quinn"), *words)
    with pytest.raises(NotAllowedError, match="--with USER"):
        own_credentials.reset_password(
            room.gate(), room.known("quinn"), *words, room.known("quinn")
        )
    record = own_credentials.reset_password(
        room.gate(), room.known("quinn"), *words, room.known("rae")
    )
    assert record.body["second"]["user"] == "rae"
    assert room.access.known.faults == []
    value = record.value()
    assert isinstance(value, CredentialChange)
    alone = replace(value, second={})
    room.trail.append([alone], at=record.at, actor="quinn")
    assert "copy" in room.access.known.faults[0]


def test_a_password_must_be_what_the_policy_asks(room: Room) -> None:
    """All faults at once; none of them repeats the password."""
    given = Given(user="ben", password=secret("ben"))

    def said(new: str) -> str:
        with pytest.raises(UsageError) as caught:
            own_credentials.change_password(room.gate(), given, new)
        assert new not in str(caught.value)
        return str(caught.value)

    assert "12 are required; it has fewer than 5 different" in said("aaaa")
    assert "contains the user's id or name" in said("my name is APPROVER 1")
    assert "was used before" in said(secret("ben"))
    assert "was used before" in said(secret("ben", 0))
    own_credentials.change_password(room.gate(), given, "Ångström units 12")
    composed = Given(user="ben", password="A\u030angstro\u0308m units 12")  # noqa: S106 - a test
    assert sign_in.sign_in(room.gate(), composed).id == "ben"


def test_a_one_time_password_is_good_once(room: Room) -> None:
    """Replay within its window is refused, and so is any code of an earlier step."""
    used = _with_code(room)
    assert _try(room, "ben", secret("ben")) == sign_in.WRONG
    assert _try(room, "ben", secret("ben"), code=used) == sign_in.WRONG
    later = _at(seconds=30)
    code = pyotp.TOTP(SECRET).at(_moment(later))
    assert room.enter("ben", later, code).id == "ben"
    assert _try(room, "ben", secret("ben"), later, code) == sign_in.WRONG
    before = pyotp.TOTP(SECRET).at(_moment(AT))
    assert _try(room, "ben", secret("ben"), later, before) == sign_in.WRONG


def test_a_telephone_may_be_off_by_a_step_and_no_more() -> None:
    """RFC 6238, section 5.2."""
    now = _moment(AT) // 30
    for off, good in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        code = pyotp.TOTP(SECRET).generate_otp(now + off)
        assert (one_time.step(SECRET, code, AT, 1, 0) == now + off) is good, off
    assert one_time.step(SECRET, "", AT, 1, 0) is None
    assert one_time.step("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "287082", "1970-01-01T00:00:59+00:00", 0, 0) == 1  # RFC 6238, appendix B  # fmt: skip


def test_the_second_factor_cannot_be_edited_away(room: Room) -> None:
    """The trail knows that there is one; only another person of quality takes it away."""
    _with_code(room)
    held = room.vault.credential("ben")
    assert held is not None
    room.vault.keep("ben", replace(held, sealed_totp=""))
    assert "not those that the trail knows" in _try(room, "ben", secret("ben"))
    with pytest.raises(NotAllowedError, match="only the role quality"):
        own_credentials.remove_totp(room.gate(), room.known("rae"), "ben", "Lost it.")
    own_credentials.remove_totp(room.gate(), room.known("quinn"), "ben", "He lost his telephone.")
    assert room.enter("ben").id == "ben"
    with pytest.raises(OutOfOrderError, match="has no one-time password"):
        own_credentials.remove_totp(room.gate(), room.known("quinn"), "ben", "Again.")


def test_a_role_may_be_asked_for_a_one_time_password(room: Room) -> None:
    """By policy."""
    policy = room.access.policy.model_copy(update={"one_time": OneTime(required_for=["approver"])})
    gate = replace(room.gate(), access=replace(room.access, versions=((0, policy),)))
    with pytest.raises(NotAllowedError, match="signs with a one-time password"):
        sign_in.sign_in(gate, Given(user="ben", password=secret("ben")))


def test_credentials_that_were_put_into_the_file_open_nothing(room: Room) -> None:
    """Rae writes her own credential over Ben's: it is sealed to her name and her key."""
    mine = room.vault.credential("rae")
    assert mine is not None
    room.vault.keep("ben", mine)
    assert "not those that the trail knows" in _try(room, "ben", secret("rae"))
    room.vault.keep("eve", mine)
    assert _try(room, "eve", secret("rae")) == sign_in.WRONG


def test_a_clock_that_is_behind_the_trail_is_refused(room: Room) -> None:
    """Set back, it would make an expired password young and a used code new."""
    assert room.enter("ben", "2026-03-02T08:58:01+00:00").id == "ben"
    assert "7200 s before the trail's last record" in _try(
        room, "ben", secret("ben"), "2026-03-02T07:00:00+00:00"
    )


def test_the_vault_is_its_owners_and_says_when_it_is_damaged(room: Room) -> None:
    """Mode 600; a damaged file is named, and nobody is let in."""
    path = room.folder / "credentials.db"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(BrokenTrailError, match="credentials' file is damaged"):
        room.enter("ben")


def test_a_forgotten_hash_is_gone_from_the_file(room: Room) -> None:
    """What the history no longer needs is not left in unused space (secure_delete)."""
    held = room.vault.credential("ben")
    assert held is not None
    room.vault.keep("ben", replace(held, hash="$argon2id$marker-that-goes", earlier=[]))
    room.vault.keep("ben", held)
    with sqlite3.connect(room.folder / "credentials.db") as base:
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()
    found = [
        p.name for p in room.folder.glob("credentials.db*") if b"marker-that" in p.read_bytes()
    ]
    assert found == []


def test_a_dearer_hash_is_made_when_somebody_comes_in(room: Room) -> None:
    """After the policy asks for more; the password stays."""
    dear = room.access.policy.model_copy(update={"hashing": Hashing(memory_kib=20_480, passes=2)})
    gate = replace(room.gate(), access=replace(room.access, versions=((0, dear),)))
    sign_in.sign_in(gate, Given(user="ben", password=secret("ben")))
    held = room.vault.credential("ben")
    assert held is not None
    assert (held.cost, "m=20480" in held.hash) == ([20_480, 2, 1], True)
    assert room.enter("ben").id == "ben"


def test_a_cost_below_owasps_minimum_is_refused() -> None:
    """19 MiB and two passes at least."""
    with pytest.raises(ValueError, match="19456"):
        AccessPolicy.model_validate(
            {"policy": "access", "version": 1, "title": "t", "hashing": {"memory_kib": 1024}}
        )


def test_slow_guessing_is_told_once_a_day() -> None:
    """Five tries, a lock, five more when it ends, for two days: two or three records, not 384."""
    tries, told, now = Tries(), 0, dt.datetime.fromisoformat(AT)
    for _ in range(2 * 96):
        for _ in range(RULES.failures):
            before, tries = tries, lock_out.failed(tries, now.isoformat(), RULES)
            if lock_out.to_tell(before, tries, RULES):
                tries, told = lock_out.told(tries), told + 1
        assert lock_out.is_locked(tries, now.isoformat())
        now += dt.timedelta(minutes=RULES.minutes)
        assert not lock_out.is_locked(tries, now.isoformat())
    assert tries.count == 960
    assert told <= 4


def test_failures_far_apart_do_not_lock() -> None:
    """They are counted together within the policy's minutes only."""
    tries = Tries()
    for hour in range(10):
        tries = lock_out.failed(tries, f"2026-03-02T{hour:02d}:00:00+00:00", RULES)
    assert not tries.locked
    assert asdict(tries)["count"] == 10
