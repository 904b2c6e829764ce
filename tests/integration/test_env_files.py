"""What people do in env.py, beyond what ``alembic init`` writes."""

import dataclasses
import os
from pathlib import Path

import pytest

from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from environments import CURRENT
from jobs import Job, marked, url_for, variables_for
from template_projects import ADD, ALL_SOUND, SOUND, edit, initialised, write

_TIMEOUT = 30.0  # seconds
_CONFIGURE = """        context.configure(
            connection=connection, target_metadata=target_metadata
        )
"""
_MIGRATE = """
        with context.begin_transaction():
            context.run_migrations()
"""
_SQLITE = marked("sqlite", driver="sqlite")
_POSTGRESQL = marked("postgresql+psycopg2", driver="postgresql+psycopg2")
_MYSQL = marked("mysql+pymysql", driver="mysql+pymysql")


@pytest.fixture(params=[_POSTGRESQL])
def job(request: pytest.FixtureRequest, tmp_path: Path) -> Job:
    """A project of the generic template on an empty database."""
    folder = initialised(CURRENT.interpreter(), "generic", tmp_path / "project", *SOUND)
    variables = variables_for(url_for(request.param, request))
    return Job(directory=folder, python=CURRENT.interpreter(), variables=variables)


def _url(job: Job) -> DatabaseURL:
    return DatabaseURL.parse(job.variables["DEV_DATABASE_URL"])


def _env(job: Job) -> Path:
    return job.directory / "migrations" / "env.py"


def test_x_arguments_reach_env_py(job: Job) -> None:
    edit(
        _env(job),
        _CONFIGURE,
        """        tenant = context.get_x_argument(as_dictionary=True)["tenant"]
        context.configure(connection=connection, version_table=f"version_{tenant}")
""",
    )

    run = job.passed("run", "--steps=rollback-test,upgrade,status", "--x=tenant=blue", "--x=b=c")
    listed = job.passed("alembic", "--x=tenant=blue", "--", "current")
    without = job.run("status")

    assert run.verdicts() == ALL_SOUND
    assert run.stands_at() == ["ccc3"]
    assert "ccc3 (head)" in listed.text
    assert without.exit_code == 2
    assert "'tenant'" in without.problem()["problem"]
    with Control.open(_url(job), timeout=_TIMEOUT) as control:
        assert control.query("select version_num from version_blue") == [("ccc3",)]


def test_env_py_may_look_at_the_command_line(job: Job) -> None:
    edit(
        _env(job),
        "config = context.config\n",
        """config = context.config
command = config.cmd_opts.cmd[0].__name__
print("command", command, config.cmd_opts.revision, getattr(config.cmd_opts, "autogenerate", 0))
print("argument", context.get_revision_argument(), context.get_head_revision())
""",
    )

    down = job.passed("upgrade", "--verbose")
    up = job.passed("downgrade", "--target=-1", "--verbose")

    assert "command upgrade heads 0" in down.text
    assert "command downgrade -1 0" in up.text
    assert "argument" in up.text


def test_a_revision_that_commits_by_itself_is_found_and_waited_for_by_nobody(job: Job) -> None:
    """What it does behind that is in no transaction that Alembic would end, and locks the table."""
    step = job.directory / "migrations" / "versions" / "bbb2_step.py"
    edit(step, "def upgrade():\n", "def upgrade():\n    op.get_bind().commit()\n")

    run = job.run("run")

    assert run.exit_code == 1
    assert run.problem()["failure_class"] == "silent-rollback"
    assert "op.get_bind().commit()" in run.problem()["meaning"]
    assert "lock timeout" in run.text


# On PostgreSQL in test_verification.py.
@pytest.mark.parametrize("job", [_SQLITE, _MYSQL], indirect=True)
def test_sql_before_configure_spoils_an_upgrade_and_the_proof_says_so(job: Job) -> None:
    edit(_env(job), _CONFIGURE, '        connection.exec_driver_sql("select 1")\n' + _CONFIGURE)

    proved = job.run("rollback-test")
    changed = job.run("upgrade")

    assert proved.verdicts() == ALL_SOUND
    assert proved.problem()["failure_class"] == "silent-rollback"
    assert changed.problem()["failure_class"] == "silent-rollback"
    assert (proved.exit_code, changed.exit_code) == (1, 1)


@pytest.mark.parametrize("job", [_SQLITE, _POSTGRESQL, _MYSQL], indirect=True)
def test_one_transaction_around_everything_is_kept_by_an_upgrade(job: Job) -> None:
    edit(
        _env(job),
        _CONFIGURE,
        _CONFIGURE.replace(
            "context.configure(", "begun = connection.begin()\n        context.configure("
        ),
    )
    edit(_env(job), _MIGRATE, "\n        with begun:\n            context.run_migrations()\n")

    run = job.passed("run")
    down = job.passed("downgrade", "--target=base")

    assert run.verdicts() == ALL_SOUND
    assert run.stands_at() == ["ccc3"]
    assert down.stands_at() == []


