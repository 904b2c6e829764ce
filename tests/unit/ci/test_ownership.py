"""What root writes into somebody's folder."""

import os
from pathlib import Path

import pytest

from alembic_ci.ci.ownership import share_owner

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def test_files_folders_and_links_get_the_owner_of_the_folder_around(tmp_path: Path) -> None:
    report, outside = tmp_path / "report", tmp_path.parent / "outside"
    (report / "sql").mkdir(parents=True)
    (report / "sql" / "up.sql").touch()
    outside.touch()
    (report / "link").symlink_to(outside)
    os.chown(tmp_path, 1234, 4321)

    share_owner([report])

    made = [report, *report.rglob("*")]
    assert {(path.lstat().st_uid, path.lstat().st_gid) for path in made} == {(1234, 4321)}
    assert outside.stat().st_uid == 0


def test_what_belongs_to_others_stays_theirs(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "theirs").touch()
    os.chown(tmp_path / "report" / "theirs", 999, 999)
    os.chown(tmp_path, 1234, 1234)

    share_owner([tmp_path / "report"])

    assert (tmp_path / "report" / "theirs").stat().st_uid == 999


def test_in_a_folder_of_root_everything_stays_roots(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()

    share_owner([tmp_path / "report", tmp_path / "absent"])

    assert (tmp_path / "report").stat().st_uid == 0
