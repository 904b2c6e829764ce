"""Values that MariaDB puts into rows by itself, because a column must have one."""

import sys
from pathlib import Path

import pytest

from jobs import Job, marked, url_for, variables_for
from servers import MYSQL_SERVER
from template_projects import Written, initialised

_FIRST = Written(
    revision="aaa1",
    down=None,
    upgrade="""op.create_table(
    "users",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(50)),
    sa.Column("points", sa.Integer(), nullable=False),
)
op.create_table("logs", sa.Column("line", sa.String(50)))""",
    downgrade='op.drop_table("logs")\nop.drop_table("users")',
)
_SERVER = {"mariadb": "MariaDB", "mysql": "MySQL"}[MYSQL_SERVER]
_LOOSE = "op.execute(\"SET sql_mode = ''\")\n"
_NEW = 'op.add_column("users", sa.Column("age", {}, nullable=False{}))\n'
_FILLED = [
    (_NEW.format("sa.Integer()", ""), "0"),
    (_NEW.format("sa.String(20)", ""), "''"),
    (_NEW.format("sa.Numeric(8, 2)", ""), "0.00"),
    (_NEW.format('sa.Enum("new", "old")', ""), "'new'"),
    (_NEW.format("sa.Boolean()", ""), "0"),
    (_LOOSE + _NEW.format("sa.DateTime()", ""), "'0000-00-00 00:00:00'"),
    (_NEW.format("sa.Integer()", "") + "op.execute(\"UPDATE users SET name = 'x'\")", "0"),
]
_TIGHT = 'op.alter_column("users", "{}", existing_type=sa.{}, nullable=False)'
_RENAMED = """op.alter_column(
    "users", "points", new_column_name="age", existing_type=sa.Integer(), existing_nullable=False
)"""
_CHOSEN = [
    _NEW.format("sa.Integer()", ', server_default="0"'),
    'op.add_column("users", sa.Column("age", sa.Integer()))',
    'op.execute("ALTER TABLE logs ADD age INT NOT NULL AUTO_INCREMENT PRIMARY KEY")',
    'op.add_column("users", sa.Column("age", sa.Integer(), sa.Computed("points * 0")))',
    _NEW.format("sa.Integer()", "") + 'op.execute("UPDATE users u SET u.age = 0")',
    'op.add_column("users", sa.Column("age", sa.Integer()))\n'
    'op.execute("UPDATE users SET age = 0")\n' + _TIGHT.format("age", "Integer()"),
    _RENAMED,
    'op.create_table("people", sa.Column("age", sa.Integer(), nullable=False))',
]


def _job(upgrade: str, tmp_path: Path, request: pytest.FixtureRequest, driver: str) -> Job:
    second = Written(revision="bbb2", down="aaa1", upgrade=upgrade, downgrade="pass")
    directory = initialised(Path(sys.executable), "generic", tmp_path / "project", _FIRST, second)
    url = url_for(driver, request)
    return Job(directory=directory, python=Path(sys.executable), variables=variables_for(url))


@pytest.mark.mysql
@pytest.mark.parametrize(("upgrade", "value"), _FILLED)
def test_a_value_that_nobody_chose_is_told_with_the_way_out(
    upgrade: str, value: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    job = _job(upgrade, tmp_path, request, "mysql+pymysql")

    finished = job.passed("rollback-test", "--irreversible=bbb2=x")

    proof = finished.result("rollback-test")["proofs"][1]
    said = f"{_SERVER} fills `users.age` of the rows that are there with {value}"
    assert [item["text"] for item in proof["implicit"]] == [said]
    assert f"- {said}" in finished.text
    assert "server_default" in finished.text
    folder = job.directory / "alembic-ci-report"
    assert '"ruleId": "implicit-default"' in (folder / "findings.sarif").read_text("utf-8")
    assert "rows get a value that nobody chose" in (folder / "report.html").read_text("utf-8")
    assert "implicit default" in (folder / "report.md").read_text("utf-8")


@pytest.mark.mysql
def test_a_null_that_is_filled_without_strict_mode_is_told(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    job = _job(_LOOSE + _TIGHT.format("name", "String(50)"), tmp_path, request, "mysql+pymysql")

    finished = job.passed("rollback-test", "--irreversible=bbb2=x")

    (told,) = finished.result("rollback-test")["proofs"][1]["implicit"]
    assert told["text"] == f"{_SERVER} fills `users.name` where it is NULL with ''"


@pytest.mark.mysql
@pytest.mark.parametrize("upgrade", _CHOSEN)
def test_a_value_that_somebody_chose_is_not_told(
    upgrade: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    job = _job(upgrade, tmp_path, request, "mysql+pymysql")

    finished = job.passed("rollback-test", "--irreversible=bbb2=x")

    assert finished.verdicts()["bbb2"] == "irreversible"
    assert finished.result("rollback-test")["proofs"][1]["implicit"] == []


@pytest.mark.parametrize(
    "driver",
    [marked("postgresql+psycopg2", driver="postgresql"), marked("sqlite", driver="sqlite")],
)
def test_other_databases_refuse_it(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    job = _job(_FILLED[0][0], tmp_path, request, driver)

    finished = job.run("rollback-test", "--irreversible=bbb2=x")

    assert finished.verdicts()["bbb2"] == "failed"
