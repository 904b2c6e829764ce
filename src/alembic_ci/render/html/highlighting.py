"""SQL in colour, as far as a budget of characters goes; Pygments is only loaded for it."""

from collections.abc import Callable
from functools import cache

from markupsafe import Markup, escape

from alembic_ci.render.words import visible

# Pygments does about a megabyte a second, and its tags are four times what they wrap.
_COLOURED = 150_000
_SHOWN = 1_500_000

_LEXERS = {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}


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
        html = _painter(_LEXERS.get(dialect, "sql"))(sql)
        return Markup(html.rstrip("\n"))  # noqa: S704 - Pygments escapes what it wraps


@cache
def _painter(language: str) -> Callable[[str], str]:
    """Return what colours one statement; to make it takes longer than to colour one."""
    from pygments import highlight  # noqa: PLC0415 - only a run with SQL pays for these
    from pygments.formatters.html import HtmlFormatter  # noqa: PLC0415
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415

    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    formatter = HtmlFormatter(nowrap=True)
    return lambda sql: highlight(sql, lexer, formatter)
