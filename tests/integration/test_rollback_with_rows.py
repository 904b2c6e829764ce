"""What only tables that hold rows can show: failures and lost values."""

from pathlib import Path

import pytest

from jobs import Finished, marked
from servers import MYSQL_SERVER
from template_projects import CREATE, Written, edit
from written_jobs import DRIVERS, written_job

_NOTED = Written(
    revision="aaa1",
    down=None,
    upgrade="""op.create_table(
    "orders",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("note", sa.String(100)),
)""",
    downgrade='op.drop_table("orders")',
)
_FORGETS_NOTES = Written(
    revision="bbb2",
    down="aaa1",
    upgrade='op.drop_column("orders", "note")',
    downgrade='op.add_column("orders", sa.Column("note", sa.String(100)))',
)
_EMPTIES_NOTES = Written(
    revision="bbb2",
    down="aaa1",
    upgrade='op.add_column("orders", sa.Column("paid", sa.Integer()))',
    downgrade="""op.execute("update orders set note = null")
op.drop_column("orders", "paid")""",
)


def _proof(finished: Finished, revision: str) -> dict[str, object]:
    proofs = finished.result("rollback-test")["proofs"]
    found: dict[str, object] = next(proof for proof in proofs if proof["revision"] == revision)
    return found


@pytest.mark.parametrize("driver", DRIVERS)
def test_not_null_without_a_default_fails_only_where_there_are_rows(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    strict = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""with op.batch_alter_table("orders") as batch:
    batch.alter_column("note", existing_type=sa.String(100), nullable=False)""",
        downgrade="""with op.batch_alter_table("orders") as batch:
    batch.alter_column("note", existing_type=sa.String(100), nullable=True)""",
    )
    job = written_job(tmp_path, driver, request, _NOTED, strict)

    filled = job.run("rollback-test")
    empty = job.run("rollback-test", "--rows=0")

    assert filled.exit_code == 1, filled.text
    proof = _proof(filled, "bbb2")
    assert (proof["verdict"], proof["phase"]) == ("failed", "up")
    assert proof["only_with_rows"] is True
    assert "note" in filled.text
    assert "nullable=False" in filled.text
    assert empty.exit_code == 0, empty.text


@pytest.mark.parametrize("driver", DRIVERS)
def test_every_way_in_which_rows_refuse_a_change_of_the_schema_is_found(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    filled = Written(
        revision="aaa1",
        down=None,
        upgrade="""op.create_table("people", sa.Column("id", sa.Integer(), primary_key=True))
op.create_table(
    "orders",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("note", sa.String(100)),
    sa.Column("person", sa.Integer(), sa.ForeignKey("people.id", initially=WHEN)),
)""".replace("WHEN", "'DEFERRED'" if "postgresql" in driver else "None"),
        downgrade='op.drop_table("orders")\nop.drop_table("people")',
    )
    check = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""with op.batch_alter_table("orders") as batch:
    batch.create_check_constraint("short", "length(note) < 2")""",
        downgrade="""with op.batch_alter_table("orders") as batch:
    batch.drop_constraint("short", type_="check")""",
    )
    fitting = {
        "sqlite": ('op.add_column("orders", sa.Column("a", sa.Integer(), nullable=False))',),
        "postgresql": (
            """op.execute("update orders set person = (select max(id) from people)")
op.add_column("orders", sa.Column("a", sa.Integer()))""",
            """op.execute("-- first of all\\nalter table orders add a integer not null")""",
        ),
        "mysql": ('op.execute("alter table orders add a int, modify note integer")',),
    }
    others = [
        Written(
            revision=f"ccc{number}",
            down=f"ccc{number - 1}" if number else "bbb2",
            upgrade=upgrade.replace('"a"', f'"a{number}"').replace("add a", f"add a{number}"),
            downgrade=f"""op.drop_column("orders", "a{number}")
if "mysql" in {driver!r}:
    op.alter_column("orders", "note", existing_type=sa.Integer(), type_=sa.String(100))""",
        )
        for number, upgrade in enumerate(fitting[driver.partition("+")[0]])
    ]
    job = written_job(tmp_path, driver, request, filled, check, *others)

    finished = job.run("rollback-test")

    assert finished.verdicts() == {"aaa1": "passed"} | {
        item.revision: "failed" for item in (check, *others)
    }, finished.text
    for item in (check, *others):
        assert _proof(finished, item.revision)["only_with_rows"] is True, finished.text
    assert "postgresql_using" not in finished.text


