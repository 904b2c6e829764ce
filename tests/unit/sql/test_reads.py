"""Queries that only look, and those that may not."""

import pytest

from alembic_ci.project.reads import only_reads


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "  (select id, upper(name) FROM users WHERE note = 'delete from users')",
        "WITH old AS (SELECT id FROM users) SELECT count(*) FROM old",
        "SELECT replace(name, 'a', 'b') FROM users",
        "SELECT id FROM users WHERE id IN (1, 2) FOR UPDATE",
        "SHOW CREATE TABLE users",
        "PRAGMA table_info('users')",
        'PRAGMA main.table_xinfo("users")',
        "PRAGMA foreign_keys",
        "EXPLAIN SELECT 1",
        "SELECT 1 -- INSERT INTO users",
        "SELECT pg_catalog.format_type(atttypid, atttypmod) FROM pg_attribute",
    ],
)
def test_reads(statement: str) -> None:
    assert only_reads(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT setval('users_id_seq', 10)",
        "SELECT create_hypertable('t', 'time')",
        "SELECT app.repair_users()",
        "SELECT id INTO copy FROM users",
        "SELECT @n := 1",
        "WITH gone AS (DELETE FROM users RETURNING id) SELECT * FROM gone",
        "EXPLAIN ANALYZE DELETE FROM users",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA foreign_keys(0)",
        "INSERT INTO users (id) VALUES (1) RETURNING id",
        "VACUUM",
    ],
)
def test_what_may_write_is_no_read(statement: str) -> None:
    assert not only_reads(statement)
