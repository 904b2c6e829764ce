"""A whole history up in one go, down in one go, and up again."""

from pathlib import Path

import pytest

from template_projects import ADD, CREATE, Written
from written_jobs import DRIVERS, written_job

_THEN = Written(revision="bbb2", down="aaa1", upgrade=CREATE.upgrade, downgrade=CREATE.downgrade)


def _audited(setting: str, back: str) -> Written:
    """Return a revision that makes a schema and sets the search_path to it."""
    return Written(
        revision="aaa1",
        down=None,
        upgrade=f"""op.execute("CREATE SCHEMA audit")
op.execute("{setting} search_path TO audit, public")""",
        downgrade=f'op.execute("{back}")',
    )


def test_revisions_that_only_work_one_at_a_time_are_found(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    counts_runs = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""from alembic import context
if context.get_context().opts["transaction_per_migration"]:
    op.create_table("alone", sa.Column("id", sa.Integer(), primary_key=True))
else:
    raise RuntimeError("not in the project's own transaction mode")""",
        downgrade='op.drop_table("alone")',
    )
    job = written_job(tmp_path, "sqlite", request, CREATE, counts_runs)

    finished = job.run("rollback-test", "--rows=0")

    legs = finished.result("rollback-test")["round_trip"]
    assert [leg["state"] for leg in legs] == ["failed", "skipped", "skipped"]
    assert finished.exit_code == 1
    assert "upgrade in one go" in finished.text


@pytest.mark.parametrize("driver", DRIVERS)
def test_one_go_that_leads_elsewhere_than_one_by_one_is_found(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    looks = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""from alembic import context
alone = context.get_context().opts["transaction_per_migration"]
op.create_table("other", sa.Column("id", sa.Integer(), primary_key=True))
op.create_index("ix_accounts", "accounts", ["name"] if alone else ["name", "id"])""",
        downgrade="""op.drop_index("ix_accounts", table_name="accounts")
op.drop_table("other")""",
    )
    job = written_job(tmp_path, driver, request, CREATE, looks)

    finished = job.run("rollback-test", "--rows=0")

    assert set(finished.verdicts().values()) == {"passed"}, finished.text
    legs = finished.result("rollback-test")["round_trip"]
    assert [leg["state"] for leg in legs] == ["failed", "skipped", "skipped"]
    (difference,) = legs[0]["differences"]
    assert "ix_accounts" in difference["text"]
    assert finished.exit_code == 1
    assert "leads to another schema than the revisions one by one" in finished.text


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("mode", ["passes", "fails"])
def test_what_is_left_behind_keeps_nobody_from_going_down_in_one_go(
    driver: str, mode: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    leaves = Written(
        revision="bbb2",
        down="aaa1",
        upgrade='op.execute("CREATE TABLE IF NOT EXISTS other (id INTEGER)")',
        downgrade='op.execute("SELECT 1")',
    )
    refuses = """
from alembic import context
if not context.get_context().opts["transaction_per_migration"]:
    raise RuntimeError("not in the project's own transaction mode")"""
    last = Written(
        revision="ccc3",
        down="bbb2",
        upgrade=ADD.upgrade,
        downgrade=ADD.downgrade + (refuses if mode == "fails" else ""),
    )
    job = written_job(tmp_path, driver, request, CREATE, leaves, last)

    finished = job.run("rollback-test", "--rows=0")

    assert finished.verdicts() == {"aaa1": "passed", "bbb2": "residue", "ccc3": "passed"}
    legs = finished.result("rollback-test")["round_trip"]
    later = ["failed", "skipped"] if mode == "fails" else ["passed", "passed"]
    assert [leg["state"] for leg in legs] == ["passed", *later], finished.text


@pytest.mark.postgresql
def test_a_search_path_that_one_transaction_keeps_is_found(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    elsewhere = _audited("SET LOCAL", "DROP SCHEMA audit CASCADE")
    job = written_job(tmp_path, "postgresql+psycopg2", request, elsewhere, _THEN)

    finished = job.run("rollback-test", "--rows=0")

    assert set(finished.verdicts().values()) == {"passed"}, finished.text
    (leg, *_) = finished.result("rollback-test")["round_trip"]
    assert [one["object"] for one in leg["differences"]] == [
        "table accounts",
        "table audit.accounts",
    ]
    assert "in one go the upgrade ends with table `audit.accounts`" in finished.text


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_downgrade_that_fails_because_another_took_too_much_blames_that_one(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    unsure = Written(
        revision="bbb2",
        down="aaa1",
        upgrade=f"""if not sa.inspect(op.get_bind()).has_table("accounts"):
    {CREATE.upgrade.replace(chr(10), chr(10) + "    ")}""",
        downgrade='op.drop_table("accounts")',
    )
    job = written_job(tmp_path, driver, request, CREATE, unsure)

    finished = job.run("rollback-test", "--rows=0")

    assert finished.verdicts() == {"aaa1": "passed", "bbb2": "residue"}, finished.text
    (_, leg, _) = finished.result("rollback-test")["round_trip"]
    assert leg["problem"]["problem"] == (
        "The downgrade of revision aaa1 fails when all are taken back in one go."
    )
    assert leg["problem"]["meaning"] == "Alone it passes; bbb2 does not restore the schema."
    assert leg["problem"]["remedy"].startswith("Correct bbb2 first")


@pytest.mark.postgresql
def test_a_session_that_a_revision_leaves_changed_is_hinted_at(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    elsewhere = _audited("SET", "DROP SCHEMA audit")
    job = written_job(tmp_path, "postgresql+psycopg2", request, elsewhere, _THEN)

    finished = job.run("rollback-test", "--rows=0")

    (_, leg, _) = finished.result("rollback-test")["round_trip"]
    assert leg["state"] == "failed", finished.text
    assert leg["problem"]["revision"] == "bbb2"
    assert leg["problem"]["meaning"] == "Alone it passes."
    assert "what a SET changes for the whole session" in leg["problem"]["remedy"]
