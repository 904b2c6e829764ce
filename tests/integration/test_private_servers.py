import socket
from pathlib import Path

import pytest

from alembic_ci.database import private_server
from alembic_ci.database.control import Control
from alembic_ci.database.private_home import PrivateServerError, private_home
from alembic_ci.database.private_mysql import Product, private_mysql
from alembic_ci.database.private_postgresql import private_postgresql


@pytest.mark.postgresql
@pytest.mark.usefixtures("postgresql_admin")
def test_a_port_that_was_taken_meanwhile_is_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = private_server.free_port
        ports = iter([taken.getsockname()[1], free()])
        monkeypatch.setattr(private_server, "free_port", lambda: next(ports))

        with private_postgresql() as url, Control.open(url, timeout=5) as control:
            assert control.query("SELECT 1") == [(1,)]


@pytest.mark.postgresql
@pytest.mark.usefixtures("postgresql_admin")
def test_the_superuser_has_the_name_asked_for_if_postgresql_allows_it() -> None:
    with private_postgresql(user="Ann.Smith") as url:
        assert url.username == "Ann.Smith"
    with private_postgresql(user="pg_ann") as url:
        assert url.username == "alembic_ci"


@pytest.mark.mysql
@pytest.mark.usefixtures("mysql_admin")
def test_nobody_else_gets_into_a_private_mysql_server() -> None:
    with private_mysql(user="root") as url, Control.open(url, timeout=5) as control:
        accounts = control.query("SELECT user, host FROM mysql.user ORDER BY host")

    assert ("root", "%") in accounts
    assert ("", "localhost") not in accounts


def test_a_server_that_is_not_here_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alembic_ci.database.private_mysql.folders", lambda *_: iter(()))

    with (
        pytest.raises(PrivateServerError, match="no MySQL server"),
        private_mysql(products=(Product.MYSQL,)),
    ):
        pytest.fail("It was found.")


def test_a_failing_set_up_tells_why(tmp_path: Path) -> None:
    with private_home() as home:
        with pytest.raises(PrivateServerError, match="sh failed: no room"):
            home.run(("/bin/sh", "-c", "echo no room; exit 1"))
        with pytest.raises(PrivateServerError, match=r"sh failed: \[ERROR\] no room$"):
            home.run(("/bin/sh", "-c", "echo '[ERROR] no room'; echo The end.; exit 1"))
        with pytest.raises(PrivateServerError, match="cannot be started"):
            home.run((tmp_path / "nothing",))

    assert not home.path.exists()


def test_a_private_folder_lets_nobody_else_in() -> None:
    with private_home() as home:
        secret = home.write("password", "s3cret")

        assert home.path.stat().st_mode & 0o077 == 0
        assert secret.stat().st_mode & 0o077 == 0
