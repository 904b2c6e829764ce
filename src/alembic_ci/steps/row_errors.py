"""Failures that only happen on tables that hold rows, and the way around each."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from alembic_ci.model import Difference, Phase
from alembic_ci.project.failures import Failure, StepFailedError
from alembic_ci.statements import statements
from alembic_ci.steps.new_keys import NewKey
from alembic_ci.urls import Dialect

# SQLAlchemy's names for what the data made fail, whatever the driver:
# https://docs.sqlalchemy.org/en/20/errors.html#dbapi-errors
_DATA_ERRORS = frozenset({"sqlalchemy.exc.IntegrityError", "sqlalchemy.exc.DataError"})
_CHANGES_SCHEMA = frozenset({"ALTER", "CREATE", "RENAME", "DROP"})

_NOT_NULL = (
    "Add the column nullable or with server_default, fill it with op.execute(), and only then "
    "op.alter_column(..., nullable=False)."
)
RESOLVE_DUPLICATES = (
    "Resolve duplicates with op.execute() before op.create_unique_constraint() or "
    "op.create_index(..., unique=True)."
)
_LEFT_ROWS = (
    "Let downgrade() delete the rows that upgrade() adds, or let upgrade() add only those that are "
    "missing."
)
_FOREIGN_KEY = (
    "Delete or repair the orphans with op.execute() before op.create_foreign_key(); on PostgreSQL "
    "it can be added with postgresql_not_valid=True and validated later."
)
_REFERRED_TO = (
    "Take away the rows that refer to the table before it is dropped. For a batch operation on "
    "SQLite, which drops the old table, let env.py execute PRAGMA foreign_keys=OFF before the "
    "transaction begins."
)
_FOREIGN_KEY_CODES = ("23503", "1451", "1452", "SQLITE_CONSTRAINT_FOREIGNKEY")
_CHECK = "Repair the rows with op.execute() before op.create_check_constraint()."
_CONVERT = (
    "Convert the values first: {}a new column that is filled with op.execute() and takes the old "
    "one's name."
)
_USING = _CONVERT.format("op.alter_column(..., postgresql_using=...), or ")
_NEW_COLUMN = _CONVERT.format("with op.execute(), or into ")
_OWN_ROWS = (
    "Where real rows are never like those that alembic-ci made, let alembic-ci-rows/{}.sql put "
    "others in their place (UPDATE, or DELETE and INSERT)."
)
_PARTITION = (
    "Make a partition for the rows that are there, or delete them with op.execute() before."
)
_IN_USE = (
    'Run op.execute("SET CONSTRAINTS ALL IMMEDIATE") between the data change and the change of the '
    "schema."
)
# https://www.postgresql.org/docs/current/errcodes-appendix.html
# https://mariadb.com/kb/en/mariadb-error-code-reference/  https://sqlite.org/rescode.html
_UNIQUE_CODES = ("23505", "1062", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
_REMEDIES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("23502", "1048", "1138", "1364", "SQLITE_CONSTRAINT_NOTNULL"), _NOT_NULL)
    | dict.fromkeys(_UNIQUE_CODES, RESOLVE_DUPLICATES)
    | dict.fromkeys(_FOREIGN_KEY_CODES, _FOREIGN_KEY)
    | dict.fromkeys(("23514", "3819", "4025", "SQLITE_CONSTRAINT_CHECK"), _CHECK)
    | dict.fromkeys(("22001", "22003", "22P02"), _USING)
    | dict.fromkeys(("1264", "1292", "1366", "1406", "1416", "1690"), _NEW_COLUMN)
    # What MySQL says of JSON, of places, and of expressions in an index:
    | dict.fromkeys(("3140", "3141", "3643", "3751", "3903"), _NEW_COLUMN)
    | {"1526": _PARTITION}
    | {"1265": f"Where NULL is the trouble: {_NOT_NULL} Otherwise: {_NEW_COLUMN}"}
    | {"55006": _IN_USE, "SQLITE_ERROR": _NOT_NULL}
)
_WORDS = {
    Phase.UP: ("Revision {} fails on tables that hold rows.", "the deployment"),
    Phase.DOWN: ("The downgrade of revision {} fails on tables that hold rows.", "a rollback"),
    Phase.SECOND_UP: (
        "Revision {} cannot be applied again to tables that hold rows.",
        "the deployment after a rollback",
    ),
}

_STEPS = {Phase.UP: "upgrade", Phase.DOWN: "downgrade", Phase.SECOND_UP: "second upgrade"}


def about_rows(error: StepFailedError, phase: Phase, dialect: Dialect) -> bool:
    """Tell whether a change of the schema was refused because of the rows that were there.

    A data change that fails (a seed row whose id a made row already has, a text that grows too
    long) fails because of the values we made up, and says little about the real ones. But where the
    same change passed before the downgrade, a row that is there now is one that it left.
    """
    failure = error.failure
    if failure is None:
        return False
    if not _changes_schema(failure.statement or "", dialect):
        return phase is Phase.SECOND_UP and about_duplicates(error)
    return failure.kind in _DATA_ERRORS or _code(failure) in _REMEDIES


def _code(failure: Failure) -> str | None:
    """Return the error's code; before Python 3.11 SQLite's have none.

    SQLite refuses ``ADD COLUMN ... NOT NULL`` on rows with its code for everything.
    """
    unnamed = failure.code is None and failure.kind == "sqlalchemy.exc.OperationalError"
    return "SQLITE_ERROR" if unnamed else failure.code


def about_duplicates(error: StepFailedError) -> bool:
    """Tell whether a unique key was refused; before Python 3.11 SQLite's errors have no code."""
    failure = error.failure
    if failure is None:
        return False
    coded = failure.code in _UNIQUE_CODES
    return coded or (failure.code is None and failure.kind == "sqlalchemy.exc.IntegrityError")