_SCHEMAS = """        chosen = context.get_x_argument(as_dictionary=True).get("only", "blue,green")
        for schema in chosen.split(","):
            connection.exec_driver_sql(f"create schema if not exists {schema}")
            connection.exec_driver_sql(f"set search_path to {schema}")
            connection.commit()
            context.configure(connection=connection, version_table_schema=schema)
            with context.begin_transaction():
                context.run_migrations()
"""


def _stand(job: Job, **schemas: str) -> None:
    for schema, revision in schemas.items():
        job.passed("upgrade", f"--x=only={schema}", f"--target={revision}")


def test_of_two_schemas_the_one_further_behind_is_told_proved_and_upgraded(job: Job) -> None:
    edit(_env(job), _CONFIGURE + _MIGRATE, _SCHEMAS)
    _stand(job, blue="aaa1", green="bbb2")

    run = job.passed("run", "--steps=status,sql,rollback-test,upgrade")

    assert run.result("status")["pending"] == ["bbb2", "ccc3"]
    assert "accounts_email" in run.result("sql")["sql"]
    assert "-- for `blue.alembic_version` only, of 2 version tables" in run.result("sql")["sql"]
    assert run.verdicts() == {"bbb2": "passed", "ccc3": "passed"}
    assert run.result("upgrade")["applied"] == ["bbb2", "ccc3"]
    with Control.open(_url(job), timeout=_TIMEOUT) as control:
        for schema in ("blue", "green"):
            assert control.version_rows("alembic_version", schema) == ("ccc3",)
            assert control.query(f"select count(*) from {schema}.orders") == [(0,)]


def test_schemas_that_are_new_roll_back_together(job: Job) -> None:
    edit(_env(job), _CONFIGURE + _MIGRATE, _SCHEMAS)

    run = job.passed("run")

    assert run.verdicts() == ALL_SOUND
    assert run.result("upgrade")["applied"] == ["aaa1", "bbb2", "ccc3"]
    assert "one by one for blue.alembic_version only, of 2 version tables" in run.text


def test_what_only_the_second_schema_keeps_is_found_in_one_go(job: Job) -> None:
    edit(_env(job), _CONFIGURE + _MIGRATE, _SCHEMAS)
    _stand(job, blue="aaa1", green="aaa1")
    green = """
if op.get_bind().dialect.default_schema_name == "green":
    op.create_index("accounts_again", "accounts", ["id"])"""
    edit(
        _env(job),
        '            connection.exec_driver_sql(f"set search_path to {schema}")\n',
        '            connection.exec_driver_sql(f"set search_path to {schema}")\n'
        "            connection.dialect.default_schema_name = schema\n",
    )
    write(job.directory, dataclasses.replace(ADD, upgrade=ADD.upgrade + green))

    run = job.run("rollback-test", "--target=bbb2")

    assert run.exit_code == 1, run.text
    (_, down, _) = run.result("rollback-test")["round_trip"]
    (left,) = down["differences"]
    assert "index `accounts_again` of table `green.accounts` behind" in left["text"]


def test_a_schema_for_the_version_table_that_a_scratch_database_lacks_is_named(job: Job) -> None:
    configured = "context.configure(connection=connection, version_table_schema='deployment')"
    edit(_env(job), _CONFIGURE, f"        {configured}\n")
    with Control.open(_url(job), timeout=_TIMEOUT) as control:
        control.execute("create schema deployment")
    (job.directory / "schema.sql").write_text("create schema deployment")

    without = job.run("rollback-test")
    given = job.passed("rollback-test", "--scratch-baseline=schema.sql")

    assert without.exit_code == 2
    assert "A scratch database begins empty" in without.problem()["meaning"]
    assert "--scratch-baseline" in without.problem()["remedy"]
    assert given.verdicts() == ALL_SOUND


_ENTERED = """        connection.exec_driver_sql("create schema if not exists shop")
        connection.exec_driver_sql("set search_path to shop")
        connection.commit()
"""


def test_a_schema_that_env_py_enters_has_the_version_table_too(job: Job) -> None:
    edit(_env(job), _CONFIGURE, _ENTERED + _CONFIGURE)

    run = job.passed("run")
    again = job.passed("upgrade")
    down = job.passed("downgrade", "--target=base")

    assert run.verdicts() == ALL_SOUND
    assert run.stands_at() == ["ccc3"]
    assert again.result("upgrade")["applied"] == []
    assert down.stands_at() == []
    with Control.open(_url(job), timeout=_TIMEOUT) as control:
        assert control.version_rows("alembic_version", "shop") == ()


