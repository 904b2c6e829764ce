"""What is proved in a second, fresh process only is as good as any other proof."""

import dataclasses
from pathlib import Path

import pytest

from jobs import marked
from template_projects import Written
from written_jobs import written_job

_FIRST = Written(
    revision="aaa1",
    down=None,
    upgrade="""op.create_table(
    "orders",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("note", sa.String(100)),
    sa.Column("code", sa.String(100)),
    sa.Column("price", sa.Numeric(10, 4)),
)""",
    downgrade='op.drop_table("orders")',
)
_ONCE = """from pathlib import Path
ran = Path(__file__).with_suffix(".ran")
if not ran.exists():
    ran.touch()
    raise RuntimeError("the service is not there yet")
"""
_FLAKY = Written(
    revision="bbb2",
    down="aaa1",
    upgrade=_ONCE + 'op.create_index("one_note", "orders", ["note"], unique=True)',
    downgrade='op.drop_index("one_note", table_name="orders")',
)
_UNIQUE_CODE = Written(
    revision="ccc3",
    down="bbb2",
    upgrade='op.create_index("one_code", "orders", ["code"], unique=True)',
    downgrade='op.drop_index("one_code", table_name="orders")',
)
_PARALLEL = Written(
    revision="ddd4",
    down="aaa1",
    upgrade='op.create_table("apart", sa.Column("id", sa.Integer(), primary_key=True))',
    downgrade='op.drop_table("apart")',
)
_NARROWER = Written(
    revision="ccc3",
    down="bbb2",
    upgrade='op.alter_column("orders", "price", type_=sa.Numeric(10, 2))',
    downgrade='op.alter_column("orders", "price", type_=sa.Numeric(10, 4))',
)
_REQUIRED = Written(
    revision="ccc3",
    down="bbb2",
    upgrade='op.add_column("orders", sa.Column("age", sa.Integer(), nullable=False))',
    downgrade='op.drop_column("orders", "age")',
)
_SQLITE, _POSTGRESQL, _MYSQL = (
    marked(driver, driver=driver) for driver in ("sqlite", "postgresql+psycopg2", "mysql+pymysql")
)


@pytest.mark.parametrize("driver", [_SQLITE, _POSTGRESQL, _MYSQL])
def test_new_unique_keys_are_tried_on_duplicates(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    job = written_job(tmp_path, driver, request, _FIRST, _FLAKY, _UNIQUE_CODE)

    finished = job.passed("rollback-test")

    proofs = finished.result("rollback-test")["proofs"]
    assert [bool(proof["duplicates"]) for proof in proofs] == [False, True, True], finished.text


@pytest.mark.parametrize("driver", [_POSTGRESQL, _MYSQL])
def test_their_sql_is_whole_and_narrower_columns_are_told(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    job = written_job(tmp_path, driver, request, _FIRST, _FLAKY, _NARROWER)
    job.passed("upgrade", "--target=aaa1")

    finished = job.passed("run", "--steps=sql,rollback-test")

    for step in ("sql", "rollback-test"):
        statements = finished.result(step)["statements"]
        told = {column["column"] for item in statements for column in item["narrows"]}
        assert told == {"orders.price"}, step
    (script,) = (job.directory / "alembic-ci-report").rglob("upgrade.sql")
    assert "one_note" in script.read_text("utf-8")
    assert "did not run to its end" not in finished.text


@pytest.mark.mysql
def test_values_that_nobody_chose_are_told(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    job = written_job(tmp_path, "mysql+pymysql", request, _FIRST, _FLAKY, _REQUIRED)

    finished = job.passed("rollback-test")

    implicit = finished.result("rollback-test")["proofs"][2]["implicit"]
    assert "`orders.age`" in str(implicit), finished.text


@pytest.mark.parametrize("driver", [_SQLITE, _POSTGRESQL, _MYSQL])
def test_the_whole_way_in_one_go_leads_where_the_confirmed_revisions_lead(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    job = written_job(tmp_path, driver, request, _FIRST, _FLAKY, _PARALLEL)

    finished = job.passed("rollback-test", "--target=heads")

    legs = finished.result("rollback-test")["round_trip"]
    assert [leg["state"] for leg in legs] == ["passed", "passed", "passed"], finished.text


@pytest.mark.postgresql
def test_a_revision_that_drops_the_language_of_what_the_tool_looks_with(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    dropping = Written(
        revision="ccc3",
        down="bbb2",
        upgrade='op.execute("DROP EXTENSION plpgsql")',
        downgrade='op.execute("CREATE EXTENSION plpgsql")',
    )
    before = dataclasses.replace(_PARALLEL, revision="bbb2")
    job = written_job(tmp_path, "postgresql+psycopg2", request, _FIRST, before, dropping)

    finished = job.passed("rollback-test")

    proofs = finished.result("rollback-test")["proofs"]
    assert [proof["verdict"] for proof in proofs] == ["passed"] * 3, finished.text
    assert not any(proof["notices"] for proof in proofs)
