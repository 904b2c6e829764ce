"""Indexes that CREATE INDEX made on one SQLite table."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from alembic_ci.database.sqlite.catalogue import KeyColumn, Stored, TableRows
from alembic_ci.database.sqlite.constraints import key_columns
from alembic_ci.database.sqlite.table_sql import split
from alembic_ci.database.sqlite.tokens import (
    Token,
    canonical,
    closing,
    tokens,
    without_outer_parentheses,
)
from alembic_ci.delta import Attributes, ObjectKey
from alembic_ci.statements import Shape

_SUFFIXES = {"ASC", "DESC"}


def created_indexes(
    table: str, rows: TableRows, indexes: Mapping[str, Stored]
) -> Iterator[tuple[ObjectKey, Attributes]]:
    """Yield each index with its columns, expressions, uniqueness and condition."""
    created = [key for key in rows.keys if key.origin == "c"]
    for name, group in groupby(created, key=lambda key: key.owner):
        stored = indexes.get(name)
        yield ObjectKey("index", table, name), _index(tuple(group), stored.sql if stored else "")


def _index(keys: tuple[KeyColumn, ...], sql: str) -> Attributes:
    expressions, condition = _texts(tokens(sql))
    described = {
        "columns": key_columns(keys, expressions),
        "unique": "yes" if keys[0].unique else "no",
    }
    return described | ({"where": condition} if condition else {})


def _texts(parts: tuple[Token, ...]) -> tuple[list[str], str]:
    """Return the text of each key part and of the WHERE clause."""
    opening = next((i for i, token in enumerate(parts) if _opens(token)), len(parts))
    if opening == len(parts):
        return [], ""
    end = closing(parts, opening)
    expressions = [_expression(item) for item in split(parts[opening + 1 : end])]
    return expressions, canonical(without_outer_parentheses(parts[end + 2 :]))


def _expression(item: tuple[Token, ...]) -> str:
    while item and item[-1].word in _SUFFIXES:
        item = item[:-1]
    if len(item) > 2 and item[-2].word == "COLLATE":  # noqa: PLR2004  the name and its keyword
        item = item[:-2]
    return canonical(without_outer_parentheses(item))


def _opens(token: Token) -> bool:
    return token.shape is Shape.SIGN and token.text == "("
