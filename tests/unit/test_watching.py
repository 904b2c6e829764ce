"""What PostgreSQL says of its locks, as statements show it."""

from alembic_ci.database.postgresql import measured, tables_before


def test_locks_come_in_the_order_of_their_tables() -> None:
    tables = [(2, 20, "items"), (1, 10, "orders"), (3, 30, "accounts")]
    rows = [(oid, "ShareLock", file, 0) for oid, file, _ in tables]

    (found,) = measured([rows], tables_before(rows, lambda _: tables))

    assert found
    assert [lock.object for lock in found.locks] == ["accounts", "items", "orders"]
