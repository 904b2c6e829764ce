"""One of several equal parts of the databases."""

from collections.abc import Mapping

import pytest

from alembic_ci.errors import SettingsError
from alembic_ci.fleet.shard import Shard, shard


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("2/5", {"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "9"}, Shard(2, 5)),
        ("1/1", {}, Shard(1, 1)),
        ("auto", {"CI_NODE_INDEX": "3", "CI_NODE_TOTAL": "4"}, Shard(3, 4)),
        ("auto/4", {"JOB_COMPLETION_INDEX": "0"}, Shard(1, 4)),
        ("auto/4", {"JOB_COMPLETION_INDEX": "3"}, Shard(4, 4)),
        ("", {"CI_NODE_INDEX": "3", "CI_NODE_TOTAL": "4", "JOB_COMPLETION_INDEX": "0"}, None),
    ],
)
def test_a_shard_is_written_or_told_by_the_host(
    text: str, variables: Mapping[str, str], expected: Shard | None
) -> None:
    assert shard(text, variables) == expected


@pytest.mark.parametrize(
    ("text", "variables", "told"),
    [
        ("5", {}, "not a part"),
        ("a/b", {}, "not a part"),
        ("0/4", {}, "no part 0 of 4"),
        ("5/4", {}, "no part 5 of 4"),
        ("auto", {}, "nothing says"),
        ("auto", {"CI_NODE_TOTAL": "1"}, "nothing says"),
        ("auto", {"JOB_COMPLETION_INDEX": "1"}, "how many parts"),
        ("auto/4", {"JOB_COMPLETION_INDEX": "4"}, "no part 5 of 4"),
    ],
)
def test_what_is_no_shard_is_refused(text: str, variables: Mapping[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        shard(text, variables)


def test_every_database_is_in_one_shard_whatever_others_there_are() -> None:
    names = [f"production/tenant{number}" for number in range(200)]
    shards = [Shard(index, 7) for index in range(1, 8)]

    parts = [[name for name in names if part.holds(name)] for part in shards]

    assert sorted(name for part in parts for name in part) == sorted(names)
    assert all(15 <= len(part) <= 45 for part in parts)
