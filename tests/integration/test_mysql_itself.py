"""MySQL differs from MariaDB in what it takes and in what it says: the main things on both."""

from pathlib import Path

import pytest

from accidents import add_revision, alone, on, project, run, told
from alembic_ci.database.control import Control
from alembic_ci.database.private_mysql import Product, private_mysql
from alembic_ci.urls import DatabaseURL
from servers import fresh_database

pytestmark = [
    pytest.mark.mysql,
    pytest.mark.xdist_group("mysql itself"),  # one server, started once
]


def test_the_main_job_and_the_way_back(real_mysql_url: DatabaseURL, tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(
        directory,
        'op.execute("CREATE TABLE beds (id INTEGER PRIMARY KEY, width INTEGER)")',
        downgrade='op.execute("DROP TABLE beds")',
    )

    done = run(directory, "run", "--scope=all", variables=on(real_mysql_url))
    verdicts, applied = done.verdicts(), done.step("upgrade")["result"]["applied"]
    again = run(directory, "upgrade", variables=on(real_mysql_url))
    back = run(directory, "downgrade", "--target=base", variables=on(real_mysql_url))

    assert (done.exit_code, again.exit_code, back.exit_code) == (0, 0, 0), done.everything
    assert set(verdicts.values()) == {"passed"}
    assert applied == ["0001", "0003", "0004"]
    with Control.open(real_mysql_url, timeout=5) as control:
        assert control.version_rows("alembic_version", None) == ()


def test_our_own_connection_is_encrypted_if_the_server_can(real_mysql_url: DatabaseURL) -> None:
    with Control.open(real_mysql_url, timeout=30) as control:
        [(_, cipher)] = control.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")

    assert cipher


def test_what_a_downgrade_leaves_is_found(real_mysql_url: DatabaseURL, tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(
        directory,
        'op.execute("CREATE TABLE beds (id INTEGER PRIMARY KEY, width INTEGER)")\n'
        'op.execute("CREATE INDEX ix_name ON cooks (name)")',
        downgrade='op.execute("DROP TABLE beds")',
    )

    proved = run(directory, "rollback-test", "--scope=all", variables=on(real_mysql_url))

    assert (proved.exit_code, proved.verdicts()["0004"]) == (1, "residue"), proved.everything
    assert "ix_name" in proved.stdout


def test_a_private_mariadb_does_not_stand_in_for_it(
    real_mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    proved = run(project(tmp_path), "rollback-test", "--scope=all", variables=alone(real_mysql_url))

    assert proved.exit_code == 0, proved.everything
    where = proved.step("rollback-test")["result"]["scratch"]
    assert where.startswith("a temporary database beside"), where
    assert "MySQL 9" in where


def test_a_private_server_is_mysql_where_mysql_is(
    real_mysql_url: DatabaseURL, mysql_path: str, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    add_revision(
        directory,
        """op.execute("CREATE TABLE ticks (id INT AUTO_INCREMENT PRIMARY KEY)")
op.execute("CREATE EVENT tick ON SCHEDULE EVERY 1 SECOND DO INSERT INTO ticks VALUES ()")
op.execute("DO SLEEP(1.5)")""",
        downgrade="""op.execute("DROP EVENT tick")
assert op.get_bind().exec_driver_sql("SELECT COUNT(*) FROM ticks").scalar() == 0
op.execute("DROP TABLE ticks")""",
    )

    proved = run(
        directory,
        "rollback-test",
        "--scope=all",
        "--rows=0",
        variables={**alone(real_mysql_url), "PATH": mysql_path},
    )

    assert proved.exit_code == 0, proved.everything
    where = proved.step("rollback-test")["result"]["scratch"]
    assert where.startswith("a private MySQL 9"), where


def test_a_private_server_wants_primary_keys_if_the_real_one_does(
    mysql_path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = project(tmp_path)
    add_revision(directory, 'op.execute("CREATE TABLE beds (width INTEGER)")')
    monkeypatch.setenv("PATH", mysql_path)
    options = ("--sql-require-primary-key=ON",)

    with (
        private_mysql(products=(Product.MYSQL,), options=options) as admin,
        fresh_database(admin) as real,
    ):
        variables = {**alone(real), "PATH": mysql_path}
        proved = run(directory, "rollback-test", "--scope=all", variables=variables)

    assert proved.verdicts()["0004"] == "failed", proved.everything
    assert "private MySQL" in proved.stdout
    assert "'sql_require_primary_key' is set" in proved.stdout


def test_a_lock_is_given_up_and_tried_again(real_mysql_url: DatabaseURL, tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(directory, 'op.execute("DROP TABLE busy")')
    with Control.open(real_mysql_url, timeout=5) as control:
        control.execute("CREATE TABLE busy (id INTEGER)")
        control.execute("BEGIN")
        control.query("SELECT * FROM busy")

        failed = run(
            directory,
            "upgrade",
            "--lock-timeout=1",
            "--retries=1",
            variables=on(real_mysql_url),
        )
        control.execute("ROLLBACK")

    problem = told(failed)
    assert (failed.exit_code, problem["failure_class"], problem["code"]) == (
        5,
        "lock-timeout",
        "1205",
    )
    assert len(failed.step("upgrade")["result"]["retries"]) == 1


def test_half_a_revision_is_finished(real_mysql_url: DatabaseURL, tmp_path: Path) -> None:
    directory = project(tmp_path)
    broken = 'op.execute("CREATE TABLE beds (id INTEGER)")\nop.execute("DROP TABLE nothing")'
    add_revision(directory, broken)
    failed = run(directory, "upgrade", variables=on(real_mysql_url))
    add_revision(directory, broken.replace("DROP TABLE nothing", "CREATE TABLE cots (id INTEGER)"))

    named = run(directory, "doctor", variables=on(real_mysql_url))
    said = told(named)["failure_class"]
    mended = run(directory, "doctor", "--resume=finish", "--apply", variables=on(real_mysql_url))

    assert failed.exit_code == 1
    assert said == "half-applied", named.everything
    assert mended.exit_code == 0, mended.everything
    with Control.open(real_mysql_url, timeout=5) as control:
        assert control.version_rows("alembic_version", None) == ("0004",)


def test_a_table_that_only_the_proof_has_worn_out_is_no_fault_of_the_revision(
    real_mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    """MySQL adds and drops columns of a table at once 255 times; a proof does it thrice."""
    directory = project(tmp_path)
    change = """for _ in range({}):
    op.execute("ALTER TABLE dishes ADD COLUMN passing INT, ALGORITHM=INSTANT")
    op.execute("ALTER TABLE dishes DROP COLUMN passing, ALGORITHM=INSTANT")"""
    many = add_revision(directory, change.format(30), downgrade=change.format(30))
    more = many.read_text().replace('"0004"', '"0005"').replace('"0003"', '"0004"')
    many.with_name("0005_more.py").write_text(more.replace("30", "13"))

    proved = run(directory, "rollback-test", "--scope=all", variables=on(real_mysql_url))

    assert set(proved.verdicts().values()) == {"passed"}, proved.everything
    *early, last = proved.step("rollback-test")["result"]["proofs"]
    assert not any(proof["notices"] for proof in early), proved.everything
    (notice,) = last["notices"]
    assert "INSTANT" in notice["text"]
