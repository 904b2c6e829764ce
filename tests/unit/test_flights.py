"""How a history is divided among processes."""

from pathlib import Path

import pytest

from alembic_ci.history import Revision
from alembic_ci.steps.flights import divided, divisible
from alembic_ci.urls import Dialect


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "revision.py"
    path.write_text("")
    return path


def _todo(count: int, path: Path) -> list[Revision]:
    return [
        Revision(
            revision=f"{number}",
            message="",
            path=path,
            line=1,
            down_revisions=(),
            parent_line=1,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("dialect", "below", "revisions", "lengths"),
    [
        (Dialect.POSTGRESQL, 0, 0, [0]),
        (Dialect.POSTGRESQL, 0, 100, [100]),
        (Dialect.POSTGRESQL, 0, 100, [53, 47]),
        (Dialect.MYSQL, 500, 100, [53, 47]),
        (Dialect.MYSQL, 0, 150, [57, 50, 43]),
        (Dialect.MYSQL, 0, 1000, [302, 264, 232, 202]),
        (Dialect.SQLITE, 0, 1000, [647, 353]),
        (Dialect.SQLITE, 5000, 1000, [554, 446]),
    ],
)
def test_flights_take_the_same_time(
    dialect: Dialect, below: int, revisions: int, lengths: list[int], path: Path
) -> None:
    todo = tuple(_todo(revisions, path))
    parts = list(divided(todo, below, len(lengths), dialect))

    assert [len(part) for part in parts] == lengths
    assert tuple(revision for part in parts for revision in part) == todo


@pytest.mark.parametrize(
    ("revisions", "processors", "processes"),
    [(0, 8, 1), (99, 8, 1), (100, 8, 2), (100, 1, 1), (1000, 2, 2), (1000, 64, 4)],
)
def test_few_revisions_are_not_divided(
    revisions: int, processors: int, processes: int, path: Path
) -> None:
    assert divisible(_todo(revisions, path), processors) == processes


@pytest.mark.parametrize(
    "text", ["CREATE ROLE a", "drop  user b", "ALTER\nTABLESPACE c", "sql/roles.sql"]
)
def test_what_a_server_has_once_is_not_divided(text: str, path: Path) -> None:
    path.write_text(f"op.execute({text!r})".replace("\\n", "\n"))

    assert divisible(_todo(1000, path), 2) == 1
