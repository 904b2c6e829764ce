"""What other jobs do on the same database."""

from collections.abc import Iterator
from contextlib import contextmanager

from accidents import on
from alembic_ci.database.control import Control
from alembic_ci.database.failures import Surroundings
from alembic_ci.database.locking import LockPlace, Target, migration_lock, obtained
from alembic_ci.urls import DatabaseURL, Dialect


def variables(url: DatabaseURL) -> dict[str, str]:
    """Return the variables of a job on *url*, whatever database that is."""
    return {"DATABASE_URL": url.render()} if url.dialect is Dialect.SQLITE else on(url)


def place_of(url: DatabaseURL) -> LockPlace:
    schema = "public" if url.dialect is Dialect.POSTGRESQL else ""
    name = str(url.database)
    return LockPlace(database=name, schema=schema, table="alembic_version")


@contextmanager
def locked(url: DatabaseURL, *, job: str = "") -> Iterator[None]:
    """Hold the migration lock as another job would."""
    target = Target(
        url=url,
        place=place_of(url),
        session="",
        patience=5,
        connect_timeout=5,
        surroundings=Surroundings(job=job),
    )
    with Control.open(url, timeout=5) as beside:
        lock = migration_lock(target, beside)
        obtained(lock, "it", timeout=5, note=lambda _: None)
        try:
            yield
        finally:
            lock.release()
