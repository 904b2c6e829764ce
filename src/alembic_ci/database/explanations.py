"""What the code of a failed statement usually means in a migration, and what to do about it.

SQLSTATEs of PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html), numbers of
MariaDB and MySQL (https://mariadb.com/kb/en/mariadb-error-code-reference/), names of SQLite
(https://www.sqlite.org/rescode.html).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A stable word for the failure, its usual cause and the way out."""

    failure_class: str
    meaning: str
    remedy: str


_ROWS = Explanation(
    failure_class="rows-in-the-way",
    meaning="The table holds rows that the new rule forbids; on the empty tables of a test "
    "database nothing of this shows.",
    remedy="Change the rows first, in this revision or an earlier one, then add the rule.",
)
_WRITTEN = replace(
    _ROWS,
    meaning="A row that the statement writes or deletes breaks a rule of its table: a value is "
    "there already, is missing, or is referred to.",
    remedy="Let the statement work on whatever rows a database has, or change those first that "
    "are in its way.",
)
_NUMBERED = replace(
    _WRITTEN,
    meaning="Another row has the value already. Where the number comes from a sequence: that does "
    "not know of rows which were inserted with numbers of their own.",
    remedy="Insert only what is missing; move the sequence with setval() behind rows that bring "
    "their numbers.",
)
_IN_TRANSACTION = Explanation(
    failure_class="in-transaction",
    meaning="PostgreSQL runs this statement only outside a transaction, as CREATE INDEX "
    "CONCURRENTLY and VACUUM.",
    remedy="Put it into `with op.get_context().autocommit_block():`, in a revision of its own.",
)
_NEW_ENUM_VALUE = Explanation(
    failure_class="new-enum-value",
    meaning="A value that ALTER TYPE ... ADD VALUE adds can be used only after its transaction is "
    "committed.",
    remedy="Add the value in a revision of its own, inside `autocommit_block()`, and use it in the "
    "next; with one transaction for all revisions set transaction_per_migration=True as well.",
)
_EXISTS = Explanation(
    failure_class="already-exists",
    meaning="What the revision makes is there already: it is half applied, a downgrade left it "
    "behind, or create_all() or another job made it.",
    remedy="Ask `doctor` which of them it is before anything is dropped.",
)
_TOO_LONG = Explanation(
    failure_class="value-too-long",
    meaning="A value is longer than its column. If the statement writes the version table, it is "
    "the revision's id: Alembic's column takes 32 characters.",
    remedy="Shorten the value or the id, or widen the column; `doctor` has the statement for the "
    "version table.",
)
_READ_ONLY = Explanation(
    failure_class="read-only",
    meaning="The server takes no writes: it is a replica, or set to read-only.",
    remedy="Point the URL's variable at the primary server.",
)
_ABORTED = Explanation(
    failure_class="aborted-transaction",
    meaning="An earlier statement of the transaction failed and the revision caught the error; "
    "PostgreSQL then refuses all that follows.",
    remedy="Put the statement that may fail into a savepoint (`connection.begin_nested()`), or ask "
    "the catalogue before instead of catching the error.",
)
_DEPENDENTS = Explanation(
    failure_class="dependents",
    meaning="Other objects or rows depend on what the revision takes away.",
    remedy="Take those away first, in this revision; CASCADE would take away what nobody listed.",
)
_FULL = Explanation(
    failure_class="disk-full",
    meaning="The server has no room left, for the data or for a copy of the table.",
    remedy="Make room on the server, then run again.",
)
_LOCK_TABLE = Explanation(
    failure_class="too-many-locks",
    meaning="One transaction touches more objects than max_locks_per_transaction allows for.",
    remedy="Set transaction_per_migration=True in context.configure(), or raise that limit.",
)
_DENIED = Explanation(
    failure_class="access-denied",
    meaning="The user of this environment's URL may not do what the statement asks for.",
    remedy="Grant it the privilege, let it own the object, or use the URL of the user that does.",
)
_STOPPED = Explanation(
    failure_class="statement-timeout",
    meaning="The statement took longer than statement_timeout or max_statement_time allows, or "
    "somebody cancelled it.",
    remedy="Do it in smaller parts, or at a quieter time; or allow it more time.",
)
_BINARY_LOG = Explanation(
    failure_class="binary-log",
    meaning="The server writes a binary log: it takes triggers and functions only of users with "
    "SUPER, and only functions that are said to be DETERMINISTIC, NO SQL or READS SQL DATA.",
    remedy="Set log_bin_trust_function_creators = 1 on the server; or say it in the function, and "
    "use a user with SUPER.",
)
_NO_KEY = Explanation(
    failure_class="primary-key-required",
    meaning="The server wants a primary key in every table (sql_require_primary_key).",
    remedy="Give the table one; replace a key in one ALTER TABLE that drops it and adds the other.",
)
_EACH_ROW = Explanation(
    failure_class="default-per-row",
    meaning="MySQL adds no column whose default is another value for each row, as UUID() is.",
    remedy="Add the column without it, fill it with op.execute(), and then set the default with "
    "ALTER TABLE ... ALTER COLUMN ... SET DEFAULT.",
)

