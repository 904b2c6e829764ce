"""What every run waits for before it does anything."""

import subprocess
import sys

_LISTED = "import sys, alembic_ci.cli, alembic_ci.app; print(*sys.modules, sep='\\n')"
_LATER = (
    "alembic_ci.database.mysql",
    "alembic_ci.database.postgresql",
    "alembic_ci.database.rows",
    "alembic_ci.database.sqlite",
    "alembic_ci.steps.doctor",
)


def test_what_looks_into_catalogues_or_makes_rows_is_imported_when_it_is_needed() -> None:
    listed = subprocess.run(
        [sys.executable, "-c", _LISTED], check=True, capture_output=True, text=True
    )

    modules = listed.stdout.split()

    assert "alembic_ci.app" in modules
    assert [name for name in modules if name.startswith(_LATER) and "sqlite_file" not in name] == []
