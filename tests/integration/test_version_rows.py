"""What is left in the version table by a downgrade, and whether Alembic upgrades from there."""

import contextlib
import dataclasses
import sqlite3
from pathlib import Path

import pytest

from environments import CURRENT, OLDEST, PinnedSet
from jobs import Finished, Job, marked, url_for, variables_for
from template_projects import Written, edit, initialised


def _makes(revision: str, down: str | tuple[str, ...] | None, needs: str | None = None) -> Written:
    """A revision that makes a table of its own name."""
    made = Written(
        revision=revision,
        down=down,
        upgrade=f'op.create_table("t_{revision}", sa.Column("id", sa.Integer(), primary_key=True))',
        downgrade=f'op.drop_table("t_{revision}")',
    )
    return dataclasses.replace(made, depends_on=needs)


# a1 <- a2 <- a3; b3 stands on a2, and on a3 by depends_on
_DOUBLED = (_makes("a1", None), _makes("a2", "a1"), _makes("a3", "a2"), _makes("b3", "a2", "a3"))
# the same by depends_on alone: p2 needs q1, and q2 stands on q1 and needs p2
_P, _Q = (
    (_makes("p1", None), _makes("p2", "p1", "q1")),
    (_makes("q1", None), _makes("q2", "q1", "p2")),
)
_CROSSED = (*_P, *_Q)
_MERGED = (_makes("m1", None), _makes("m2", "m1"), _makes("m3", "m1"), _makes("m4", ("m2", "m3")))
_NEEDED = (_makes("s1", None), _makes("s2", "s1"), _makes("k1", None), _makes("k2", "k1", "s1"))
_SEVERAL = (_makes("h1", None), _makes("h2", "h1"), _makes("h3", "h1"), _makes("h4", "h1"))
# z2 needs z0, too, on which both y1 and z1 stand
_TWICE = (
    _makes("z0", None),
    _makes("y1", "z0"),
    _makes("z1", "z0"),
    dataclasses.replace(_makes("z2", "z1"), depends_on=("y1", "z0")),
)
# It is applied last: Alembic goes by the alphabet, backwards.
_OTHER = _makes("a0", None)

_SERVERS = ("sqlite", "postgresql+psycopg2", "mysql+pymysql")


def _job(
    request: pytest.FixtureRequest,
    place: Path,
    history: tuple[Written, ...],
    *,
    driver: str = "sqlite",
    pinned: PinnedSet = CURRENT,
) -> Job:
    python = pinned.interpreter()
    folder = initialised(python, "generic", place / "project", *history)
    return Job(directory=folder, python=python, variables=variables_for(url_for(driver, request)))


def _back_and_forth(job: Job, target: str) -> Finished:
    """Go down to *target* from where all is applied and upgrade again, as Alembic does it."""
    job.passed("alembic", "--", "upgrade", "heads")
    job.passed("alembic", "--", "downgrade", target)
    return job.run("alembic", "--", "upgrade", "heads")


