"""How a history is divided among processes."""

from pathlib import Path

import pytest

from alembic_ci.history import Revision
from alembic_ci.steps.flights import flights


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
    ("revisions", "processors", "lengths"),
    [
        (0, 8, [0]),
        (99, 8, [99]),
        (100, 8, [53, 47]),
        (150, 8, [57, 50, 43]),
        (1000, 1, [1000]),
        (1000, 2, [533, 467]),
        (1000, 64, [302, 264, 232, 202]),
    ],
)
def test_higher_flights_are_shorter(
    revisions: int, processors: int, lengths: list[int], path: Path
) -> None:
    todo = _todo(revisions, path)
    parts = list(flights(todo, processors))

    assert [len(part) for part in parts] == lengths
    assert [revision for part in parts for revision in part] == todo


@pytest.mark.parametrize("text", ["CREATE ROLE a", "drop  user b", "ALTER\nTABLESPACE c"])
def test_what_a_server_has_once_is_not_divided(text: str, path: Path) -> None:
    path.write_text(f"op.execute({text!r})".replace("\\n", "\n"))

    assert len(list(flights(_todo(1000, path), 2))) == 1
