"""Apply SQL scripts with the command line client that each database comes with."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from alembic_ci.urls import DatabaseURL, Dialect


def apply(script: Path, url: DatabaseURL) -> None:
    """Run *script* as a person would; the first error fails the test."""
    command, variables = _client(url)
    with script.open("rb") as stream:
        done = subprocess.run(
            command,
            stdin=stream,
            capture_output=True,
            check=False,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", **variables},
            timeout=60,
        )
    said = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 0, f"{said}\n{script.read_text(errors='replace')}"


def _client(url: DatabaseURL) -> tuple[Sequence[str], dict[str, str]]:
    host, port, user = url.host or "", str(url.port or ""), url.username or ""
    password = url.password or ""
    database = url.database or ""
    match url.dialect:
        case Dialect.POSTGRESQL:
            command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database]
            place = {"PGHOST": host, "PGPORT": port, "PGUSER": user, "PGPASSWORD": password}
            return command, place
        case Dialect.MYSQL:
            command = ["mariadb", f"--host={host}", f"--port={port}", f"--user={user}", database]
            return command, {"MYSQL_PWD": password}
        case Dialect.SQLITE:
            return ["sqlite3", "-bail", database], {}
