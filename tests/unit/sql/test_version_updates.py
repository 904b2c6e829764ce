"""Updates of the version table that were compiled once read as if each had been."""

import io

import pytest
import sqlalchemy as sa
from alembic.runtime.migration import HeadMaintainer, MigrationContext
from alembic.util import CommandError

from alembic_ci.worker.version_updates import VersionUpdates

Statements = list[tuple[str, object]]

_WALK = (("0001", "0002"), ("0002", "a-b_c.d"), ("a-b_c.d", "50%"), ("50%", "0003"), ("0003", "é"))


def rendered(dialect: str, schema: str | None, *, once: bool) -> str:
    output = io.StringIO()
    context = MigrationContext.configure(
        dialect_name=dialect,
        opts={
            "as_sql": True,
            "output_buffer": output,
            "version_table": "Versions",
            "version_table_schema": schema,
        },
    )
    if once:
        table = context._version
        table.update = VersionUpdates(table).update  # type: ignore[method-assign,assignment]
    heads = HeadMaintainer(context, ("0001",))
    for old, new in _WALK:
        heads._update_version(old, new)
    return output.getvalue()


@pytest.mark.parametrize("schema", [None, "Own Schema"])
@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "mariadb", "sqlite", "mssql", "oracle"])
def test_it_is_what_alembic_writes(dialect: str, schema: str | None) -> None:
    written = rendered(dialect, schema, once=True)

    assert written == rendered(dialect, schema, once=False)
    assert written.upper().count("UPDATE") == len(_WALK)


def executed(
    *, once: bool, translated: bool = False, before: sa.Engine | None = None
) -> tuple[Statements, list[str]]:
    engine = before or sa.create_engine("sqlite://")
    statements: Statements = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(*arguments: object) -> None:
        statements.append((str(arguments[2]), arguments[3]))

    with engine.connect() as connection:
        connection.execute(sa.text("attach ':memory:' as tenant"))
        place = connection.execution_options(schema_translate_map={"own": "tenant"})
        used = place if translated else connection
        context = MigrationContext.configure(
            used,
            opts={"version_table_schema": "own" if translated else None},
        )
        table = context._version
        table.create(used)
        used.execute(table.insert().values(version_num="0001"))
        statements.clear()
        if once:
            table.update = VersionUpdates(table).update  # type: ignore[method-assign,assignment]
        heads = HeadMaintainer(context, ("0001",))
        for old, new in _WALK:
            heads._update_version(old, new)
        return statements[:], list(context.get_current_heads())


def test_it_is_what_alembic_executes() -> None:
    statements, heads = executed(once=True)

    assert (statements, heads) == executed(once=False)
    assert (len(statements), heads) == (len(_WALK), ["é"])


def test_schemas_are_translated() -> None:
    statements, heads = executed(once=True, translated=True)

    assert (statements, heads) == executed(once=False, translated=True)
    assert "UPDATE tenant." in statements[0][0]


def test_who_listens_to_statements_hears_of_them() -> None:
    engine, heard = sa.create_engine("sqlite://"), []

    @sa.event.listens_for(engine, "before_execute")
    def hear(*arguments: object) -> None:
        heard.append(isinstance(arguments[1], sa.Update))

    executed(once=True, before=engine)

    assert sum(heard) == len(_WALK)


def test_a_row_that_is_not_there_is_missed() -> None:
    with sa.create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(connection)
        table = context._version
        table.create(connection)
        table.update = VersionUpdates(table).update  # type: ignore[method-assign,assignment]

        with pytest.raises(CommandError, match="0 found"):
            HeadMaintainer(context, ("0001",))._update_version("0001", "0002")
