"""A trail on a real PostgreSQL server: guards, faults told apart, passwords kept to oneself."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evidence.databases import address
from evidence.errors import AssuranceError, BrokenTrailError
from evidence.trail import AuditTrail
from tests.evidence import places
from tests.evidence.places import AT, Place, decision

SECRET = "s3cr%40et/word"  # noqa: S105 - of nobody


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("ALTER TABLE record DISABLE TRIGGER record_no_update", "record_no_update"),
        ("ALTER TABLE record ENABLE TRIGGER record_no_delete", "record_no_delete"),
        ("DROP TRIGGER record_no_truncate ON record", "record_no_truncate"),
        (
            "CREATE OR REPLACE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
            "record_refuse",
        ),
        (
            (
                "CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.actor = 'x'; RETURN NEW; END$$; "
                "CREATE TRIGGER spy BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION spy()"
            ),
            "spy",
        ),
        ("CREATE RULE quiet AS ON INSERT TO record DO INSTEAD NOTHING", "record"),
        ("ALTER TABLE record ENABLE ROW LEVEL SECURITY", "record"),
        ("ALTER TABLE record SET UNLOGGED", "record"),
        ("CREATE TABLE record_more () INHERITS (record)", "record"),
        ("ALTER TABLE record ALTER COLUMN actor DROP NOT NULL", "record.actor"),
        ("ALTER TABLE record ALTER COLUMN at SET DEFAULT 'never'", "record.at"),
        ("ALTER TABLE record ADD COLUMN more text", "record.more"),
        ("ALTER TABLE record DROP CONSTRAINT record_pkey", "record_pkey"),
        ("DROP INDEX record_schema", "record_schema"),
        ("DROP INDEX record_key; CREATE INDEX record_key ON record (schema)", "record_key"),
    ],
)
def test_whatever_is_changed_of_the_table_and_its_guards_is_named(
    on_server: Place, statement: str, named: str
) -> None:
    """Records may stand as they were: the next ones would not be safe."""
    trail = on_server.filled()
    assert trail.verify() == 4
    on_server.raw(statement)
    with pytest.raises(BrokenTrailError, match=f"'{named}' was removed or changed"):
        trail.verify()


def test_a_user_who_may_only_read_and_insert_is_enough(server: str, on_server: Place) -> None:
    """The owner makes the trail; whoever writes every day can neither change guards nor records."""
    on_server.filled()
    name = on_server.url.rpartition("%3D")[2]
    on_server.raw(
        f"CREATE ROLE writer_{name} LOGIN",
        f"GRANT USAGE ON SCHEMA {name} TO writer_{name}",
        f"GRANT SELECT, INSERT ON record TO writer_{name}",
        f"GRANT SELECT ON alembic_version TO writer_{name}",
    )
    url = on_server.url.replace("postgres:@", f"writer_{name}:@")
    trail = AuditTrail(url, create=False, beside=on_server.folder)
    trail.append([decision("mine")], at=AT, actor="a", once="k")
    assert trail.verify() == 5
    on_server.raw(f"REVOKE INSERT ON record FROM writer_{name}")
    with pytest.raises(AssuranceError, match="cannot be written .*permission denied") as caught:
        trail.append([decision("mine")], at=AT, actor="a")
    assert not isinstance(caught.value, BrokenTrailError)
    on_server.raw(f"DROP OWNED BY writer_{name}", f"DROP ROLE writer_{name}")
    assert server


def test_a_trail_that_is_held_is_not_called_damaged(
    on_server: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader does not wait; a writer says who it waited for, and how long."""
    trail = on_server.filled()
    monkeypatch.setattr("evidence.databases.database.PATIENCE", 0.2)
    with trail.database.connect(writing=True):
        assert len(list(trail.records())) == 4
        with pytest.raises(AssuranceError, match="Another process has held the trail") as caught:
            on_server.trail().append([decision("x")], at=AT, actor="a")
        assert not isinstance(caught.value, BrokenTrailError)
    assert trail.verify() == 4


def test_threads_of_one_process_append_one_chain(on_server: Place) -> None:
    """As the board's pages do."""
    trail = on_server.filled(1)
    with ThreadPoolExecutor(6) as threads:
        for job in [
            threads.submit(trail.append, [decision(str(n))], at=AT, actor="a") for n in range(30)
        ]:
            job.result()
    assert trail.verify() == 31