def test_a_failure_in_the_second_schema_is_not_hidden_by_the_first(job: Job) -> None:
    edit(_env(job), _CONFIGURE + _MIGRATE, _SCHEMAS)
    _stand(job, blue="aaa1", green="bbb2")
    with Control.open(_url(job), timeout=_TIMEOUT) as control:
        control.execute("create table green.orders (id int)")

    run = job.run("upgrade")
    stamped = job.passed("stamp", "--target=aaa1")

    assert run.exit_code == 1
    assert run.problem()["revision"] == "ccc3"
    assert run.result("upgrade")["after"] == ["bbb2"]
    assert run.stands_at() == ["bbb2"]
    meaning = run.problem()["meaning"]
    assert "Everything" not in meaning
    assert "what it had done before for `blue.alembic_version` stays" in meaning
    with Control.open(_url(job), timeout=_TIMEOUT) as control:
        assert control.version_rows("alembic_version", "green") == ("aaa1",)
    assert stamped.stands_at() == ["aaa1"]


@pytest.mark.parametrize("job", [_SQLITE], indirect=True)
def test_an_env_py_without_offline_part_is_not_called_up_to_date(job: Job) -> None:
    edit(_env(job), "    run_migrations_offline()\nelse", "    pass\nelse")

    run = job.run("sql")

    assert run.exit_code == 2
    assert "rendered no SQL" in run.problem()["problem"]


@pytest.mark.parametrize("job", [_SQLITE], indirect=True)
def test_a_section_of_its_own_is_chosen_by_name(job: Job) -> None:
    ini = job.directory / "alembic.ini"
    ini.write_text(
        ini.read_text().replace("[alembic]", "[shop]")
        + "\n[alembic]\nscript_location = nowhere\n[staging]\nsqlalchemy.url = sqlite://\n"
    )

    run = job.passed("run", "--name=shop")
    listed = job.passed("alembic", "--name=shop", "--", "current")
    wrong = job.run("status")
    unknown = job.run("status", "--name=store")

    assert run.stands_at() == ["ccc3"]
    assert "ccc3 (head)" in listed.text
    assert wrong.exit_code == unknown.exit_code == 2
    assert "--name shop" in unknown.problem()["remedy"]


@pytest.mark.parametrize("job", [_SQLITE], indirect=True)
def test_version_locations_are_overridden(job: Job) -> None:
    versions = job.directory / "migrations" / "versions"
    (job.directory / "more versions").mkdir()
    (versions / "ccc3_step.py").rename(job.directory / "more versions" / "ccc3_step.py")
    places = f"--set=version_locations={versions}{os.pathsep}{job.directory / 'more versions'}"

    without = job.passed("status")
    run = job.passed("run", places)
    listed = job.passed("alembic", places, "--", "heads")

    assert without.result("status")["heads"] == ["bbb2"]
    assert run.verdicts() == ALL_SOUND
    assert run.stands_at() == ["ccc3"]
    assert "ccc3 (head)" in listed.text


def test_a_url_of_env_pys_own_is_replaced_on_scratch_databases_too(job: Job) -> None:
    edit(_env(job), "config = context.config\n", "import os\n\nconfig = context.config\n")
    edit(
        _env(job),
        "        config.get_section(config.config_ini_section, {}),\n",
        '        {"sqlalchemy.url": os.environ["APP_DSN"]},\n',
    )
    unreachable = "postgresql+psycopg2://nobody@127.0.0.1:1/none"

    without = job.run("run")
    run = job.passed("run", "--url-variables=OTHER_DSN,APP_DSN", APP_DSN=unreachable)

    assert without.exit_code == 2
    assert "--url-variables" in without.problem()["remedy"]
    assert run.verdicts() == ALL_SOUND
    assert run.stands_at() == ["ccc3"]


_PARTS = """        {
            "sqlalchemy.url": sa.engine.URL.create(
                "postgresql+psycopg2",
                username=os.environ["APP_USER"],
                password=os.environ["APP_PASSWORD"],
                host=os.environ["APP_HOST"],
                port=int(os.environ["APP_PORT"]),
                database=os.environ["APP_NAME"],
            )
        },
"""


@pytest.mark.parametrize("job", [_POSTGRESQL], indirect=True)
def test_an_env_py_that_puts_the_url_together_gets_its_parts(job: Job) -> None:
    edit(
        _env(job),
        "config = context.config\n",
        "import os\n\nimport sqlalchemy as sa\n\nconfig = context.config\n",
    )
    edit(_env(job), "        config.get_section(config.config_ini_section, {}),\n", _PARTS)
    parts = ["APP_USER=user", "APP_PASSWORD=password", "APP_HOST=host", "APP_PORT=port"]

    run = job.passed("run", f"--url-variables={','.join(parts)},APP_NAME=name", APP_NAME="none")
    wrong = job.run("run", "--url-variables=APP_NAME=database")

    assert run.verdicts() == ALL_SOUND
    assert run.stands_at() == ["ccc3"]
    assert wrong.exit_code == 2
    assert "APP_NAME=database" in wrong.text
    assert "host, port, user, password, name" in wrong.problem()["remedy"]


