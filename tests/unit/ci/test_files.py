import os
import stat
import subprocess
from pathlib import Path

import pytest

from alembic_ci.ci.files import opened, write_outputs_env, write_text
from alembic_ci.errors import RefusedError, SettingsError
from alembic_ci.interface import OUTPUTS


def written(path: Path, values: dict[str, str]) -> list[str]:
    write_outputs_env(path / "outputs.env", values)
    return (path / "outputs.env").read_text().splitlines()


def test_a_file_is_written_into_a_new_folder(tmp_path: Path) -> None:
    write_text(tmp_path / "a/b/report.md", "é\n\udcff")

    assert (tmp_path / "a/b/report.md").read_bytes() == "é\n\\udcff".encode()
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["report.md"]


def test_a_file_is_replaced(tmp_path: Path) -> None:
    write_text(tmp_path / "x", "long text")
    write_text(tmp_path / "x", "new")

    assert (tmp_path / "x").read_text() == "new"


def test_a_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").touch()

    write_text(tmp_path / "x", "text")

    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == stat.S_IMODE(
        (tmp_path / "other").stat().st_mode
    )


@pytest.mark.parametrize("blocked", ["file/report.md", "folder"])
def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path, blocked: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()

    with pytest.raises(SettingsError, match=r"The report folder .* cannot be written") as caught:
        write_text(tmp_path / blocked, "text")

    assert "--report-dir" in caught.value.remedy
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_many_files_go_into_the_folder_that_was_opened(tmp_path: Path) -> None:
    """A link that is put in its place meanwhile leads nobody anywhere, and is refused."""
    (tmp_path / "elsewhere").mkdir()

    def write() -> None:
        with opened(tmp_path / "a") as folder:
            folder.write("x", "first")
            (tmp_path / "a").rename(tmp_path / "b")
            (tmp_path / "a").symlink_to(tmp_path / "elsewhere")
            folder.write("y", "second")

    with pytest.raises(RefusedError, match="is a link"):
        write()

    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == ["x", "y"]
    assert not list((tmp_path / "elsewhere").iterdir())


def test_names_become_variables(tmp_path: Path) -> None:
    lines = written(
        tmp_path, {"current-revision": "a1c0", "failure-class": "", "sql-path": "a/b.sql"}
    )

    assert sorted(lines) == [
        "ALEMBIC_CI_CURRENT_REVISION=a1c0",
        "ALEMBIC_CI_FAILURE_CLASS=",
        "ALEMBIC_CI_SQL_PATH=a/b.sql",
    ]


def test_what_most_users_need_comes_first_and_what_is_empty_last(tmp_path: Path) -> None:
    values = dict.fromkeys((output.name for output in OUTPUTS), "x") | {"exit-code": ""}

    names = [line.partition("=")[0] for line in written(tmp_path, values)]

    featured = [output.name for output in OUTPUTS if output.featured]
    assert len(names) == 20
    assert names[: len(featured)] == [
        f"ALEMBIC_CI_{name.upper().replace('-', '_')}" for name in featured
    ]
    assert "ALEMBIC_CI_EXIT_CODE" not in names


def test_lists_are_joined_by_commas(tmp_path: Path) -> None:
    assert written(tmp_path, {"heads": "a1 b2 c3"}) == ["ALEMBIC_CI_HEADS=a1,b2,c3"]


@pytest.mark.parametrize(
    "value", ["a\nb", "a b;c", "'x'", "$(id)", "`id`", "a\\b", "é", "#x", "x" * 1_001]
)
def test_values_that_a_reader_could_misread_are_left_out(tmp_path: Path, value: str) -> None:
    assert written(tmp_path, {"sql": value, "status": "passed"}) == ["ALEMBIC_CI_STATUS=passed"]


def test_the_file_stays_within_gitlabs_limits(tmp_path: Path) -> None:
    long = written(tmp_path, {f"n{number}": "x" * 900 for number in range(10)} | {"last": "1"})
    many = written(tmp_path, {f"n{number}": "1" for number in range(50)})

    assert sum(len(line) + 1 for line in long) <= 5_120
    assert long[-1] == "ALEMBIC_CI_LAST=1"
    assert len(many) == 20


def test_every_output_of_a_usual_run_finds_its_place(tmp_path: Path) -> None:
    names = [output.name for output in OUTPUTS]
    usual = names[: names.index("report-json-path") + 1]
    values = dict.fromkeys(usual, "x") | {"sql": "a b\n", "environments": '[{"a":1}]'}

    lines = written(tmp_path, values)

    assert len(lines) == len(usual) - 2


def test_a_shell_can_read_it(tmp_path: Path) -> None:
    written(tmp_path, {"heads": "a1 b2", "status": "passed", "sql-path": "out/a~b.sql"})

    told = subprocess.run(
        ["/bin/sh", "-euc", '. ./outputs.env; echo "$ALEMBIC_CI_HEADS $ALEMBIC_CI_SQL_PATH"'],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "a1,b2 out/a~b.sql\n"
