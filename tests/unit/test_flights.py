"""How a history is divided among processes."""

from pathlib import Path

import pytest

from alembic_ci.history import Revision
from alembic_ci.steps.flights import divisible, flights
from alembic_ci.steps.prover import Assignment


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
    ("below", "revisions", "growth", "lengths"),
    [
        (0, 0, 0, [0]),
        (0, 100, 0, [100]),
        (0, 100, 0, [53, 47]),
        (500, 100, 0, [53, 47]),
        (0, 150, 0, [57, 50, 43]),
        (0, 1000, 0, [302, 264, 232, 202]),
        (0, 1000, 1 / 500, [647, 353]),
        (5000, 1000, 1 / 500, [554, 446]),
    ],
)
def test_flights_take_the_same_time(
    below: int, revisions: int, growth: float, lengths: list[int], path: Path
) -> None:
    todo = tuple(_todo(revisions, path))
    base = frozenset(f"below{number}" for number in range(below))
    parts = list(flights(Assignment(base=base, todo=todo), len(lengths), growth))

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
