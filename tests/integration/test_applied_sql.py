"""What `sql` writes, applied with psql, mariadb and sqlite3, does what `upgrade` does."""

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from alembic_ci.database.control import Control
from alembic_ci.delta import Snapshot
from alembic_ci.project.session import Ready
from alembic_ci.steps.observer import whole_snapshot
from alembic_ci.urls import DatabaseURL
from cases import case
from cli import Run, alembic_ci
from clients import apply
from jobs import dialect_of, marked
from servers import fresh_database

_DRIVERS = {"postgresql": "postgresql+psycopg2", "mysql": "mysql+pymysql", "sqlite": "sqlite"}
_CASES = [
    ("autocommit_block", "postgresql"),
    ("branches", "mysql"),
    ("branches", "postgresql"),
    ("needs_connection", "mysql"),
    ("needs_connection", "postgresql"),
    ("needs_connection", "sqlite"),
    ("percent_in_names", "mysql"),
    ("percent_in_names", "sqlite"),
    ("transaction_per_migration", "postgresql"),
]
_EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Two empty databases: *upgraded* by us, *applied* by hand."""

    upgraded: DatabaseURL
    applied: DatabaseURL

    def alike(self) -> None:
        """Compare both catalogues and both version tables."""
        assert _seen(self.applied) == _seen(self.upgraded)


_READY = Ready(
    heads=(),
    version_table="alembic_version",
    version_schema=None,
    per_migration=False,
    transactional=False,
)


def _seen(url: DatabaseURL) -> tuple[Snapshot, tuple[str, ...] | None]:
    with Control.open(url, timeout=30) as control:
        rows = control.version_rows(_READY.version_table, None)
        return whole_snapshot(control, _READY), rows and tuple(sorted(rows))


@contextmanager
def _twins(driver: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Twins]:
    dialect = dialect_of(driver)
    with ExitStack() as stack:
        urls = []
        for name in ("upgraded", "applied"):
            if dialect == "sqlite":
                url = DatabaseURL(drivername=driver, database=str(folder / f"{name}.db"))
            else:
                url = stack.enter_context(
                    fresh_database(request.getfixturevalue(f"{dialect}_admin"))
                )
            urls.append(dataclasses.replace(url, drivername=driver, written=""))
        yield Twins(upgraded=urls[0], applied=urls[1])


def _run(directory: Path, url: DatabaseURL, *arguments: str) -> Run:
    scratch = {} if url.drivername.startswith("sqlite") else {"SCRATCH_DATABASE_URL": url.render()}
    run = alembic_ci(
        *arguments, directory=directory, variables={"DATABASE_URL": url.render(), **scratch}
    )
    assert run.exit_code == 0, run.everything
    return run


def _there_and_back(directory: Path, twins: Twins, *arguments: str) -> Run:
    """Upgrade one twin and apply the script to the other; the same with the way back."""
    run = _run(directory, twins.upgraded, "run", "--steps=sql,upgrade", *arguments)
    apply(run.folder / "sql" / "development" / "upgrade.sql", twins.applied)
    twins.alike()
    back = (run.folder / "sql" / "development" / "downgrade.sql").rename(directory / "back.sql")
    _run(directory, twins.upgraded, "downgrade", "--target=base", *arguments)
    apply(back, twins.applied)
    twins.alike()
    return run


@pytest.mark.parametrize(
    ("name", "database"),
    [marked(name, db, driver=_DRIVERS[db], name=name) for name, db in _CASES],
)
def test_a_script_leads_where_the_upgrade_leads_and_back(
    name: str, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    directory = case(name).copied(tmp_path)
    with _twins(_DRIVERS[database], request, tmp_path) as twins:
        _there_and_back(directory, twins)
