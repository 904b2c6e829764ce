"""Fill the templates: one HTML file with its style, its script and a policy that allows no more."""

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from alembic_ci.model import Report
from alembic_ci.render.failures import failures, notes, warnings
from alembic_ci.render.headline import headline, verdict
from alembic_ci.render.html.cards import cards, environment_names
from alembic_ci.render.html.graph import graph
from alembic_ci.render.html.highlighting import Highlighter
from alembic_ci.render.html.scripts import scripts_by_revision
from alembic_ci.render.html.timeline import timeline
from alembic_ci.render.incidents import incidents
from alembic_ci.render.rows import rows
from alembic_ci.render.words import (
    by_database,
    counted,
    database_message,
    one_line,
    outcome,
    place,
    populated,
    rollback,
    seconds,
    standing,
    visible,
)

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_CODE = re.compile(r"`([^`]+)`")
_NAMES_SHOWN = 6


def html_report(report: Report) -> str:
    """Return the whole page."""
    style, script = (_part(name) for name in ("report.css", "report.js"))
    return (
        _environment()
        .get_template("report.html")
        .render(
            **_facts(report),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(style, script),
        )
    )


def prepare() -> None:
    """Load Jinja2 and the templates, which takes longer than to fill them for a small run."""
    environment = _environment()
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - takes time

    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= _FILTERS
    return made


def _facts(report: Report) -> dict[str, object]:
    found = rows(report)
    highlight = Highlighter()
    made = cards(report, found, scripts_by_revision(found, highlight))
    return {
        "report": report,
        "verdict": verdict(report),
        "headline": headline(report),
        "rows": found,
        "environments": environment_names(found),
        "failures": failures(report),
        "warnings": warnings(report),
        "notes": notes(report),
        "cards": made,
        "graph": graph(report, made),
        "tracks": timeline(found),
        "highlight": highlight,
    }


def _part(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Allow our own style and script by their hashes, and nothing else at all."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _shown(value: object) -> object:
    """Spell out what would act instead of show, in all that comes from outside."""
    return visible(value) if type(value) is str else value


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name) for name in names[:_NAMES_SHOWN])
    rest = len(names) - _NAMES_SHOWN
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def _prose(text: str) -> Markup:
    """Show what stands between backticks as code."""
    pieces = _CODE.split(one_line(text))
    code = Markup("<code>{}</code>")
    return Markup("").join(
        code.format(piece) if number % 2 else piece for number, piece in enumerate(pieces)
    )


_FILTERS: dict[str, Callable[..., object]] = {
    "by_database": by_database,
    "counted": counted,
    "database_message": database_message,
    "incidents": incidents,
    "listed": _listed,
    "one_line": one_line,
    "outcome": outcome,
    "place": place,
    "populated": populated,
    "prose": _prose,
    "rollback": rollback,
    "seconds": seconds,
    "standing": standing,
}
