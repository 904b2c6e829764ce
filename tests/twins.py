"""Two databases: one is upgraded by us, the scripts are applied to the other by hand."""

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
from cli import Run, alembic_ci
from clients import apply
from jobs import dialect_of
from servers import fresh_database


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
    entered_schema="",
    per_migration=False,
    transactional=False,
)


def _seen(url: DatabaseURL) -> tuple[Snapshot, tuple[str, ...] | None]:
    with Control.open(url, timeout=30) as control:
        rows = control.version_rows(_READY.version_table, None)
        return whole_snapshot(control, _READY), rows and tuple(sorted(rows))


@contextmanager
def twins(driver: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Twins]:
    """Make both, on the server that the driver's tests have."""
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


def run(directory: Path, url: DatabaseURL, *arguments: str) -> Run:
    """Run a command that has to pass; a server holds the scratch databases, too."""
    scratch = {} if url.drivername.startswith("sqlite") else {"SCRATCH_DATABASE_URL": url.render()}
    done = alembic_ci(
        *arguments, directory=directory, variables={"DATABASE_URL": url.render(), **scratch}
    )
    assert done.exit_code == 0, done.everything
    return done


def there(directory: Path, pair: Twins, *arguments: str) -> Run:
    """Upgrade one twin and apply the script to the other."""
    done = run(directory, pair.upgraded, "run", "--steps=sql,upgrade", *arguments)
    apply(done.folder / "sql" / "development" / "upgrade.sql", pair.applied)
    pair.alike()
    return done


def there_and_back(directory: Path, pair: Twins, *arguments: str) -> None:
    """Go the same ways back, too."""
    done = there(directory, pair, *arguments)
    back = (done.folder / "sql" / "development" / "downgrade.sql").rename(directory / "back.sql")
    run(directory, pair.upgraded, "downgrade", "--target=base", *arguments)
    apply(back, pair.applied)
    pair.alike()
