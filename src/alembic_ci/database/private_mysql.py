"""A private MariaDB or MySQL server: no durability, no guests."""

import contextlib
import enum
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from alembic_ci.database.binaries import folders, program
from alembic_ci.database.private_home import DEFAULT_USER, Home, PrivateServerError, private_home
from alembic_ci.database.private_server import HOST, Launch, new_password, running
from alembic_ci.urls import DatabaseURL

_FOLDERS = (
    "/usr/sbin",
    "/usr/bin",
    "/usr/libexec",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/local/mysql/bin",
    "/opt/homebrew/bin",
)
_SETTINGS = (
    "--skip-name-resolve",
    f"--bind-address={HOST}",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-use-native-aio=0",  # containers run out of it
    "--innodb-buffer-pool-size=64M",
    "--max-connections=100",
    "--skip-log-bin",
    "--event-scheduler=OFF",  # MySQL runs what a migration schedules, in the middle of the proof
    "--loose-sync-frm=0",
    "--loose-mysqlx=OFF",
    "--loose-mysql-native-password=ON",
)
_FILES_ANYWHERE = "--secure-file-priv="  # MySQL does not start if its own folder is closed to us
_LITTLE_REDO = "--loose-innodb-redo-log-capacity=16M"  # of MySQL, which takes 100 MB in memory
_LAST_WITH_NATIVE_PASSWORD = 8  # MySQL's later default needs TLS or RSA in every driver


class Product(enum.Enum):
    """Which of the two servers."""

    MARIADB = "MariaDB"
    MYSQL = "MySQL"


@contextlib.contextmanager
def private_mysql(
    *,
    user: str = DEFAULT_USER,
    products: Sequence[Product] = (Product.MARIADB, Product.MYSQL),
    options: Sequence[str] = (),
) -> Iterator[DatabaseURL]:
    """Run the first of *products* that is on this machine, with *options* besides our own.

    Yields the URL of its administrator *user*, with no database in it.

    Raises:
        PrivateServerError: No binaries, or they do not start.
    """
    server, product = _server(products)
    user = user if re.fullmatch(r"[\w.-]{1,32}", user, re.ASCII) else DEFAULT_USER
    password = new_password()
    with private_home("mysql") as home:
        data = home.path / "data"
        if product is Product.MARIADB:
            home.run(_mariadb_set_up(data))
        else:
            home.run((*_mysql_set_up(server, data), *options))
        accounts = home.write("accounts.sql", _accounts(user, password, _login(server, product)))
        launch = Launch(
            home=home,
            command=lambda port: (*_command(server, home, data, accounts, port), *options),
            url=lambda port: _url(user, password, port),
            stop_signal=signal.SIGKILL,  # nothing in it is worth a shutdown
        )
        with running(launch) as url:
            yield url


def _server(products: Sequence[Product]) -> tuple[Path, Product]:
    """Find a server; Debian's ``mysqld`` may be MariaDB's."""
    for product in products:
        name = "mariadbd" if product is Product.MARIADB else "mysqld"
        found = program(name, folders(*_FOLDERS))
        if found and (product is Product.MARIADB) == ("MariaDB" in _version(found)):
            return found, product
    names = " or ".join(product.value for product in products)
    raise PrivateServerError(f"no {names} server is installed on this machine")


def _version(server: Path) -> str:
    command = (server, "--no-defaults", "--version")
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


def _mariadb_set_up(data: Path) -> Sequence[str | Path]:
    script = program(
        "mariadb-install-db", folders("/usr/bin", *_FOLDERS, "/usr/local/mysql/scripts")
    )
    if script is None:
        raise PrivateServerError("mariadbd is installed, but not mariadb-install-db")
    return (
        script,
        "--no-defaults",
        f"--datadir={data}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve",
        "--innodb-log-file-size=4M",
    )


def _mysql_set_up(server: Path, data: Path) -> Sequence[str | Path]:
    return (
        server,
        "--no-defaults",
        "--initialize-insecure",
        f"--datadir={data}",
        _FILES_ANYWHERE,
        _LITTLE_REDO,
    )


def _login(server: Path, product: Product) -> str:
    """Prefer the check of passwords that every driver knows."""
    major = re.search(r"Ver (\d+)", _version(server))
    native = product is Product.MYSQL and major and int(major[1]) <= _LAST_WITH_NATIVE_PASSWORD
    return "IDENTIFIED WITH mysql_native_password BY" if native else "IDENTIFIED BY"


def _accounts(user: str, password: str, login: str) -> str:
    """Return what the server runs before it listens: a user for us, nobody else."""
    return (
        "DROP USER IF EXISTS 'root'@'127.0.0.1';\n"
        "DROP USER IF EXISTS 'root'@'::1';\n"
        f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{new_password()}';\n"
        f"CREATE USER '{user}'@'%' {login} '{password}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO '{user}'@'%' WITH GRANT OPTION;\n"
    )


def _command(
    server: Path, home: Home, data: Path, accounts: Path, port: int
) -> Sequence[str | Path]:
    return (
        server,
        "--no-defaults",
        f"--datadir={data}",
        f"--socket={home.path / 'socket'}",
        f"--pid-file={home.path / 'mysqld.pid'}",
        f"--tmpdir={home.path}",
        f"--port={port}",
        f"--init-file={accounts}",
        _FILES_ANYWHERE,
        _LITTLE_REDO,
        *_SETTINGS,
    )


def _url(user: str, password: str, port: int) -> DatabaseURL:
    return DatabaseURL(drivername="mysql", username=user, password=password, host=HOST, port=port)
