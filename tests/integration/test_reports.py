"""The files that a run leaves behind, from the command line to what a tool would read in them."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

from cases import case
from cli import Run, alembic_ci


def outputs(run: Run) -> dict[str, str]:
    lines = (run.folder / "outputs.env").read_text().splitlines()
    return dict(line.removeprefix("ALEMBIC_CI_").split("=", 1) for line in lines)


def test_a_residue_is_told_to_every_tool_with_its_place(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    directory = case("downgrade_leaves_column").copied(tmp_path)
    arguments = ("run", "--scope=all", "--steps=sql,rollback-test")
    variables = {"DATABASE_URL": "sqlite:///test.db"}

    run = alembic_ci(*arguments, directory=directory, variables=variables)

    assert run.exit_code == 1, run.everything
    told = outputs(run)
    assert told["FINDING_COUNT"] == "1"
    assert told["FINDING_CODES"] == "rollback-residue"
    (result,) = json.loads((run.folder / "findings.sarif").read_text())["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    source = (tmp_path / place["artifactLocation"]["uri"]).read_text().splitlines()
    assert "town" in source[place["region"]["startLine"] - 1]
    (issue,) = json.loads((run.folder / "gl-code-quality.json").read_text())
    assert issue["location"]["path"] == place["artifactLocation"]["uri"]
    root = ET.fromstring((run.folder / "junit.xml").read_text())
    assert len(list(root.iter("failure"))) == 2
    page = (run.folder / "report.html").read_text()
    assert re.search(r'<td data-label="After" class="come"><pre>type: \w+', page)
    assert '<span class="k">ALTER</span>' in page


def test_a_command_that_looks_at_no_revision_leaves_no_findings_behind(tmp_path: Path) -> None:
    directory = case("downgrade_leaves_column").copied(tmp_path)
    variables = {"DATABASE_URL": "sqlite:///test.db"}
    alembic_ci("rollback-test", "--scope=all", directory=directory, variables=variables)

    run = alembic_ci("status", directory=directory, variables=variables)

    assert run.exit_code == 0, run.everything
    assert sorted(path.name for path in run.folder.iterdir() if path.is_file()) == [
        "junit.xml",
        "outputs.env",
        "report.html",
        "report.json",
        "report.md",
    ]
    assert "FINDING_COUNT" not in "".join(name for name, value in outputs(run).items() if value)


def test_what_two_steps_meet_is_told_once_to_every_tool(tmp_path: Path) -> None:
    """Two heads stop the SQL and the rollback test alike."""
    (tmp_path / ".git").mkdir()
    directory = case("two_heads").copied(tmp_path)
    variables = {
        "DATABASE_URL": "sqlite:///test.db",
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }

    run = alembic_ci("run", directory=directory, variables=variables)

    assert run.exit_code == 1, run.everything
    said, remedy = "There are 2 heads", "Two changes were written after the same revision"
    assert "development, sql and rollback-test" in run.stdout
    assert "more failure" not in run.stdout
    assert run.stdout.count(remedy) == 1
    assert [line.count(said) for line in run.stdout.splitlines() if line.startswith("::error")] == [
        1
    ]
    for name in ("report.md", "report.html"):
        assert (run.folder / name).read_text().count(remedy) == 1
    (result,) = json.loads((run.folder / "findings.sarif").read_text())["runs"][0]["results"]
    assert said in result["message"]["text"]
    assert len(json.loads((run.folder / "gl-code-quality.json").read_text())) == 1
    first, second = ET.fromstring((run.folder / "junit.xml").read_text()).iter("failure")
    assert remedy in (first.text or "")
    assert (second.text or "").splitlines()[1:] == ["See sql."]
