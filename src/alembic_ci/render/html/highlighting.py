"""SQL in colour, as far as a budget of characters goes."""

from markupsafe import Markup, escape

from alembic_ci.render.html.painting import painted
from alembic_ci.render.words import visible
from alembic_ci.urls import Dialect

# The spans are about as long as what they wrap.
_COLOURED = 150_000
_SHOWN = 1_500_000

_DIALECTS = {
    "postgresql": Dialect.POSTGRESQL,
    "mysql": Dialect.MYSQL,
    "mariadb": Dialect.MYSQL,
}


class Highlighter:
    """Turns SQL into HTML; past the budget it is shown without colour, then not at all."""

    def __init__(self) -> None:
        self._coloured = _COLOURED
        self._shown = _SHOWN
        self._done: dict[tuple[str, str], Markup | None] = {}

    def __call__(self, sql: str, dialect: str = "") -> Markup | None:
        """Return HTML without its ``<pre>``; None when the page has enough SQL already."""
        key = (sql, dialect)
        if key not in self._done:
            self._done[key] = self._made(visible(sql).rstrip(), dialect)
        return self._done[key]

    def _made(self, sql: str, dialect: str) -> Markup | None:
        self._shown -= len(sql)
        if self._shown < 0:
            return None
        self._coloured -= len(sql)
        if self._coloured < 0:
            return escape(sql)
        html = painted(sql, _DIALECTS.get(dialect, Dialect.SQLITE))
        return Markup(html)  # noqa: S704 - what is painted is escaped
