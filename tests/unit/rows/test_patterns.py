"""Texts for patterns as people write them into CHECKs."""

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_ci.database.rows.patterns import glob_samples, like_samples, regex_samples


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{3}$",
        r"^[A-Z]{2}-\d{4}(/[a-f0-9]+)?$",
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        r"^\+?[1-9]\d{1,14}$",
        r"^#[0-9a-fA-F]{6}$",
        r"^(red|green|blue)$",
        r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$",
        r"^https?://.+",
        r"^(?:\d{1,3}\.){3}\d{1,3}$",
        r"^\w{3,5}\s\w+\.$",
        r"^[\w.-]{2,10}$",
        r"^v\d+(\.\d+){2}(-rc\d+)?$",
        r"^\(\d{3}\) [0-9]{3}-[0-9]{4}$",
        r"^[]a-c]{2}\Z",
    ],
)
def test_a_sample_matches(pattern: str) -> None:
    samples = list(regex_samples(pattern, count=6))

    assert all(re.search(pattern, sample) for sample in samples)


def test_samples_differ() -> None:
    assert len(list(regex_samples("^[A-Z]{3}$", count=6))) == 6


@given(st.text(alphabet="ab[](){}|*+?.^$\\d-,:1!<=", max_size=20))
def test_any_pattern_comes_to_an_end(pattern: str) -> None:
    assert len(list(regex_samples(pattern, count=3))) <= 3


def test_named_classes_are_known() -> None:
    assert list(regex_samples("^[[:upper:]][[:digit:]]{2}$", count=1)) == ["A00"]


def test_like_and_glob_are_filled_in() -> None:
    assert "a@a.a" in like_samples("%@%.%")
    assert all(fnmatchcase(text, "[A-Z]?*-x") for text in glob_samples("[A-Z]?*-x"))