# A column of a table of its own, a change of that table, and the way back.
_REFUSED = [
    ("n INT", "PARTITION BY LIST (id) (PARTITION p VALUES IN (77))", "REMOVE PARTITIONING"),
    ("a VARCHAR(90)", "MODIFY a POINT", "MODIFY a VARCHAR(90)"),
]
if MYSQL_SERVER == "mysql":
    _REFUSED += [
        ("a VARCHAR(90)", "MODIFY a JSON", "MODIFY a VARCHAR(90)"),
        ("a VARCHAR(90)", "ADD b JSON AS (CAST(a AS JSON)) STORED", "DROP COLUMN b"),
        ("a VARCHAR(90)", "ADD INDEX ix ((CAST(a AS UNSIGNED)))", "DROP INDEX ix"),
        ("a POINT NOT NULL", "MODIFY a POINT NOT NULL SRID 4326", "MODIFY a POINT NOT NULL"),
        ("a INT UNSIGNED NOT NULL", "ADD b INT UNSIGNED AS (a - 100000) STORED", "DROP COLUMN b"),
    ]


@pytest.mark.mysql
def test_what_rows_of_mysql_refuse_in_other_words_is_found(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tables = [
        f'op.execute("CREATE TABLE t{number} (id INT PRIMARY KEY, {column})")'
        for number, (column, _, _) in enumerate(_REFUSED)
    ]
    first = Written(revision="aaa1", down=None, upgrade="\n".join(tables), downgrade="pass")
    changes = [
        Written(
            revision=f"bbb{number}",
            down=f"bbb{number - 1}" if number else "aaa1",
            upgrade=f'op.execute("ALTER TABLE t{number} {up}")',
            downgrade=f'op.execute("ALTER TABLE t{number} {down}")',
        )
        for number, (_, up, down) in enumerate(_REFUSED)
    ]
    job = written_job(tmp_path, "mysql+pymysql", request, first, *changes)

    finished = job.run("rollback-test")

    verdicts = finished.verdicts()
    assert [verdicts[item.revision] for item in changes] == ["failed"] * len(changes), finished.text
    for item in changes:
        assert _proof(finished, item.revision)["only_with_rows"] is True, finished.text


@pytest.mark.parametrize("driver", DRIVERS[1:])
def test_what_foreign_keys_empty_is_a_loss(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    related = Written(
        revision="aaa1",
        down=None,
        upgrade="""op.create_table("people", sa.Column("id", sa.Integer(), primary_key=True))
op.create_table(
    "orders",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("person", sa.Integer(), sa.ForeignKey("people.id", ondelete="CASCADE")),
)
op.create_table(
    "parcels",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("ordered", sa.Integer(), sa.ForeignKey("orders.id", ondelete="SET NULL")),
)""",
        downgrade='for name in ("parcels", "orders", "people"):\n    op.drop_table(name)',
    )
    forgets = Written(
        revision="bbb2",
        down="aaa1",
        upgrade='op.execute("delete from people")',
        downgrade="pass",
    )
    job = written_job(tmp_path, driver, request, related, forgets)

    finished = job.run("rollback-test")

    assert {loss["object"] for loss in _losses(finished)} == {
        "table people",
        "table orders",
        "column parcels.ordered",
    }, finished.text


def test_a_batch_operation_that_drops_a_table_others_refer_to_is_told_the_way_out(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    related = Written(
        revision="aaa1",
        down=None,
        upgrade="""op.create_table("people", sa.Column("id", sa.Integer(), primary_key=True))
op.create_table(
    "orders",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("person", sa.Integer(), sa.ForeignKey("people.id")),
)""",
        downgrade='for name in ("orders", "people"):\n    op.drop_table(name)',
    )
    copied = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""with op.batch_alter_table("people", recreate="always") as batch:
    batch.add_column(sa.Column("name", sa.String(20)))""",
        downgrade='op.drop_column("people", "name")',
    )
    job = written_job(tmp_path, "sqlite", request, related, copied)
    env = job.directory / "migrations" / "env.py"
    configure = "        context.configure(\n            connection=connection"
    edit(
        env,
        configure,
        f'        connection.exec_driver_sql("PRAGMA foreign_keys=ON")\n{configure}',
    )

    finished = job.run("rollback-test")

    problem = _proof(finished, "bbb2")["problem"]
    assert isinstance(problem, dict), finished.text
    assert "PRAGMA foreign_keys=OFF" in problem["remedy"]


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_dropped_column_that_comes_back_empty_is_a_loss(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    job = written_job(tmp_path, driver, request, _NOTED, _FORGETS_NOTES)

    warned = job.run("rollback-test")

    assert warned.exit_code == 0, warned.text
    assert warned.verdicts() == {"aaa1": "passed", "bbb2": "passed"}
    assert [loss["object"] for loss in _losses(warned)] == ["column orders.note"]
    assert "downgrade does not bring them back" in _losses(warned)[0]["text"]


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_downgrade_that_empties_a_column_is_a_loss(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    job = written_job(tmp_path, driver, request, _NOTED, _EMPTIES_NOTES)

    finished = job.run("rollback-test")

    (loss,) = _losses(finished)
    assert loss["text"].startswith("downgrade loses the values of `orders.note`")
    assert loss["text"].endswith("they cannot be restored by upgrading again")


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_column_that_goes_only_where_there_are_rows_is_missed(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """On empty tables the downgrade was seen to leave it there."""
    greedy = Written(
        revision="bbb2",
        down="aaa1",
        upgrade=_EMPTIES_NOTES.upgrade,
        downgrade="""if op.get_bind().execute(sa.text("select count(*) from orders")).scalar():
    op.drop_column("orders", "note")
op.drop_column("orders", "paid")""",
    )
    job = written_job(tmp_path, driver, request, _NOTED, greedy)

    finished = job.run("rollback-test")

    assert set(finished.verdicts().values()) == {"passed"}, finished.text
    assert [loss["object"] for loss in _losses(finished)] == ["column orders.note"]
    assert finished.result("rollback-test")["unfilled"] == []


_EMPTY = "update orders set note = null"
_VIEW = "create view some_orders as select id, note from orders"
_REACHED = {
    "view": {
        "sqlite": f"""{_VIEW};
create trigger on_view instead of update on some_orders begin {_EMPTY}; end""",
        "postgresql": _VIEW,
        "mysql": _VIEW,
        "used": 'op.execute("update some_orders set note = null")',
    },
    "trigger": {
        "sqlite": f"create trigger clear_notes after insert on log begin {_EMPTY}; end",
        "postgresql": f"""create function clear_notes() returns trigger language plpgsql
as $$ begin {_EMPTY}; return null; end $$;
create trigger clear_notes after insert on log for each row execute procedure clear_notes()""",
        "mysql": f"create trigger clear_notes after insert on log for each row {_EMPTY}",
        "used": """op.execute("insert into log (id) values (4100)")
op.execute("delete from log where id = 4100")""",
    },
    "routine": {
        "postgresql": f"create function clear_notes() returns void language sql as '{_EMPTY}'",
        "mysql": f"create procedure clear_notes() {_EMPTY}",
        "used": """mysql = op.get_bind().dialect.name == "mysql"
op.execute("call clear_notes()" if mysql else "select clear_notes()")""",
    },
    "dynamic text": {
        "postgresql": "",
        "used": """op.execute("do $$ begin execute 'delete from or' || 'ders'; end $$")""",
    },
    "cursor": {
        "sqlite": "",
        "postgresql": "",
        "mysql": "",
        "used": f"""cursor = op.get_bind().connection.cursor()
cursor.execute("{_EMPTY}")
cursor.close()""",
    },
}


@pytest.mark.parametrize(
    ("driver", "way"),
    [
        marked(driver, way, driver=driver, name=way)
        for driver in ("sqlite", "postgresql+psycopg2", "mysql+pymysql")
        for way, made in _REACHED.items()
        if driver.partition("+")[0] in made
    ],
)
def test_values_that_are_lost_in_a_table_which_no_statement_names_are_missed(
    driver: str, way: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Through a view, a trigger, a routine, a text put together, or past SQLAlchemy."""
    made = [text for text in _REACHED[way][driver.partition("+")[0]].split(";\n") if text]
    reached = Written(
        revision="aaa1",
        down=None,
        upgrade=f"""{_NOTED.upgrade}
op.create_table("log", sa.Column("id", sa.Integer(), primary_key=True))
for text in {made}:
    op.execute(text)""",
        downgrade="raise NotImplementedError  # alembic-ci: irreversible no need",
    )
    empties = Written(
        revision="bbb2",
        down="aaa1",
        upgrade='op.create_table("other", sa.Column("id", sa.Integer(), primary_key=True))',
        downgrade=f'{_REACHED[way]["used"]}\nop.drop_table("other")',
    )
    job = written_job(tmp_path, driver, request, reached, empties)

    finished = job.run("rollback-test")

    assert finished.verdicts()["bbb2"] == "passed", finished.text
    lost = "table orders" if way == "dynamic text" else "column orders.note"
    assert [loss["object"] for loss in _losses(finished)] == [lost], finished.text


def _losses(finished: Finished) -> list[dict[str, str]]:
    losses = _proof(finished, "bbb2")["losses"]
    assert isinstance(losses, list)
    return losses


@pytest.mark.parametrize("driver", DRIVERS)
def test_rows_that_a_downgrade_leaves_and_a_second_upgrade_makes_again_are_a_failure(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """On empty tables there is nothing to copy, and nothing is left."""
    both = Written(
        revision="aaa1",
        down=None,
        upgrade="""op.create_table("people", sa.Column("id", sa.Integer(), primary_key=True))
op.create_table("themes", sa.Column("person", sa.Integer(), primary_key=True))""",
        downgrade='op.drop_table("themes")\nop.drop_table("people")',
    )
    copies = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""op.add_column("people", sa.Column("name", sa.String(20)))
op.execute("insert into themes (person) select id + 4100 from people")""",
        downgrade='op.drop_column("people", "name")',
    )
    clashes = Written(
        revision="ccc3",
        down="bbb2",
        upgrade='op.execute("insert into themes (person) select person from themes")',
        downgrade="pass",
    )
    job = written_job(tmp_path, driver, request, both, copies, clashes)

    finished = job.run("rollback-test")

    assert finished.exit_code == 1, finished.text
    proof = _proof(finished, "bbb2")
    assert (proof["verdict"], proof["phase"]) == ("failed", "second-up")
    assert proof["only_with_rows"] is True
    problem = proof["problem"]
    assert isinstance(problem, dict)
    assert "cannot be applied again" in problem["problem"]
    assert problem["remedy"].startswith("Let downgrade() delete the rows that upgrade() adds")
    assert _proof(finished, "ccc3")["verdict"] == "passed"


@pytest.mark.parametrize("driver", DRIVERS)
def test_own_rows_are_there_before_their_revision(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    unique = Written(
        revision="bbb2",
        down="aaa1",
        upgrade='op.create_index("orders_note", "orders", ["note"], unique=True)',
        downgrade='op.drop_index("orders_note", table_name="orders")',
    )
    job = written_job(tmp_path, driver, request, _NOTED, unique)
    rows = job.directory / "alembic-ci-rows"
    rows.mkdir()
    (rows / "bbb2.sql").write_text(
        "insert into orders (id, note) values (71, 'twice');\n"
        "insert into orders (id, note) values (72, 'twice');\n"
    )

    finished = job.run("rollback-test")

    proof = _proof(finished, "bbb2")
    assert (proof["verdict"], proof["only_with_rows"]) == ("failed", True), finished.text
    assert "duplicates" in finished.text


@pytest.mark.parametrize("driver", DRIVERS)
def test_own_rows_may_take_the_place_of_made_ones_that_are_unlike_real_ones(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    strict = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""with op.batch_alter_table("orders") as batch:
    batch.alter_column("note", existing_type=sa.String(100), nullable=False)""",
        downgrade="""with op.batch_alter_table("orders") as batch:
    batch.alter_column("note", existing_type=sa.String(100), nullable=True)""",
    )
    job = written_job(tmp_path, driver, request, _NOTED, strict)

    made = job.run("rollback-test")
    rows = job.directory / "alembic-ci-rows"
    rows.mkdir()
    (rows / "bbb2.sql").write_text("delete from orders;\ninsert into orders values (1, 'own');\n")
    own = job.run("rollback-test")

    assert made.exit_code == 1, made.text
    problem = _proof(made, "bbb2")["problem"]
    assert isinstance(problem, dict)
    assert "alembic-ci-rows/bbb2.sql" in problem["remedy"]
    assert own.exit_code == 0, own.text
    assert _losses(own) == []


@pytest.mark.parametrize("driver", DRIVERS)
def test_own_rows_that_the_database_refuses_are_an_error_in_their_file(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Without them nothing would be known of the revisions behind, and the run would pass."""
    job = written_job(tmp_path, driver, request, _NOTED, _EMPTIES_NOTES)
    rows = job.directory / "alembic-ci-rows"
    rows.mkdir()
    (rows / "bbb2.sql").write_text("insert into orders (id, remark) values (71, 'x');\n")

    finished = job.run("rollback-test")

    assert finished.exit_code == 2, finished.text
    problem = finished.problem()
    assert problem["problem"].startswith(
        "alembic-ci-rows/bbb2.sql cannot be run before revision bbb2: "
    )
    assert "remark" in problem["problem"]


def test_own_rows_of_a_revision_that_does_not_exist_are_an_error(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    job = written_job(tmp_path, "sqlite", request, _NOTED, _EMPTIES_NOTES)
    rows = job.directory / "alembic-ci-rows"
    rows.mkdir()
    (rows / "bbb2_empties_notes.sql").write_text("insert into orders (id) values (71);\n")
    (rows / "README.md").write_text("Rows for the rollback test.\n")

    named = job.run("rollback-test")
    without = job.run("rollback-test", "--rows=0")

    assert named.exit_code == 2, named.text
    assert "alembic-ci-rows/bbb2_empties_notes.sql" in named.problem()["problem"]
    assert "bbb2.sql" in named.problem()["remedy"]
    assert without.exit_code == 0, without.text


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_new_unique_key_is_tried_on_duplicates_that_the_upgrade_may_resolve(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    coded = Written(
        revision="aaa1",
        down=None,
        upgrade="""op.create_table(
    "orders",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("note", sa.String(100)),
    sa.Column("code", sa.String(100)),
)""",
        downgrade='op.drop_table("orders")',
    )
    strict = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""with op.batch_alter_table("orders") as batch:
    batch.create_unique_constraint("one_note", ["note"])""",
        downgrade="""with op.batch_alter_table("orders") as batch:
    batch.drop_constraint("one_note", type_="unique")""",
    )
    careful = Written(
        revision="ccc3",
        down="bbb2",
        upgrade="""op.execute(
    "delete from orders where id not in"
    " (select least_id from (select min(id) as least_id from orders group by code) x)"
)
op.create_index("one_code", "orders", ["code"], unique=True)""",
        downgrade='op.drop_index("one_code", table_name="orders")',
    )
    no_way_back = Written(
        revision="ddd4",
        down="ccc3",
        upgrade='op.create_index("both", "orders", ["code", "note", "id"], unique=True)\n'
        'op.add_column("orders", sa.Column("paid", sa.Integer()))',
        downgrade="raise NotImplementedError  # alembic-ci: irreversible no need",
    )
    last = Written(
        revision="eee5",
        down="ddd4",
        upgrade='op.create_index("one_paid", "orders", ["paid"], unique=True)',
        downgrade="raise NotImplementedError  # alembic-ci: irreversible no need",
    )
    job = written_job(tmp_path, driver, request, coded, strict, careful, no_way_back, last)

    warned = job.run("rollback-test")

    assert warned.exit_code == 0, warned.text
    assert set(warned.verdicts().values()) == {"passed", "irreversible"}
    duplicates = {name: _proof(warned, name)["duplicates"] for name in warned.verdicts()}
    assert {name for name, found in duplicates.items() if found} == {"bbb2", "eee5"}
    assert "two rows of `orders` have the same `note`" in str(duplicates["bbb2"])
    assert "two rows of `orders` have the same `paid`" in str(duplicates["eee5"])
    assert "unique=True" in warned.text
    assert _losses(warned) == []


@pytest.mark.parametrize("driver", DRIVERS[:2])
def test_a_unique_key_with_a_condition_is_tried_on_rows_that_meet_it(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    coded = Written(
        revision="aaa1",
        down=None,
        upgrade="""op.create_table(
    "orders",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("note", sa.String(100)),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("gone", sa.DateTime()),
)""",
        downgrade='op.drop_table("orders")',
    )
    conditions = ("gone is null", "state = 'live' and note <> ''", "gone is null and note is null")
    steps = [
        Written(
            revision=f"bbb{number}",
            down=f"bbb{number - 1}" if number else "aaa1",
            upgrade=f"""op.execute(
    "create unique index one{number} on orders (note) where {text}"
)""",
            downgrade=f"""op.execute("drop index one{number}")""",
        )
        for number, text in enumerate(conditions)
    ]
    job = written_job(tmp_path, driver, request, coded, *steps)

    warned = job.run("rollback-test")

    assert set(warned.verdicts().values()) == {"passed"}, warned.text
    duplicates = [_proof(warned, step.revision)["duplicates"] for step in steps]
    assert [bool(found) for found in duplicates] == [True, True, False], warned.text
    assert "two rows of `orders` have the same `note`" in str(duplicates[0])


_UNIQUE_NOTES = Written(
    revision="bbb2",
    down="aaa1",
    upgrade='op.create_index("one_note", "orders", ["note"], unique=True)',
    downgrade='op.drop_index("one_note", table_name="orders")',
)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(
    ("revision", "warning", "other"),
    [
        pytest.param(_FORGETS_NOTES, "data-loss", "duplicates", id="data-loss"),
        pytest.param(_UNIQUE_NOTES, "duplicates", "data-loss", id="duplicates"),
    ],
)
def test_what_is_a_warning_can_be_made_a_failure_that_keeps_the_upgrade_back(
    revision: Written, warning: str, other: str, driver: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue("tmp_path")
    job = written_job(folder, driver, request, _NOTED, revision)

    failed = job.run("run", f"--fail-on={warning}")
    both = job.run("run", f"--fail-on={other},{warning}")
    passed = job.run("run", f"--fail-on={other}")

    for stopped in (failed, both):
        assert stopped.exit_code == 4, stopped.text
        assert stopped.states() == {
            "sql": "passed",
            "rollback-test": "failed",
            "upgrade": "skipped",
        }
        assert stopped.step("rollback-test")["problem"]["failure_class"] == warning
        assert stopped.stands_at() == []
    assert passed.exit_code == 0, passed.text
    assert passed.stands_at() == ["bbb2"]


def test_a_revision_can_be_declared_irreversible_in_the_configuration(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    no_way_back = Written(
        revision="bbb2",
        down="aaa1",
        upgrade='op.drop_column("orders", "note")',
        downgrade="raise NotImplementedError",
    )
    job = written_job(tmp_path, "sqlite", request, _NOTED, no_way_back)

    undeclared = job.run("rollback-test")
    declared = job.run("rollback-test", "--irreversible=bbb2=the notes are gone")

    assert undeclared.verdicts()["bbb2"] == "missing"
    assert declared.exit_code == 0, declared.text
    assert declared.verdicts()["bbb2"] == "irreversible"
    assert _proof(declared, "bbb2")["reason"] == "the notes are gone"


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_declared_revision_whose_upgrade_fails_on_rows_fails(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """That there is no way back says nothing of the way there."""
    strict = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""with op.batch_alter_table("orders") as batch:
    batch.alter_column("note", existing_type=sa.String(100), nullable=False)""",
        downgrade="raise NotImplementedError",
    )
    job = written_job(tmp_path, driver, request, _NOTED, strict)

    finished = job.run("rollback-test", "--irreversible=bbb2=x")

    assert finished.exit_code == 1, finished.text
    assert finished.verdicts() == {"aaa1": "passed", "bbb2": "failed"}
    assert "Revision bbb2 fails on tables that hold rows." in finished.text


@pytest.mark.parametrize("driver", DRIVERS)
def test_ways_to_have_no_downgrade_are_told_apart(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    downgrades = {
        "only raises": 'raise RuntimeError("there is no way back")',
        "raises NotImplementedError": "if op:\n    raise NotImplementedError",
        "does nothing although": "pass",
    }
    steps = [
        Written(
            revision=f"bbb{number}",
            down=f"bbb{number - 1}" if number else "aaa1",
            upgrade=f'op.add_column("orders", sa.Column("more{number}", sa.Integer()))',
            downgrade=downgrade,
        )
        for number, downgrade in enumerate(downgrades.values())
    ]
    job = written_job(tmp_path, driver, request, _NOTED, *steps)

    finished = job.run("rollback-test", "--rows=0")

    proofs = {step.revision: _proof(finished, step.revision) for step in steps}
    assert {proof["verdict"] for proof in proofs.values()} == {"missing"}, finished.text
    assert "1 of 4 roll back, 3 have no downgrade" in finished.text
    for reason, proof in zip(downgrades, proofs.values(), strict=True):
        assert reason in str(proof["reason"])
        assert reason in finished.text
        assert proof["notices"] == []


def test_state_in_the_process_does_not_make_a_revision_fail(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    once = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""import sys
if getattr(sys, "first_ran", False) and not getattr(sys, "second_ran", False):
    raise RuntimeError("only in a process that has run the first revision")
sys.second_ran = True
op.add_column("accounts", sa.Column("email", sa.String(100)))""",
        downgrade='op.drop_column("accounts", "email")',
    )
    first = Written(
        revision=CREATE.revision,
        down=None,
        upgrade="import sys\nsys.first_ran = True\n" + CREATE.upgrade,
        downgrade=CREATE.downgrade,
    )
    job = written_job(tmp_path, "sqlite", request, first, once)

    finished = job.run("rollback-test", "--rows=0")

    assert finished.verdicts() == {"aaa1": "passed", "bbb2": "passed"}, finished.text
    assert "keeps state" in str(_proof(finished, "bbb2")["notices"])


@pytest.mark.parametrize("driver", DRIVERS)
def test_an_insert_that_fails_is_not_explained_as_a_new_rule(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    seeded = Written(
        revision="aaa1",
        down=None,
        upgrade=f"""{CREATE.upgrade}
op.execute("insert into accounts (id, name) values (1, 'first')")""",
        downgrade=CREATE.downgrade,
    )
    given = "" if "postgresql" in driver else "1, "  # its sequence begins with 1, too
    columns = "name" if "postgresql" in driver else "id, name"
    again = Written(
        revision="bbb2",
        down="aaa1",
        upgrade=f"""op.execute("insert into accounts ({columns}) values ({given}'second')")""",
        downgrade="""op.execute("delete from accounts where name = 'second'")""",
    )
    job = written_job(tmp_path, driver, request, seeded, again)

    finished = job.run("rollback-test")

    problem = _proof(finished, "bbb2")["problem"]
    assert isinstance(problem, dict), finished.text
    assert "rule forbids" not in problem["meaning"]
    assert "already" in problem["meaning"]
    assert ("sequence" in problem["meaning"]) == ("postgresql" in driver)


@pytest.mark.parametrize("driver", DRIVERS[1:])
def test_a_table_that_cannot_be_dropped_is_explained_by_what_refers_to_it(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """MariaDB gives it the number of rows that cannot be deleted."""
    referred = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""op.create_table("people", sa.Column("id", sa.Integer(), primary_key=True))
op.create_table(
    "letters",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("person", sa.Integer(), sa.ForeignKey("people.id")),
)""",
        downgrade='op.drop_table("people")\nop.drop_table("letters")',
    )
    job = written_job(tmp_path, driver, request, CREATE, referred)

    finished = job.run("rollback-test")

    problem = _proof(finished, "bbb2")["problem"]
    assert isinstance(problem, dict), finished.text
    assert problem["meaning"].startswith("Other objects or rows depend on")
    assert "Take those away first" in problem["remedy"]


@pytest.mark.postgresql
def test_an_upgrade_that_fails_is_told_what_helps_against_such_an_error(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    at_once = Written(
        revision="bbb2",
        down="aaa1",
        upgrade='op.execute("create index concurrently names on accounts (name)")',
        downgrade='op.execute("drop index names")',
    )
    job = written_job(tmp_path, "postgresql+psycopg2", request, CREATE, at_once)

    finished = job.run("rollback-test")

    problem = _proof(finished, "bbb2")["problem"]
    assert isinstance(problem, dict), finished.text
    assert problem["remedy"].startswith("It would fail in the environment, too: correct upgrade().")
    assert "autocommit_block()" in problem["remedy"]


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_downgrade_that_refuses_made_rows_is_named_as_that(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    guarded = Written(
        revision="bbb2",
        down="aaa1",
        upgrade='op.add_column("orders", sa.Column("paid", sa.Integer()))',
        downgrade="""if op.get_bind().execute(sa.text("select count(*) from orders")).scalar():
    raise RuntimeError("there are orders")
op.drop_column("orders", "paid")""",
    )
    job = written_job(tmp_path, driver, request, _NOTED, guarded)

    finished = job.run("rollback-test")

    assert finished.exit_code == 0, finished.text
    assert "note: bbb2: downgrade raised RuntimeError on made-up rows" in finished.text


def test_rows_that_had_to_be_given_up_are_not_told_as_one_table(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The revision leaves a transaction open, which keeps our own connection out of the file."""
    rolls_back = Written(
        revision="bbb2",
        down="aaa1",
        upgrade="""from sqlalchemy.orm import Session
session = Session(bind=op.get_bind())
session.execute(sa.text("update orders set note = upper(note)"))
session.rollback()
op.add_column("orders", sa.Column("paid", sa.Integer()))""",
        downgrade='op.drop_column("orders", "paid")',
    )
    job = written_job(tmp_path, "sqlite", request, _NOTED, rolls_back)

    finished = job.run("rollback-test")

    assert "1 table could not be filled" not in finished.text
    assert "rows were given up on the way" in finished.text
    assert "from there on: A statement failed" in finished.text
    assert "rollback() of a Session" in finished.text
