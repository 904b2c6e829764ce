"""What a statement may change without naming it: through views, rules, triggers and routines."""

import re
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from alembic_ci.database.control import Control
from alembic_ci.urls import Dialect

_WORD = re.compile(r"\w+")
_DYNAMIC = frozenset({"execute", "prepare"})
"""What runs a text that is put together first, in every language of routines."""

# Each row is a name and the text behind it: what using the name runs.
_POSTGRESQL = """\
select p.proname, case when p.prosrc = '' then pg_get_functiondef(p.oid) else p.prosrc end
from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
where n.nspname not in ('pg_catalog', 'information_schema') and l.lanname not in ('c', 'internal')
union all
select c.relname, pg_get_ruledef(r.oid)
from pg_rewrite r join pg_class c on c.oid = r.ev_class
join pg_namespace n on n.oid = c.relnamespace
where n.nspname not in ('pg_catalog', 'information_schema')
union all
select c.relname, p.proname
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
where not t.tgisinternal"""
_MYSQL = """\
select routine_name, coalesce(routine_definition, 'execute')
from information_schema.routines where routine_schema = database()
union all
select table_name, coalesce(view_definition, 'execute')
from information_schema.views where table_schema = database()
union all
select event_object_table, coalesce(action_statement, 'execute')
from information_schema.triggers where event_object_schema = database()"""
_SQLITE = "select tbl_name, sql from sqlite_master where type in ('view', 'trigger')"
_TEXTS: Mapping[Dialect, str] = MappingProxyType(
    {
        Dialect.POSTGRESQL: _POSTGRESQL,
        Dialect.MYSQL: _MYSQL,  # a text is NULL where this user may not read it
        Dialect.SQLITE: _SQLITE,
    }
)


def words(text: str) -> frozenset[str]:
    """Return the words of a statement, in lower case."""
    return frozenset(_WORD.findall(text.lower()))


def may_name_anything(found: Collection[str]) -> bool:
    """Tell whether a text with these words may run another one, which nobody can read."""
    return not _DYNAMIC.isdisjoint(found)


class Reach:
    """The names of one database that stand for more than themselves.

    What was there once is remembered: a downgrade may use it and then drop it.
    """

    def __init__(self, control: Callable[[], Control]) -> None:
        self._control = control
        self._behind: dict[str, set[str]] = {}

    def look(self) -> None:
        """Read the names that are there now, and what is behind them."""
        control = self._control()
        for name, text in control.query(_TEXTS[control.dialect]):
            self._behind.setdefault(str(name).lower(), set()).update(words(str(text)))

    def reached(self, named: Collection[str]) -> frozenset[str]:
        """Add to the words of a statement what is behind the names among them, and so on."""
        found, new = set(named), set(named)
        while new:
            new = {word for name in new for word in self._behind.get(name, ())} - found
            found |= new
        return frozenset(found)
