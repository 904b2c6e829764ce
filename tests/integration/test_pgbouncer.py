"""A pooler that takes sessions apart is recognised; one that keeps them together is used."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from accidents import on, project, run, told
from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from servers import NO_SKIP

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


@contextmanager
def pgbouncer(server: DatabaseURL, folder: Path, *, mode: str, more: str = "") -> Iterator[int]:
    """Start a PgBouncer before *server* and yield its port."""
    program = shutil.which("pgbouncer", path=_PATH)
    if program is None:
        if os.environ.get(NO_SKIP):
            pytest.fail("NOT TESTED, NO PGBOUNCER")
        pytest.skip("NOT TESTED, NO PGBOUNCER")
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "users.txt").write_text(f'"{server.username}" "{server.password}"\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={server.host} port={server.port}\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = scram-sha-256\nauth_file = {folder}/users.txt\npool_mode = {mode}\n"
        f"ignore_startup_parameters = extra_float_digits\nlogfile = {folder}/log\n{more}\n"
    )
    for path in (folder, *folder.iterdir()):
        path.chmod(0o777)
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        [program, "-q", *user, folder / "pgbouncer.ini"], stderr=subprocess.DEVNULL
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.postgresql
@pytest.mark.parametrize("more", ["", "default_pool_size = 1", "server_round_robin = 1"])
def test_transaction_pooling_is_refused_with_the_way_out(
    more: str, postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    folder = Path(f"/tmp/alembic-ci-{tmp_path.name}-{os.getpid()}")

    try:
        with pgbouncer(postgresql_url, folder, mode="transaction", more=more) as port:
            pooled = replace(postgresql_url, host="127.0.0.1", port=port, query=(), written="")
            with Control.open(pooled, timeout=10) as control:
                control.query("SELECT 1")
            refused = run(directory, "upgrade", variables=on(pooled))
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    problem = told(refused)
    assert (refused.exit_code, problem["failure_class"]) == (6, "transaction-pooling")
    assert "pool_mode = session" in problem["remedy"]
    with Control.open(postgresql_url, timeout=5) as control:
        assert control.version_rows("alembic_version", None) is None


@pytest.mark.postgresql
def test_session_pooling_is_as_good_as_the_server(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    folder = Path(f"/tmp/alembic-ci-{tmp_path.name}-{os.getpid()}")

    try:
        with pgbouncer(postgresql_url, folder, mode="session") as port:
            pooled = replace(postgresql_url, host="127.0.0.1", port=port, query=(), written="")
            passed = run(directory, "upgrade", variables=on(pooled))
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    assert passed.exit_code == 0, passed.everything