@pytest.mark.parametrize("driver", [marked(driver, driver=driver) for driver in _SERVERS])
@pytest.mark.parametrize(
    "case",
    [(_DOUBLED, "b3", "a3", "rows: a0, a2, a3"), (_CROSSED, "q2", "p2", "rows: a0, p2, q1")],
    ids=["doubled", "crossed"],
)
def test_a_downgrade_from_which_alembic_does_not_upgrade_is_residue(
    driver: str,
    case: tuple[tuple[Written, ...], str, str, str],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    history, revision, beside, after = (*case[0], _OTHER), *case[1:]
    job = _job(request, tmp_path, history, driver=driver)

    found = job.run("rollback-test", "--scope=all", "--target=heads")
    refused = _back_and_forth(job, f"{revision}@-1")
    upgrade = job.run("upgrade", "--target=heads")

    passed = {item.revision: "passed" for item in history}
    assert found.exit_code == 1
    assert found.verdicts() == {**passed, revision: "residue"}
    proofs = found.result("rollback-test")["proofs"]
    (left,) = next(proof for proof in proofs if proof["revision"] == revision)["differences"]
    assert f"beside `{beside}`" in left["text"]
    assert left["before"] == f"rows: a0, {revision}"
    assert left["after"] == after
    assert "only the later of the two" in found.problem()["remedy"]
    assert f"After the downgrade of {revision} Alembic refuses to upgrade." in found.text
    assert "overlaps with other requested revisions" in refused.text
    assert upgrade.exit_code == 1
    assert "at once" in upgrade.problem()["problem"]


@pytest.mark.parametrize("driver", [marked(driver, driver=driver) for driver in _SERVERS])
@pytest.mark.parametrize(
    ("history", "target"),
    [
        pytest.param(_DOUBLED, "b3@-1", id="doubled-alone"),
        pytest.param((*_MERGED, _OTHER), "m2", id="merged"),
        pytest.param((*_NEEDED, _OTHER), "k2@-1", id="needed"),
        pytest.param((*_SEVERAL, _OTHER), "h3@-1", id="several"),
    ],
)
def test_a_downgrade_from_which_alembic_upgrades_again_is_none(
    driver: str,
    history: tuple[Written, ...],
    target: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    job = _job(request, tmp_path, history, driver=driver)

    found = job.passed("rollback-test", "--scope=all", "--target=heads")
    again = _back_and_forth(job, target)

    assert set(found.verdicts().values()) == {"passed"}
    assert again.exit_code == 0, again.text


def test_what_alembic_leaves_where_a_later_revision_is_taken_back_first_is_residue(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    # Applied last, and stands on a2 as well, so that b3's own downgrade need not write that.
    later = _makes("a9", "a2")
    job = _job(request, tmp_path, (*_DOUBLED, _makes("zz", None), later))

    found = job.run("rollback-test", "--scope=all", "--target=heads")
    one_by_one = _back_and_forth(job, "b3@-1")
    job.passed("alembic", "--", "downgrade", "a9@-1")
    job.passed("alembic", "--", "downgrade", "b3@-1")
    refused = job.run("alembic", "--", "upgrade", "heads")

    assert one_by_one.exit_code == 0, one_by_one.text
    assert found.verdicts()["b3"] == "residue"
    assert "overlaps with other requested revisions" in refused.text


def test_a_downgrade_of_ours_tells_at_once_that_no_upgrade_starts_from_there(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    job = _job(request, tmp_path, (*_DOUBLED, _OTHER))
    job.passed("upgrade", "--target=heads")

    down = job.run("downgrade", "--target=b3@-1")
    stamped = job.passed("stamp", "--target=a0 a3")
    up = job.passed("upgrade", "--target=heads")

    assert down.exit_code == 1
    assert down.result("downgrade")["applied"] == ["b3"]
    assert "a2 came before a3" in down.problem()["problem"]
    assert "--target 'a0 a3'" in down.problem()["remedy"]
    assert stamped.stands_at() == ["a0", "a3"]
    assert up.stands_at() == ["a0", "b3"]


def test_an_old_alembic_leaves_both_where_there_are_no_other_rows(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    job = _job(request, tmp_path, _DOUBLED, pinned=OLDEST)

    found = job.run("rollback-test", "--scope=all", "--target=heads")
    refused = _back_and_forth(job, "b3@-1")

    assert found.verdicts()["b3"] == "residue"
    assert "overlaps with other requested revisions" in refused.text


def test_rows_of_which_one_only_depends_on_the_other_are_refused_as_alembic_does_it(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    job = _job(request, tmp_path, _NEEDED)
    job.passed("alembic", "--", "upgrade", "k2")
    job.passed("alembic", "--", "stamp", "--purge", "k2", "s1")

    theirs = job.run("alembic", "--", "upgrade", "heads")
    ours = job.run("upgrade", "--target=heads")

    assert "overlaps with other requested revisions" in theirs.text
    assert ours.exit_code == 1
    assert "s1 came before k2" in ours.problem()["problem"]


@pytest.mark.parametrize("command", ["sql", "rollback-test", "upgrade"])
def test_an_error_of_alembics_own_over_what_is_needed_twice_names_the_revision_and_the_way_out(
    command: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    job = _job(request, tmp_path, _TWICE)

    failed = job.run(command, "--target=heads")
    problem = (
        failed.result(command)["proofs"][-1]["problem"]
        if command == "rollback-test"
        else failed.problem()
    )
    edit(next(job.directory.rglob("z2_step.py")), "('y1', 'z0')", "'y1'")
    passed = job.run("rollback-test", "--target=heads", "--scope=all")

    assert "z2 stands on z0 and on z1, which came after it" in problem["meaning"], failed.text
    assert problem["file"].endswith("z2_step.py")
    if command != "upgrade":
        assert problem["remedy"].startswith("Take z0 out of `depends_on` of revision z2")
    assert passed.exit_code == 0, passed.text


def test_the_doctor_tells_of_each_head_whether_it_is_there_where_rows_overlap(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    job = _job(request, tmp_path, (*_DOUBLED, _OTHER))
    job.passed("upgrade", "--target=heads")
    job.run("downgrade", "--target=b3@-1")

    overlapping = job.run("doctor")
    database = sqlite3.connect(url_for("sqlite", request).database or "")
    with contextlib.closing(database), database:
        database.execute("update alembic_version set version_num = 'gone' where version_num = 'a3'")
    unknown = job.run("doctor")

    assert "head a3: is in this database" in overlapping.text
    assert "head b3: is not in this database" in overlapping.text
    assert "this database" not in _named(unknown, "multiple-heads")


def _named(finished: Finished, failure_class: str) -> str:
    problems = finished.result("doctor")["problems"]
    return str(next(item for item in problems if item["failure_class"] == failure_class))
