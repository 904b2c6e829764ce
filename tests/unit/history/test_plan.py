from pathlib import Path

import pytest

from alembic_ci.errors import HistoryError, SettingsError
from alembic_ci.history import History, Revision
from revision_files import chain, folder, write


def ids(revisions: tuple[Revision, ...]) -> list[str]:
    return [revision.revision for revision in revisions]


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A base, two branches with labels, and a revision on one that depends on the other."""
    write(tmp_path, "base00")
    write(tmp_path, "left01", "base00", labels="left")
    write(tmp_path, "left02", "left01")
    write(tmp_path, "right1", "base00", labels="right")
    write(tmp_path, "right2", "right1", depends_on="left")
    return History.read(folder(tmp_path))


@pytest.mark.parametrize(
    ("target", "plan"),
    [
        ("heads", ["base00", "left01", "right1", "right2", "left02"]),
        ("left@head", ["base00", "left01", "left02"]),
        ("right@head", ["base00", "left01", "right1", "right2"]),
        ("left", ["base00", "left01"]),
        ("left0", None),
        ("right1", ["base00", "right1"]),
        ("base", []),
        ("+1", ["base00"]),
        ("base00+1", None),
        ("left@base00+2", ["base00", "left01", "left02"]),
        ("right2-1", ["base00", "right1"]),
        ("right1 left01", ["base00", "right1", "left01"]),
        ("left01,right1", ["base00", "left01", "right1"]),
        ("right1,\n heads", ["base00", "right1", "left01", "right2", "left02"]),
        ("heads left01", ["base00", "left01", "right1", "right2", "left02"]),
    ],
)
def test_upgrade_targets_are_read_as_alembic_reads_them(
    history: History, target: str, plan: list[str] | None
) -> None:
    if plan is None:
        with pytest.raises(SettingsError):
            history.upgrade_plan((), target)
    else:
        assert ids(history.upgrade_plan((), target)) == plan


@pytest.mark.parametrize(
    ("current", "target", "plan"),
    [
        (("left02", "right2"), "base", ["right2", "right1", "left02", "left01", "base00"]),
        (("left02",), "-1", ["left02"]),
        (("left02", "right2"), "left02-1", ["left02"]),
        (("right2",), "right@-1", ["right2"]),
        (("left02", "right2"), "right1", ["right2"]),
        (("left02", "right2"), "right1 base00", ["right2", "right1", "left02", "left01"]),
        ((), "base", []),
    ],
)
def test_downgrade_targets_are_read_as_alembic_reads_them(
    history: History, current: tuple[str, ...], target: str, plan: list[str]
) -> None:
    assert sorted(ids(history.downgrade_plan(current, target))) == sorted(plan)


def test_a_dependency_takes_its_target_out_of_the_version_table(history: History) -> None:
    assert history.effective(["left01", "right2"]) == ("right2",)
    assert history.effective(["left02", "right2"]) == ("left02", "right2")
    assert history.effective([]) == ()


def test_the_closure_holds_all_that_has_run(history: History) -> None:
    assert history.closure(["right2"]) == {"base00", "left01", "right1", "right2"}


def test_ids_the_project_lacks_are_unknown(history: History) -> None:
    assert history.unknown(("base00", "gone01", "left")) == ("gone01", "left")


@pytest.mark.parametrize("plan", [History.upgrade_plan, History.downgrade_plan])
def test_no_plan_starts_at_a_revision_that_the_project_lacks(
    history: History, plan: object
) -> None:
    assert callable(plan)

    with pytest.raises(HistoryError) as caught:
        plan(history, ("left0",), "base")

    assert caught.value.problem == "The project has no revision left0."


def test_an_unknown_target_names_what_may_have_been_meant(history: History) -> None:
    with pytest.raises(SettingsError) as caught:
        history.upgrade_plan((), "rihgt1")

    assert caught.value.problem.startswith("The target 'rihgt1' is not in this history")
    assert "right1" in caught.value.remedy


def test_an_empty_target_is_refused(history: History) -> None:
    with pytest.raises(SettingsError):
        history.upgrade_plan((), " , ")


def test_one_step_down_from_several_revisions_is_ambiguous(history: History) -> None:
    with pytest.raises(SettingsError) as caught:
        history.downgrade_plan(("left02", "right2"), "-1")

    assert "stands at left02 and right2" in caught.value.problem
    assert "left02-1" in caught.value.remedy


def test_one_step_up_from_several_revisions_is_ambiguous(history: History) -> None:
    with pytest.raises(SettingsError) as caught:
        history.upgrade_plan(("left01", "right1"), "+1")

    assert "cannot be reached from left01 and right1" in caught.value.problem


def test_a_target_beyond_the_end_cannot_be_reached(tmp_path: Path) -> None:
    history = chain(tmp_path, ["aaaa", "bbbb"])

    with pytest.raises(SettingsError) as caught:
        history.upgrade_plan((), "+3")

    assert "cannot be reached from an empty database" in caught.value.problem


def test_a_target_above_cannot_be_downgraded_to(tmp_path: Path) -> None:
    history = chain(tmp_path, ["aaaa", "bbbb", "cccc"])

    with pytest.raises(SettingsError) as caught:
        history.downgrade_plan(("aaaa",), "cccc")

    assert caught.value.problem == "The target 'cccc' cannot be reached from aaaa."


def test_several_heads_name_both_files_and_both_ways_out(history: History) -> None:
    with pytest.raises(HistoryError) as caught:
        history.upgrade_plan((), "head")

    assert caught.value.problem == (
        "There are 2 heads: left02 (versions/left02.py:5, 'Add left02'); "
        "right2 (versions/right2.py:5, 'Add right2')."
    )
    assert 'alembic merge -m "merge heads" left02 right2' in caught.value.remedy
    assert 'in versions/right1.py:6 set down_revision = "left02".' in caught.value.remedy


def test_the_line_to_change_is_where_the_branch_begins(tmp_path: Path) -> None:
    write(tmp_path, "base00")
    write(tmp_path, "ours01", "base00")
    for name, down in (("their1", "base00"), ("their2", "their1"), ("other1", "their1")):
        write(tmp_path, name, down)

    error = History.read(folder(tmp_path)).multiple_heads_error()

    assert error.problem.startswith("There are 3 heads: other1")
    assert "in versions/ours01.py:6" in error.remedy
    assert 'in versions/their1.py:6 set down_revision = "ours01"' in error.remedy


def test_ids_that_are_too_long_are_a_warning_and_no_error(tmp_path: Path) -> None:
    history = chain(tmp_path, ["short", "long" * 9])

    assert ids(history.too_long) == ["long" * 9]
