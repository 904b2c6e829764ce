"""What env.py itself executes before the migrations, as a part of their scripts."""

from collections.abc import Sequence
from dataclasses import dataclass

from alembic_ci.model import SetupStatement
from alembic_ci.project.executions import OwnStatement
from alembic_ci.project.offline import RenderedScript
from alembic_ci.statements import statements
from alembic_ci.statements.actions import ends_transaction
from alembic_ci.steps.alike import words
from alembic_ci.steps.statement_text import terminated
from alembic_ci.urls import Dialect

_SETTING = frozenset(["SET", "RESET", "USE", "PRAGMA"])
_LONGEST = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The beginning of one script: what stands *before* all else, and in its transaction."""

    before: str = ""
    inside: str = ""
    told: tuple[SetupStatement, ...] = ()


def setup(own: Sequence[OwnStatement], file: str, whole: RenderedScript, dialect: Dialect) -> Setup:
    """Return what a script begins with, but for what env.py's offline part renders itself.

    In it is what does no harm twice, for env.py has executed it on the database already, if only to
    see where that stands. The rest is named in a comment.
    """
    rendered = {words(one.sql, dialect) for one in statements(whole.preamble, dialect)}
    transaction = whole.transactional and not whole.per_migration
    before: list[str] = []
    inside: list[str] = []
    told: list[SetupStatement] = []
    for statement in own:
        for text in () if statement.read else statement.texts:
            if words(text, dialect) in rendered or _ends_transaction(text, dialect):
                continue
            one = SetupStatement(
                text=text, file=file, line=statement.line, written=repeatable(text, dialect)
            )
            told.append(one)
            place = inside if statement.open and transaction and one.written else before
            place.append(_written(one, dialect))
    return Setup(before="".join(before), inside="".join(inside), told=tuple(told))


def _ends_transaction(statement: str, dialect: Dialect) -> bool:
    """Tell whether a statement only begins or ends a transaction: a script has its own."""
    return all(ends_transaction(one.parts) for one in statements(statement, dialect))


def repeatable(statement: str, dialect: Dialect) -> bool:
    """Tell whether a statement only sets what the session has, or makes what is not there yet."""
    said = [word.upper() for word in words(statement, dialect)]
    if said[:1] == ["SELECT"]:
        return "SET_CONFIG" in said
    creates = said[:1] == ["CREATE"] and (
        said[1:3] == ["OR", "REPLACE"] or said[2:5] == ["IF", "NOT", "EXISTS"]
    )
    return creates or bool(_SETTING.intersection(said[:1]))


def entering(schema: str) -> str:
    """Return what a tenant's script begins with; the worker does so before env.py begins."""
    quoted = schema.replace('"', '""')
    return f'-- the schema that is migrated\nSET search_path TO "{quoted}";\n\n'


def only_for(table: str, count: int) -> str:
    """Return what the script begins with where env.py goes from version table to version table."""
    return f"-- for `{table}` only, of {count} version tables that env.py goes through\n\n"


def _written(one: SetupStatement, dialect: Dialect) -> str:
    place = f"{one.file}:{one.line}" if one.line else one.file
    if one.written:
        return f"-- {place} executes this before the migrations\n{terminated(one.text, dialect)}"
    text = " ".join(one.text.split())
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
    return f"-- not in this script: {place} also executes before the migrations\n--   {shown}\n\n"
