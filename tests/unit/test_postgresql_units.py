"""Rows of a PostgreSQL catalogue as objects."""

import json

from alembic_ci.database.postgresql.units import units
from alembic_ci.delta import Attributes


def _column(options: list[str]) -> Attributes:
    attributes = json.dumps({"type": "text", "options": options})
    described = units([("columns", 16385, "column", "orders", "note", attributes)])
    ((_, found),) = described["columns", 16385].items()
    return found


def test_options_are_a_set() -> None:
    assert _column(["n_distinct=5", "a=1"])["options"] == "a=1, n_distinct=5"


def test_the_version_that_a_server_gives_a_column_is_not_an_option() -> None:
    assert "options" not in _column(["pg_attver=22119584"])
    assert _column(["n_distinct=5", "pg_attver=1"]) == _column(["n_distinct=5", "pg_attver=2"])
