"""Names and texts in SQL."""

from alembic_ci.urls import Dialect


def quote(dialect: Dialect, name: str) -> str:
    """Return *name* as one identifier, whatever characters it has."""
    mark = "`" if dialect is Dialect.MYSQL else '"'
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def quoted_text(text: str) -> str:
    """Return *text* as an SQL string; one with a backslash means something else on MySQL."""
    return "'" + text.replace("'", "''") + "'"
