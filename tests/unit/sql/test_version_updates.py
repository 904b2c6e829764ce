"""Updates of the version table that were compiled once read as if each had been."""

import io

import pytest
from alembic.runtime.migration import HeadMaintainer, MigrationContext

from alembic_ci.worker.version_updates import VersionUpdates

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
