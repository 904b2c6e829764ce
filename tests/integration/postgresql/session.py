"""One database connection that runs migration steps, and a tracker on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg2
from psycopg2.extensions import connection

from alembic_ci.database.postgresql import PostgreSQLTracker
from alembic_ci.database.tracking import Value
from alembic_ci.delta import Delta, Snapshot
from alembic_ci.urls import DatabaseURL


@dataclass
class Session:
    """The connection of a migration; `run` does not commit, `step` and `read` do."""

    url: DatabaseURL
    connection: connection = field(init=False)
    tracker: PostgreSQLTracker = field(init=False)

    def __post_init__(self) -> None:
        self.connection = _connected(self.url)
        self.tracker = PostgreSQLTracker(self.query)

    def query(self, sql: str) -> Sequence[Sequence[Value]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def run(self, sql: str) -> None:
        self.query(sql)

    def start(self, setup: str = "select 1") -> None:
        self.run(setup)
        self.connection.commit()
        self.tracker.start()
        self.tracker.prepare()
        self.connection.commit()

    def step(self, sql: str) -> Delta:
        """Do what a migration step does: run, look, commit."""
        self.run(sql)
        delta = self.tracker.advance()
        self.connection.commit()
        return delta

    def read(self) -> Snapshot:
        """Read the whole catalogue, unaware of what the tracker knows."""
        fresh = PostgreSQLTracker(self.query)
        fresh.start()
        self.connection.commit()
        return dict(fresh.state)

    def reconnect(self) -> None:
        """Go on with another connection, as a restarted walk does."""
        self.connection.close()
        self.connection = _connected(self.url)

    def close(self) -> None:
        self.connection.close()


def _connected(url: DatabaseURL) -> connection:
    return psycopg2.connect(
        host=url.host or dict(url.query).get("host"),
        port=url.port or dict(url.query).get("port"),
        user=url.username,
        password=url.password,
        dbname=url.database,
    )
