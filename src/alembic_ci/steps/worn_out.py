"""Tables of MySQL that a proof has changed at once more often than MySQL does.

It adds and drops columns with ``ALGORITHM=INSTANT`` 64 times, since 9.1 255 times, and wants the
table rebuilt then; a proof goes up, down and up where a deployment goes up.
https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html
"""

from typing import Protocol

from alembic_ci.model import Difference

_CODE = "4092"  # ER_INNODB_MAX_ROW_VERSION; of MariaDB, that a view is not there


class _Refusal(Protocol):
    """What a server has refused: a failure, or the problem that is made of it."""

    @property
    def code(self) -> str | None:
        """Its number."""

    @property
    def statement(self) -> str | None:
        """What was refused."""


def worn_out(refusal: _Refusal | None) -> bool:
    """Tell whether the table is to blame, and not the revision."""
    if refusal is None or refusal.code != _CODE:
        return False
    return "INSTANT" in (refusal.statement or "").upper()


def not_tried(revision: str) -> Difference:
    """Say that the trial on rows did not come to the end of a revision."""
    text = (
        "it was not tried to its end on made-up rows: MySQL changes a table at once (INSTANT) only "
        "so often before it is rebuilt, and the trial goes up, down and up"
    )
    return Difference(text=text, object=f"revision {revision}")
