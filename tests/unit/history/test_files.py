from pathlib import Path

import pytest

from alembic_ci.errors import HistoryError
from alembic_ci.history import History
from alembic_ci.history.files import revisions
from revision_files import folder, write, write_text


def test_names_that_alembic_skips_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, "a1")
    for name in (
        "__init__.py",
        "__init__x.py",
        ".#a1.py",
        "README",
        "notes.txt",
        "a1.pyc",
        "b.py~",
    ):
        write_text(tmp_path, name, "not python")
    write_text(tmp_path, "__pycache__/a1.cpython-311.pyc", "")

    assert [item.revision for item in revisions(folder(tmp_path))] == ["a1"]


def test_sub_folders_are_searched_only_when_asked(tmp_path: Path) -> None:
    write(tmp_path, "a1")
    write_text(tmp_path, "2024/b1.py", "revision = 'b1'\ndown_revision = 'a1'\n")
    write_text(tmp_path, "2023/c1.py", "revision = 'c1'\ndown_revision = 'b1'\n")

    flat = [item.revision for item in revisions(folder(tmp_path))]
    deep = [item.revision for item in revisions(folder(tmp_path, recursive=True))]

    assert flat == ["a1"]
    assert deep == ["a1", "c1", "b1"]


def test_a_file_reached_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path, "a1")
    path.with_name("b_link.py").symlink_to(path)

    assert len(History.read(folder(tmp_path)).revisions) == 1


def test_a_folder_that_does_not_exist_holds_no_revisions(tmp_path: Path) -> None:
    versions = folder(tmp_path)
    versions.version_locations[0].rmdir()

    history = History.read(versions)

    assert (history.heads, history.bases, history.oldest_first()) == ((), (), ())
    assert history.upgrade_plan((), "heads") == ()


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    versions = folder(tmp_path)
    (tmp_path / "versions/gone.py").symlink_to(tmp_path / "versions/nowhere.py")

    with pytest.raises(HistoryError) as caught:
        History.read(versions)

    assert caught.value.problem == "versions/gone.py cannot be read: No such file or directory."


def test_a_compiled_revision_without_source_is_refused_where_alembic_would_load_it(
    tmp_path: Path,
) -> None:
    write(tmp_path, "a1")
    write_text(tmp_path, "a1.pyc", "")
    write_text(tmp_path, "b1.pyc", "")

    with pytest.raises(HistoryError) as caught:
        History.read(folder(tmp_path, sourceless=True))

    assert caught.value.problem == "versions/b1.pyc is a compiled revision without its source."


def test_warnings_of_foreign_code_stay_quiet(tmp_path: Path) -> None:
    write_text(tmp_path, "a1.py", "revision = 'a1'\ndown_revision = None\nPATTERN = '\\d'\n")

    assert list(History.read(folder(tmp_path)).revisions) == ["a1"]
