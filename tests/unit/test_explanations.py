"""What codes of failed statements mean."""

import pytest

from alembic_ci.database.explanations import explanation


@pytest.mark.parametrize(
    ("code", "failure_class"),
    [
        ("23502", "rows-in-the-way"),
        ("1062", "rows-in-the-way"),
        ("SQLITE_CONSTRAINT_NOTNULL", "rows-in-the-way"),
        ("25001", "in-transaction"),
        ("55P04", "new-enum-value"),
        ("42P07", "already-exists"),
        ("1050", "already-exists"),
        ("1359", "already-exists"),
        ("22001", "value-too-long"),
        ("25006", "read-only"),
        ("25P02", "aborted-transaction"),
        ("2BP01", "dependents"),
        ("3730", "dependents"),
        ("1419", "binary-log"),
        ("3750", "primary-key-required"),
        ("1674", "default-per-row"),
        ("42501", "access-denied"),
        ("57014", "statement-timeout"),
    ],
)
def test_a_code_that_tells_its_cause_has_a_class_of_its_own(code: str, failure_class: str) -> None:
    found = explanation(code)

    assert found is not None
    assert found.failure_class == failure_class


@pytest.mark.parametrize("code", [None, "", "42601", "42P01", "55P03", "SQLITE_ERROR"])
def test_a_code_that_may_mean_anything_has_none(code: str | None) -> None:
    assert explanation(code) is None