@pytest.mark.parametrize("job", [_SQLITE], indirect=True)
def test_an_installed_project_is_still_the_one_to_blame(job: Job) -> None:
    installed = job.directory / "lib" / "site-packages" / "app"
    installed.mkdir(parents=True)
    (job.directory / "migrations").rename(installed / "migrations")
    broken = installed / "migrations" / "versions" / "ccc3_step.py"
    edit(broken, "insert into accounts (id, name)", "insert into accounts (nothing, name)")

    failed = job.run("upgrade", f"--set=script_location={installed / 'migrations'}")

    problem = failed.problem()
    assert problem["file"].endswith("ccc3_step.py"), failed.text
    line = broken.read_text().splitlines()[problem["line"] - 1]
    assert "insert into accounts (nothing" in line


_IMPORT = """import sqlalchemy as sa

try:
    from mailbox_types import LENGTH
except ImportError:
    LENGTH = 0"""


@pytest.mark.parametrize("job", [_SQLITE], indirect=True)
def test_revisions_find_what_env_py_has_put_on_the_path(job: Job) -> None:
    library = job.directory / "library"
    library.mkdir()
    (library / "mailbox_types.py").write_text("LENGTH = 100\n")
    path = job.directory / "migrations" / "versions" / "bbb2_step.py"
    edit(path, "import sqlalchemy as sa", _IMPORT)
    edit(path, "sa.String(100)", "sa.String(10_000 // LENGTH)")
    env = _env(job)
    env.write_text(f"import sys\n\nsys.path.append({str(library)!r})\n{env.read_text()}")

    ran = job.passed("run")
    listed = job.passed("alembic", "--", "current")

    assert ran.verdicts() == ALL_SOUND
    assert ran.stands_at() == ["ccc3"]
    assert "ccc3 (head)" in listed.text


@pytest.mark.parametrize("job", [_SQLITE], indirect=True)
def test_a_revision_that_cannot_be_imported_is_named_whatever_env_py_does_with_the_error(
    job: Job,
) -> None:
    path = job.directory / "migrations" / "versions" / "bbb2_step.py"
    edit(path, "import sqlalchemy as sa", "import sqlalchemy as sa\nimport nosuchmodule")
    edit(
        _env(job),
        "    run_migrations_online()",
        """    import contextlib

    with contextlib.suppress(Exception):
        run_migrations_online()""",
    )

    ran = job.run("run")

    problem = ran.problem()
    assert (ran.exit_code, problem["file"].rpartition("/")[2]) == (2, "bbb2_step.py"), ran.text
    assert "nosuchmodule" in problem["problem"]


@pytest.mark.parametrize("job", [_SQLITE, _POSTGRESQL, _MYSQL], indirect=True)
@pytest.mark.parametrize("place", ["inside", "outside"])
def test_an_env_py_that_fails_behind_the_revisions_is_told_where_the_database_stands(
    place: str, job: Job
) -> None:
    """On PostgreSQL its transaction takes all of them back, where it has not ended."""
    indent = " " * (12 if place == "inside" else 4)
    edit(_env(job), _MIGRATE, f"{_MIGRATE}{indent}raise RuntimeError('after all')\n")

    run = job.run("upgrade")

    problem = run.problem()
    kept = place == "outside" or _url(job).drivername != "postgresql+psycopg2"
    assert run.exit_code == 2, run.text
    assert problem["failure_class"] == "env"
    where = "ccc3. Applied before it: aaa1, bbb2, ccc3" if kept else "base (no revision)"
    assert f"while no revision was at work; the database is at {where}." in problem["problem"]
    assert "behind the revisions" in problem["meaning"]
    assert problem["file"].endswith("env.py")


def test_an_autocommit_block_in_a_transaction_of_env_pys_own_is_told_what_is_in_its_way(
    job: Job,
) -> None:
    edit(_env(job), "connectable.connect() as connection", "connectable.begin() as connection")
    block = "with op.get_context().autocommit_block():\n    op.execute('select 1')"
    write(job.directory, dataclasses.replace(ADD, upgrade=f"{ADD.upgrade}\n{block}"))

    run = job.run("rollback-test")

    (_, proof, _) = run.result("rollback-test")["proofs"]
    assert proof["verdict"] == "failed", run.text
    assert "engine.connect()" in proof["problem"]["remedy"]
    assert proof["problem"]["database_error"] == "AssertionError"
