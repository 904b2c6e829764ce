"""Values of columns that look secret are in no report and on no screen, whatever shows SQL."""

from pathlib import Path

import pytest

from cli import Run, alembic_ci
from environments import CURRENT
from template_projects import Written, initialised

_TABLE = Written(
    revision="aaa1",
    down=None,
    upgrade='op.execute("CREATE TABLE plans (id INT, api_token TEXT)")',
    downgrade='op.execute("DROP TABLE plans")',
)
_INSERT = "op.execute(\"INSERT INTO plans (id, api_token) VALUES (7, 'hunter2')\")"
_REMOVE = "op.execute(\"DELETE FROM plans WHERE api_token = 'hunter2'\")"
_FAILS = "op.execute(\"UPDATE plans SET api_token = 'hunter2' WHERE nothing\")"


def _filled(upgrade: str, downgrade: str) -> Written:
    return Written(revision="bbb2", down="aaa1", upgrade=upgrade, downgrade=downgrade)


def _run(directory: Path, *arguments: str) -> Run:
    return alembic_ci(
        *arguments,
        f"--python={CURRENT.interpreter()}",
        directory=directory,
        variables={"DATABASE_URL": "sqlite:///x.db"},
    )


def _shown(run: Run) -> str:
    """Return all that was printed and every report, but for the scripts themselves."""
    files = [path for path in run.folder.iterdir() if path.is_file()]
    return run.everything + "".join(path.read_text() for path in files)


@pytest.mark.parametrize(
    ("upgrade", "downgrade", "command", "seen"),
    [
        (_INSERT, _REMOVE, "rollback-test", "INSERT INTO plans"),
        (_FAILS, _REMOVE, "rollback-test", "UPDATE plans SET api_token"),
        (_FAILS, _REMOVE, "upgrade", "UPDATE plans SET api_token"),
    ],
)
def test_no_report_shows_them(
    upgrade: str, downgrade: str, command: str, seen: str, tmp_path: Path
) -> None:
    python, project = CURRENT.interpreter(), tmp_path / "project"
    directory = initialised(python, "generic", project, _TABLE, _filled(upgrade, downgrade))

    shown = _shown(_run(directory, command))

    assert seen in shown
    assert "hunter2" not in shown


def test_the_plan_of_a_downgrade_does_not_show_them(tmp_path: Path) -> None:
    python, project = CURRENT.interpreter(), tmp_path / "project"
    directory = initialised(python, "generic", project, _TABLE, _filled(_INSERT, _REMOVE))
    _run(directory, "upgrade")

    shown = _shown(_run(directory, "downgrade", "--target=-1", "--dry-run"))

    assert "DELETE FROM plans" in shown
    assert "hunter2" not in shown


def test_what_has_changed_since_a_plan_does_not_show_them(tmp_path: Path) -> None:
    python, project = CURRENT.interpreter(), tmp_path / "project"
    directory = initialised(python, "generic", project, _TABLE, _filled(_INSERT, _REMOVE))
    _run(directory, "plan").folder.rename(directory / "planned")
    file = next((directory / "migrations" / "versions").glob("bbb2*"))
    file.write_text(file.read_text().replace("7, 'hunter2'", "8, 'hunter2-again'"))

    refused = _run(directory, "upgrade", "--plan=planned/plan.json")

    shown = _shown(refused)
    assert refused.exit_code == 6
    assert "VALUES (8, " in shown
    assert "hunter2" not in shown
