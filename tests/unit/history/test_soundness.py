from pathlib import Path

import pytest

from alembic_ci.errors import HistoryError
from alembic_ci.history import History
from revision_files import folder, write, write_text


def failure(root: Path) -> HistoryError:
    with pytest.raises(HistoryError) as caught:
        History.read(folder(root))
    return caught.value


def test_two_files_with_one_id_are_both_named(tmp_path: Path) -> None:
    write(tmp_path, "a1")
    write_text(tmp_path, "copy.py", "\nrevision = 'a1'\ndown_revision = None\n")

    assert failure(tmp_path).problem == (
        "Two files define revision a1: versions/a1.py:5 and versions/copy.py:2."
    )


def test_an_unknown_parent_is_named_with_what_may_have_been_meant(tmp_path: Path) -> None:
    write(tmp_path, "a1b2c3d4")
    write(tmp_path, "b1", "a1b2c3d5")

    error = failure(tmp_path)

    assert error.problem == (
        "versions/b1.py:6: `down_revision` of revision b1 names 'a1b2c3d5', which no revision "
        "file defines."
    )
    assert error.remedy.endswith("Did you mean a1b2c3d4?")


def test_a_shortened_parent_is_recognised(tmp_path: Path) -> None:
    write(tmp_path, "a1b2c3d4e5f6")
    write(tmp_path, "b1", "a1b2")

    assert failure(tmp_path).remedy.endswith("Did you mean a1b2c3d4e5f6?")


def test_a_merge_written_as_one_string_is_an_unknown_parent(tmp_path: Path) -> None:
    write(tmp_path, "a1")
    write(tmp_path, "b1")
    write(tmp_path, "m1", "a1, b1")

    assert "names 'a1, b1'" in failure(tmp_path).problem


def test_an_unknown_dependency_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a1", labels="shop")
    write(tmp_path, "b1", depends_on=("shop", "mall"))

    assert "`depends_on` of revision b1 names 'mall'" in failure(tmp_path).problem


def test_a_revision_that_is_its_own_parent_is_a_circle(tmp_path: Path) -> None:
    write(tmp_path, "a1", "a1")

    assert failure(tmp_path).problem == (
        "The revisions go round in a circle: a1 (versions/a1.py:6) needs a1."
    )


def test_a_circle_is_named_even_when_a_head_and_a_base_hide_it(tmp_path: Path) -> None:
    write(tmp_path, "a1")
    write(tmp_path, "b1", ("a1", "c1"))
    write(tmp_path, "c1", "b1")
    write(tmp_path, "d1", "c1")

    assert failure(tmp_path).problem == (
        "The revisions go round in a circle: b1 (versions/b1.py:6) needs c1; "
        "c1 (versions/c1.py:6) needs b1."
    )


def test_a_circle_may_go_through_a_dependency_on_a_label(tmp_path: Path) -> None:
    write(tmp_path, "a1", depends_on="shop")
    write(tmp_path, "b1", "a1", labels="shop")

    assert "a1 (versions/a1.py:6) needs b1" in failure(tmp_path).problem


@pytest.mark.parametrize("label", ["shop", "a1"])
def test_a_label_names_one_revision_only(tmp_path: Path, label: str) -> None:
    write(tmp_path, "a1", labels="shop")
    write(tmp_path, "b1", labels=label)

    assert failure(tmp_path).problem == (
        f"The branch label {label!r} of b1 (versions/b1.py:5, 'Add b1') is already taken by "
        "a1 (versions/a1.py:5, 'Add a1')."
    )
