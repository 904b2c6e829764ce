import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from alembic_ci.database.control import Control
from alembic_ci.database.failures import (
    StatementDeniedError,
    StatementError,
    StatementInterruptedError,
    Surroundings,
)
from alembic_ci.database.identity import same_database
from alembic_ci.errors import AlembicCIError, DatabaseAccessError, DatabaseUnreachableError
from alembic_ci.urls import DatabaseURL, Dialect

TIMEOUT = 120.0  # seconds
AT_ONCE = 60.0  # a busy machine needs less than this, and waiting until the end takes more

postgresql = pytest.mark.postgresql
mysql = pytest.mark.mysql
each_server = pytest.mark.parametrize(
    "fixture",
    [pytest.param("postgresql_url", marks=postgresql), pytest.param("mysql_url", marks=mysql)],
)


def database_of(request: pytest.FixtureRequest, fixture: str) -> DatabaseURL:
    url = request.getfixturevalue(fixture)
    assert isinstance(url, DatabaseURL)
    return url


def refusal(url: DatabaseURL, timeout: float = TIMEOUT) -> AlembicCIError:
    """Open, expect to fail, and hold the error against what holds for every one of them."""
    start = time.monotonic()
    with pytest.raises(AlembicCIError) as caught:
        Control.open(url, timeout=timeout)
    error = caught.value
    text = f"{error.problem} {error.meaning} {error.remedy}"
    assert error.remedy
    assert url.password is None or url.password not in text
    if isinstance(error, DatabaseAccessError):
        assert time.monotonic() - start < AT_ONCE
    return error


@contextmanager
def user(admin: DatabaseURL, options: str = "", grant: str = "") -> Iterator[DatabaseURL]:
    """Make another user, who may do little."""
    who = "guest" if admin.dialect is Dialect.POSTGRESQL else "'guest'@'%'"
    how = "PASSWORD" if admin.dialect is Dialect.POSTGRESQL else "IDENTIFIED BY"
    with Control.open(admin, timeout=TIMEOUT) as control:
        control.execute(f"CREATE USER {who} {how} 'gu€st' {options}")
        if grant:
            control.execute(grant.format(who=who))
        try:
            yield replace(admin, username="guest", password="gu€st", written="")
        finally:
            control.execute(f"DROP USER {who}")


def test_names_the_server(any_database_url: DatabaseURL) -> None:
    with Control.open(any_database_url, timeout=TIMEOUT) as control:
        name, _, version = control.server.partition(" ")

        assert name in {"PostgreSQL", "MariaDB", "MySQL", "SQLite"}
        assert version.startswith(f"{control.version[0]}.")


def test_runs_sql_as_it_stands(any_database_url: DatabaseURL) -> None:
    with Control.open(any_database_url, timeout=TIMEOUT) as control:
        control.execute("CREATE TABLE notes (id INTEGER, body VARCHAR(20))")
        control.execute("INSERT INTO notes VALUES (1, '100%s :name %(x)s'), (2, NULL)")

        rows = control.query("SELECT id, body FROM notes WHERE body LIKE '100%' OR id = 2")

    assert sorted(rows) == [(1, "100%s :name %(x)s"), (2, None)]


def test_commits_each_statement_at_once(any_database_url: DatabaseURL) -> None:
    with (
        Control.open(any_database_url, timeout=TIMEOUT) as one,
        Control.open(any_database_url, timeout=TIMEOUT) as other,
    ):
        one.execute("CREATE TABLE notes (id INTEGER)")
        one.execute("INSERT INTO notes VALUES (7)")

        assert other.query("SELECT id FROM notes") == [(7,)]


def test_no_version_table_is_none_and_an_empty_one_is_empty(any_database_url: DatabaseURL) -> None:
    with Control.open(any_database_url, timeout=TIMEOUT) as control:
        assert control.version_rows("alembic_version", None) is None

        control.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")

        assert control.version_rows("alembic_version", None) == ()


def test_version_rows_are_sorted(any_database_url: DatabaseURL) -> None:
    with Control.open(any_database_url, timeout=TIMEOUT) as control:
        control.execute("CREATE TABLE versions (version_num VARCHAR(32))")
        control.execute("INSERT INTO versions VALUES ('b2'), ('a1')")

        assert control.version_rows("versions", None) == ("a1", "b2")