def test_a_child_does_not_speak_on_its_parents_connection(on_server: Place) -> None:
    """After a fork each has its own."""
    trail = on_server.filled(1)
    child = os.fork()
    if not child:
        trail.append([decision("child")], at=AT, actor="a")
        os._exit(0)
    trail.append([decision("parent")], at=AT, actor="a")
    assert os.waitpid(child, 0)[1] == 0
    assert trail.verify() == 3


def test_a_connection_that_was_ended_is_made_again(on_server: Place) -> None:
    """The database was away for a moment: the next command does not see it."""
    trail = on_server.filled(1)
    on_server.raw(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tplc'"
    )
    trail.append([decision("on")], at=AT, actor="a")
    assert trail.verify() == 2


def test_a_connection_lost_while_writing_leaves_nothing_and_says_so(on_server: Place) -> None:
    """Nobody's damage."""
    trail = on_server.filled(1)
    held = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"

    def lost() -> None:
        with trail.database.connect(writing=True) as connection:
            on_server.raw(f"SELECT pg_terminate_backend(pid) FROM ({held})")  # noqa: S608 - ours
            connection.exec_driver_sql("INSERT INTO record VALUES (2, '', '', '', '', '', '')")

    with pytest.raises(AssuranceError, match="not at all; run the command again") as caught:
        lost()
    assert not isinstance(caught.value, BrokenTrailError)
    assert trail.verify() == 1


def test_a_server_that_goes_and_comes_back_has_lost_nothing(tmp_path: Path) -> None:
    """While it is away the message says what to do; a head noted here says if it came back short."""
    with places.room() as data:
        with places.running(data) as url:
            place = Place.on(url, tmp_path)
            trail = place.filled(3)
        with pytest.raises(AssuranceError, match="cannot be reached .*run the command") as caught:
            trail.append([decision("away")], at=AT, actor="a")
        assert not isinstance(caught.value, BrokenTrailError)
        with places.running(data):
            assert trail.verify() == 3
            trail.append([decision("back")], at=AT, actor="a")
            assert place.trail().verify() == 4


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://me:{SECRET}@localhost:1/clinic",
        f"postgres://me:{SECRET}@localhost:1/clinic?sslmode=disable",
        f"postgresql+psycopg://me@localhost:1/clinic?password={SECRET}",
        f"postgresql://me:{SECRET}@localhost:notaport/clinic",
        f"postgresql://me:{SECRET}@localhost:1/clinic?no_such_option=1&sslpassword={SECRET}",
        f"postgresql+pg8000://me:{SECRET}@localhost/clinic",
        f"me:{SECRET}@localhost/clinic",
    ],
)
def test_a_password_is_in_no_message_log_or_picture_of_the_trail(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither as it stands in the URL nor as it is meant; also not in the errors behind an error."""
    caplog.set_level(logging.DEBUG)
    said = ""
    with pytest.raises(AssuranceError) as caught:  # noqa: PT012 - whichever of them refuses
        trail = AuditTrail(url, beside=tmp_path)
        said = repr(trail) + repr(trail.database)
        trail.append([decision("x")], at=AT, actor="a")
    said += caplog.text
    error: BaseException | None = caught.value
    while error:
        said += str(error) + repr(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for secret in (SECRET, "s3cr@et/word", "s3cr"):
        assert secret not in said


def test_a_url_is_shown_without_what_is_secret() -> None:
    """Who, where and which database remain."""
    url = "postgresql://me:a%3Ab@host:5433/clinic?sslmode=require&sslpassword=pw"
    assert address.shown(url) == "postgresql://me@host:5433/clinic"
    assert address.masked("password a:b or a%3Ab, pw", url) == "password *** or ***, ***"


def test_a_statement_that_fails_shows_no_record(on_server: Place) -> None:
    """SQLAlchemy's own message has the values, which may be of a person."""
    trail = on_server.filled(1)
    with pytest.raises(AssuranceError) as caught:
        trail.append([decision("of one patient")], at=AT, actor="nul\x00")
    assert "patient" not in str(caught.value)
    assert caught.value.__suppress_context__