_BY_CODE: Mapping[str, Explanation] = MappingProxyType(
    {
        **dict.fromkeys(("23502", "23503", "23505", "23514", "23P01"), _ROWS),
        **dict.fromkeys(("1062", "1138", "1265", "1451", "1452", "3819", "4025"), _ROWS),
        **dict.fromkeys(("1048", "1364", "1216"), _ROWS),
        "25001": _IN_TRANSACTION,
        "55P04": _NEW_ENUM_VALUE,
        **dict.fromkeys(("42P07", "42701", "42710", "42P06", "42723"), _EXISTS),
        **dict.fromkeys(("1050", "1060", "1061", "1826", "1068"), _EXISTS),
        **dict.fromkeys(("1304", "1359", "1517", "1537", "3822"), _EXISTS),
        **dict.fromkeys(("22001", "1406"), _TOO_LONG),
        **dict.fromkeys(("25006", "1290", "1792", "1836", "SQLITE_READONLY"), _READ_ONLY),
        "25P02": _ABORTED,
        **dict.fromkeys(("2BP01", "1217", "1701", "1553", "1828"), _DEPENDENTS),
        **dict.fromkeys(("1829", "1832", "1833", "3108", "3730", "3766"), _DEPENDENTS),
        **dict.fromkeys(("3837", "3855", "3959"), _DEPENDENTS),
        **dict.fromkeys(("1418", "1419"), _BINARY_LOG),
        "3750": _NO_KEY,
        "1674": _EACH_ROW,
        **dict.fromkeys(("53100", "1021", "1114", "SQLITE_FULL"), _FULL),
        "53200": _LOCK_TABLE,
        **dict.fromkeys(("42501", "1044", "1142", "1143", "1227"), _DENIED),
        **dict.fromkeys(("57014", "1969", "3024"), _STOPPED),
    }
)
_BY_START = (("SQLITE_CONSTRAINT", _ROWS), ("SQLITE_READONLY", _READ_ONLY))
_WRITES_ROWS = re.compile(
    r"\s*(?:insert(?!\s+into\s+_alembic_tmp_)|update|delete|merge|replace)\b", re.IGNORECASE
)
"""Not what a batch operation on SQLite copies into the table with the new rule."""
_DROPS = re.compile(r"\s*drop\b", re.IGNORECASE)
_TAKEN_ON_POSTGRESQL = "23505"


def explanation(code: str | None, statement: str | None = None) -> Explanation | None:
    """Return what a code means in a migration, None where it says nothing by itself.

    It means something else where the failed *statement* writes rows itself.
    """
    if not code:
        return None
    by_start = next((found for start, found in _BY_START if code.startswith(start)), None)
    found = _BY_CODE.get(code, by_start)
    if found is _ROWS and statement and _DROPS.match(statement):
        return _DEPENDENTS
    if found is _ROWS and statement and _WRITES_ROWS.match(statement):
        return _NUMBERED if code == _TAKEN_ON_POSTGRESQL else _WRITTEN
    return found