@postgresql
def test_a_version_table_may_have_any_name_and_schema(postgresql_url: DatabaseURL) -> None:
    with Control.open(postgresql_url, timeout=TIMEOUT) as control:
        control.execute('CREATE SCHEMA "Odd "" schema"')
        control.execute('CREATE TABLE "Odd "" schema"."my.table" (version_num text)')
        control.execute("""INSERT INTO "Odd "" schema"."my.table" VALUES ('a1')""")

        assert control.version_rows("my.table", 'Odd " schema') == ("a1",)
        assert control.version_rows("my.table", None) is None
        assert control.version_rows("my.table", "nowhere") is None


@mysql
def test_a_mysql_version_table_may_be_in_another_database(mysql_url: DatabaseURL) -> None:
    with Control.open(replace(mysql_url, database="mysql"), timeout=TIMEOUT) as control:
        name = mysql_url.database
        control.execute(f"CREATE TABLE `{name}`.`odd ``table` (version_num VARCHAR(9))")

        assert control.version_rows("odd `table", name) == ()
        assert control.version_rows("odd `table", None) is None


def test_two_connections_to_one_database_are_at_the_same_place(
    any_database_url: DatabaseURL,
) -> None:
    with (
        Control.open(any_database_url, timeout=TIMEOUT) as one,
        Control.open(any_database_url, timeout=TIMEOUT) as other,
    ):
        one.execute("CREATE TABLE notes (id INTEGER)")

        assert same_database(one.identity(), other.identity())