def on_duplicates(key: NewKey, columns: Sequence[str]) -> Difference:
    """Say which values must not be there twice."""
    named = " and ".join(f"`{name}`" for name in columns)
    text = f"upgrade fails when two rows of `{key.table}` have the same {named} ({key.object})"
    return Difference(text=text, object=key.object)


def untried(key: NewKey, obstacle: str) -> Difference:
    """Say that a unique key was not tried on duplicates, and why."""
    text = f"{key.object} was not tried on duplicate values: {obstacle}"
    return Difference(text=text, object=key.object)


def _changes_schema(text: str, dialect: Dialect) -> bool:
    """Tell DDL from DML; on SQLite a batch operation copies the rows into a new table."""
    if "_alembic_tmp_" in text:
        return True
    verbs = {piece.parts[0].word for piece in statements(text, dialect)}
    return bool(verbs) and verbs <= _CHANGES_SCHEMA


def on_rows(error: StepFailedError, phase: Phase, dialect: Dialect) -> StepFailedError:
    """Return *error* saying that it depends on rows, with the remedy in Alembic's operations."""
    said = error.retold()
    problem, when = _WORDS[phase]
    said.problem = problem.format(error.revision)
    said.meaning = f"On empty tables it passes: CI would be green and {when} would fail."
    said.remedy = f"{_remedy(error, dialect)} {_OWN_ROWS.format(error.revision)}"
    return said


def _remedy(error: StepFailedError, dialect: Dialect) -> str:
    usual = "Let it work on the rows that are there."
    if error.failure is None:
        return usual
    code = _code(error.failure)
    if about_duplicates(error) and not _changes_schema(error.failure.statement or "", dialect):
        return _LEFT_ROWS
    if code in _FOREIGN_KEY_CODES and _drops(error.failure, dialect):
        return _REFERRED_TO
    return _REMEDIES.get(code or "", usual)


def _drops(failure: Failure, dialect: Dialect) -> bool:
    pieces = statements(failure.statement or "", dialect)
    return all(piece.parts[0].word == "DROP" for piece in pieces)


def on_made_values(error: StepFailedError, phase: Phase) -> Difference:
    """Return the notice of a revision that cannot digest made-up values."""
    what = error.failure.kind if error.failure else "an error"
    text = (
        f"{_STEPS[phase]} raised {what} on made-up rows and passes on empty tables; to see more, "
        f"let alembic-ci-rows/{error.revision}.sql put rows that it can work with in their place"
    )
    return Difference(text=text, object=f"revision {error.revision}")
