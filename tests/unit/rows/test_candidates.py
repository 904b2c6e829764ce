"""What the text of a CHECK suggests."""

import pytest

from alembic_ci.database.rows.candidates import suggested
from alembic_ci.database.rows.tables import Family, Type

_TEXT = Type(family=Family.TEXT, sql="text")


@pytest.mark.parametrize(
    ("kind", "condition", "wanted"),
    [
        (_TEXT, "status IN ('new', 'it''s')", {"new", "it's"}),
        (_TEXT, r"code ~ '^[A-Z]{2}\d$'", {"AA0"}),
        (_TEXT, "length(pin) >= 4", {"aaaa", "aaaaa", "1111"}),
        (Type(family=Family.TEXT, sql="varchar", length=3), "'abcd', 'abc'", {"abc"}),
        (Type(family=Family.INTEGER, sql="int", high=9), "n > 5 AND n < 70", {"6", "4"}),
        (Type(family=Family.DECIMAL, sql="numeric", length=4, scale=2), "n > 5", {"5.01", "4.99"}),
        (Type(family=Family.DATE, sql="date"), "d > '2090-12-31'", {"2091-01-01"}),
        (Type(family=Family.JSON, sql="jsonb"), "doc ? 'id'", {'{"id": "a"}', "[]"}),
        (
            Type(family=Family.ARRAY, sql="text[]", parts=(_TEXT,)),
            "roles <@ ARRAY['x']",
            {"{}", '{"x"}'},
        ),
        (Type(family=Family.ENUM, sql="e", labels=("a", "b")), "e = 'a'", {"a", "b"}),
    ],
)
def test_constants_and_what_lies_near_them_are_tried(
    kind: Type, condition: str, wanted: set[str]
) -> None:
    assert wanted <= set(suggested(kind, condition))


def test_nothing_too_long_or_too_large_is_tried() -> None:
    short = Type(family=Family.TEXT, sql="varchar", length=2)
    small = Type(family=Family.INTEGER, sql="tinyint", low=-128, high=127)

    assert all(len(text) <= 2 for text in suggested(short, "c IN ('abc', 'ab') AND length(c) = 9"))
    assert all(-128 <= int(text) <= 127 for text in suggested(small, "n < 300 OR n = -129"))