@each_server
def test_two_databases_of_one_server_are_two_places(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    url = database_of(request, fixture)
    system = "postgres" if url.dialect is Dialect.POSTGRESQL else "mysql"
    with (
        Control.open(url, timeout=TIMEOUT) as one,
        Control.open(replace(url, database=system), timeout=TIMEOUT) as other,
    ):
        assert not same_database(one.identity(), other.identity())


@postgresql
def test_a_database_made_anew_is_another_place(postgresql_url: DatabaseURL) -> None:
    name = postgresql_url.database
    with Control.open(postgresql_url, timeout=TIMEOUT) as control:
        before = control.identity()
    with Control.open(replace(postgresql_url, database="postgres"), timeout=TIMEOUT) as control:
        control.execute(f"DROP DATABASE {name}")
        control.execute(f"CREATE DATABASE {name}")
    with Control.open(postgresql_url, timeout=TIMEOUT) as control:
        assert not same_database(before, control.identity())


@postgresql
def test_the_way_to_the_server_and_the_session_do_not_change_the_place(
    postgresql_url: DatabaseURL,
) -> None:
    with Control.open(postgresql_url, timeout=TIMEOUT) as control:
        folder = str(control.query("SHOW unix_socket_directories")[0][0])
        by_socket = replace(postgresql_url, host=None, query=(("host", folder),))

        with Control.open(by_socket, timeout=TIMEOUT) as other:
            other.execute("SET TimeZone = 'Asia/Tokyo'")
            other.execute("SET DateStyle = 'German'")

            assert same_database(control.identity(), other.identity())


@each_server
def test_a_wrong_password_fails_at_once(request: pytest.FixtureRequest, fixture: str) -> None:
    url = replace(database_of(request, fixture), password="wr0ng")

    error = refusal(url)

    assert isinstance(error, DatabaseAccessError)
    assert "does not let user" in error.problem
    assert "password" in error.meaning


@each_server
def test_an_unknown_user_fails_at_once(request: pytest.FixtureRequest, fixture: str) -> None:
    url = replace(database_of(request, fixture), username="nobody_here")

    error = refusal(url)

    assert isinstance(error, DatabaseAccessError)
    assert "'nobody_here'" in error.problem


@each_server
def test_an_unknown_database_fails_at_once(request: pytest.FixtureRequest, fixture: str) -> None:
    url = replace(database_of(request, fixture), database="no_such_place")

    error = refusal(url)

    assert isinstance(error, DatabaseAccessError)
    assert "There is no database 'no_such_place'" in error.problem


@each_server
def test_a_closed_port_is_waited_for_until_the_time_is_over(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    url = replace(database_of(request, fixture), port=1)
    start = time.monotonic()

    error = refusal(url, timeout=0.5)

    assert isinstance(error, DatabaseUnreachableError)
    assert "Nothing listens at" in error.problem
    assert 0.3 < time.monotonic() - start < AT_ONCE


@each_server
def test_a_host_without_an_address_is_named(request: pytest.FixtureRequest, fixture: str) -> None:
    url = replace(database_of(request, fixture), host="nowhere.invalid")

    error = refusal(url, timeout=0.0)

    assert isinstance(error, DatabaseUnreachableError)
    assert "nowhere.invalid" in error.problem
    assert "cannot be resolved" in error.problem


@each_server
def test_a_server_that_accepts_and_says_nothing_is_no_answer(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = replace(database_of(request, fixture), host="127.0.0.1", port=mute.getsockname()[1])

        error = refusal(url, timeout=0.0)

    assert isinstance(error, DatabaseUnreachableError)
    assert "No answer from" in error.problem


@mysql
def test_the_limit_for_answering_does_not_limit_statements(mysql_url: DatabaseURL) -> None:
    with Control.open(mysql_url, timeout=0) as control:
        assert control.query("SELECT SLEEP(2.5)") == [(0,)]


@each_server
def test_localhost_inside_a_container_is_explained(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    url = replace(database_of(request, fixture), host="localhost", port=1)

    with pytest.raises(DatabaseUnreachableError) as caught:
        Control.open(url, timeout=0, surroundings=Surroundings(in_container=True))

    assert "service's name" in caught.value.remedy


@each_server
def test_a_server_that_comes_later_is_waited_for(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    url = database_of(request, fixture)
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    opener = threading.Timer(0.7, forward_once, (port, url.host or "", url.port or 0))
    opener.start()

    with Control.open(replace(url, host="127.0.0.1", port=port), timeout=TIMEOUT) as control:
        assert control.query("SELECT 1") == [(1,)]

    opener.join()


def forward_once(port: int, host: str, to: int) -> None:
    """Stand in for a server that starts late: pass the first session on to the real one."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        client, _ = listener.accept()
    with client, socket.create_connection((host, to)) as server:
        back = threading.Thread(target=copy, args=(server, client))
        back.start()
        copy(client, server)
        back.join()


def copy(source: socket.socket, sink: socket.socket) -> None:
    while data := source.recv(65536):
        sink.sendall(data)
    sink.shutdown(socket.SHUT_WR)


def test_a_postgresql_server_that_is_starting_up_says_so() -> None:
    message = b"SFATAL\0C57P03\0Mthe database system is starting up\0\0"
    answer = b"E" + (len(message) + 4).to_bytes(4) + message
    with answering(answer) as port:
        url = DatabaseURL.parse(f"postgresql://ann:s3cret@127.0.0.1:{port}/shop?sslmode=disable")

        error = refusal(url, timeout=0.0)

    assert isinstance(error, DatabaseUnreachableError)
    assert "is starting or stopping" in error.problem
    assert "57P03" in error.meaning


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """Stand in for a server that says one thing to everybody."""

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                client.recv(1024)
                client.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@postgresql
def test_a_server_without_a_free_connection_is_busy_and_not_closed(
    postgresql_url: DatabaseURL,
) -> None:
    with user(postgresql_url, "CONNECTION LIMIT 0") as guest:
        error = refusal(guest, timeout=0.0)

    assert isinstance(error, DatabaseUnreachableError)
    assert "no connection left" in error.problem


@postgresql
def test_a_database_that_may_not_be_entered_is_no_wrong_password(
    postgresql_url: DatabaseURL,
) -> None:
    with user(postgresql_url) as guest:
        with Control.open(postgresql_url, timeout=TIMEOUT) as control:
            control.execute(f"REVOKE CONNECT ON DATABASE {postgresql_url.database} FROM PUBLIC")

        error = refusal(guest)

    assert isinstance(error, DatabaseAccessError)
    assert "may not be opened by user 'guest'" in error.problem


@mysql
def test_a_mysql_database_that_may_not_be_entered_is_no_wrong_password(
    mysql_url: DatabaseURL,
) -> None:
    with user(mysql_url) as guest:
        error = refusal(guest)

    assert isinstance(error, DatabaseAccessError)
    assert "may not be opened by user 'guest'" in error.problem


@postgresql
def test_certificates_that_are_missing_are_not_taken_for_a_wrong_password(
    postgresql_url: DatabaseURL,
) -> None:
    url = replace(
        postgresql_url, query=(("sslmode", "verify-full"), ("sslrootcert", "/nowhere/ca.pem"))
    )

    error = refusal(url)

    assert isinstance(error, DatabaseAccessError)
    assert "TLS" in error.remedy


@each_server
def test_a_user_with_a_password_of_any_alphabet_gets_in(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    url = database_of(request, fixture)
    grant = "" if url.dialect is Dialect.POSTGRESQL else "GRANT SELECT ON *.* TO {who}"
    with user(url, grant=grant) as guest, Control.open(guest, timeout=TIMEOUT) as control:
        assert control.query("SELECT 1") == [(1,)]


def test_a_failing_statement_brings_its_code(any_database_url: DatabaseURL) -> None:
    codes = {Dialect.POSTGRESQL: "42P01", Dialect.MYSQL: "1146", Dialect.SQLITE: "1"}
    with Control.open(any_database_url, timeout=TIMEOUT) as control:
        with pytest.raises(StatementError) as caught:
            control.query("SELECT * FROM no_such_table")

        assert caught.value.code == codes[control.dialect]
        assert control.query("SELECT 1") == [(1,)]


@each_server
def test_a_missing_privilege_is_told_apart(request: pytest.FixtureRequest, fixture: str) -> None:
    url = database_of(request, fixture)
    grant = "" if url.dialect is Dialect.POSTGRESQL else "GRANT SELECT ON *.* TO {who}"
    with (
        user(url, grant=grant) as guest,
        Control.open(guest, timeout=TIMEOUT) as control,
        pytest.raises(StatementDeniedError),
    ):
        control.execute("CREATE DATABASE mine")


@postgresql
def test_a_lost_connection_may_be_tried_again(postgresql_url: DatabaseURL) -> None:
    with (
        Control.open(postgresql_url, timeout=TIMEOUT) as victim,
        Control.open(postgresql_url, timeout=TIMEOUT) as other,
    ):
        ((pid,),) = victim.query("SELECT pg_backend_pid()")
        other.query(f"SELECT pg_terminate_backend({pid})")

        with pytest.raises(StatementInterruptedError):
            victim.query("SELECT 1")


def test_looking_at_an_absent_file_does_not_make_it(sqlite_url: DatabaseURL) -> None:
    with Control.open(sqlite_url, timeout=TIMEOUT) as control:
        assert control.version_rows("alembic_version", None) is None
        assert control.query("SELECT name FROM sqlite_master") == []

    assert not Path(sqlite_url.database or "").exists()


def test_a_file_that_appears_later_is_seen(sqlite_url: DatabaseURL) -> None:
    with Control.open(sqlite_url, timeout=TIMEOUT) as control:
        with Control.open(sqlite_url, timeout=TIMEOUT) as other:
            other.execute("CREATE TABLE alembic_version (version_num TEXT)")

        assert control.version_rows("alembic_version", None) == ()


def test_a_link_to_a_file_is_the_same_place(sqlite_url: DatabaseURL, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(sqlite_url.database or "")
    with (
        Control.open(sqlite_url, timeout=TIMEOUT) as one,
        Control.open(replace(sqlite_url, database=str(link)), timeout=TIMEOUT) as other,
    ):
        one.execute("CREATE TABLE notes (id INTEGER)")

        assert same_database(one.identity(), other.identity())


def test_a_file_uri_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "a b.db"
    url = DatabaseURL(drivername="sqlite", database=f"file:{tmp_path}/a%20b.db?mode=rwc&uri=true")

    with Control.open(url, timeout=TIMEOUT) as control:
        control.execute("CREATE TABLE notes (id INTEGER)")

    assert path.exists()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    error = refusal(DatabaseURL(drivername="sqlite", database=str(tmp_path / "no" / "x.db")))

    assert isinstance(error, DatabaseAccessError)
    assert "folder" in error.problem
    assert str(tmp_path / "no") in error.remedy


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("this is not a database, whatever its URL says\n" * 20)

    error = refusal(DatabaseURL(drivername="sqlite", database=str(path)))

    assert isinstance(error, DatabaseAccessError)
    assert "is not a SQLite database" in error.problem


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    error = refusal(DatabaseURL(drivername="sqlite", database=str(tmp_path)))

    assert "is a folder" in error.problem


def test_a_new_file_in_a_read_only_folder_is_refused(
    sqlite_url: DatabaseURL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere

    error = refusal(sqlite_url)

    assert isinstance(error, DatabaseAccessError)
    assert "cannot be made" in error.problem
