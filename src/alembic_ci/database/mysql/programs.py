"""Views, routines, triggers, events, sequences and the database's own defaults.

Sources: ``information_schema.VIEWS``, ``ROUTINES`` with ``PARAMETERS``, ``TRIGGERS``, ``EVENTS``
and ``SCHEMATA``, and the sequences themselves, which MariaDB keeps as tables of one row.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from alembic_ci.database.mysql.server import Server, text
from alembic_ci.database.mysql.tables import modern
from alembic_ci.database.quoting import quoted_text
from alembic_ci.database.tracking import Query
from alembic_ci.delta import Attributes, ObjectKey

Item = tuple[ObjectKey, Attributes]

_VIEWS = """
SELECT TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, SECURITY_TYPE, DEFINER, {algorithm}
FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE(){only}
"""
_PARAMETERS = """
SELECT SPECIFIC_NAME, ROUTINE_TYPE, PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER
FROM information_schema.PARAMETERS
WHERE SPECIFIC_SCHEMA = DATABASE() AND ORDINAL_POSITION > 0
ORDER BY SPECIFIC_NAME, ROUTINE_TYPE, ORDINAL_POSITION
"""
_ROUTINES = """
SELECT ROUTINE_NAME, ROUTINE_TYPE, DTD_IDENTIFIER, ROUTINE_DEFINITION, IS_DETERMINISTIC,
       SQL_DATA_ACCESS, SECURITY_TYPE, SQL_MODE, ROUTINE_COMMENT, DEFINER
FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
"""
_TRIGGERS = """
SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER,
       ACTION_STATEMENT, SQL_MODE, DEFINER
FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
"""
_EVENTS = """
SELECT EVENT_NAME, EVENT_TYPE, INTERVAL_VALUE, INTERVAL_FIELD,
       CASE WHEN STARTS <> CREATED THEN STARTS END, ENDS, EVENT_DEFINITION, STATUS,
       ON_COMPLETION, SQL_MODE, EVENT_COMMENT, DEFINER
FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()
"""
_DEFAULTS = """
SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME
FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()
"""
_SEQUENCE = """
SELECT {name}, start_value, minimum_value, maximum_value, increment, cache_size, cycle_option
FROM `{table}`
"""


def views(query: Query, server: Server, only: str = "") -> Iterator[Item]:
    """Yield the views with their definition as the server rewrote it."""
    algorithm = server.column("VIEWS", "ALGORITHM")
    for row in query(_VIEWS.format(only=only, algorithm=algorithm)):
        name, definition, check, security, definer, way = (text(value) for value in row)
        yield (
            ObjectKey("view", "", name),
            {
                "definition": server.unqualified(definition),
                "check option": check,
                "security": security,
                "definer": definer,
                "algorithm": way,
            },
        )


def routines(query: Query, server: Server) -> Iterator[Item]:
    """Yield functions and procedures with their parameters and body."""
    parameters: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for owner, kind, *words in query(_PARAMETERS):
        parameters[text(owner), text(kind)].append(" ".join(text(word) for word in words))
    for row in query(_ROUTINES):
        name, kind, returns, body, pure, access, security, mode, comment, definer = map(text, row)
        described = {
            "parameters": ", ".join(parameters[name, kind]),
            "definition": server.unqualified(body),
            "deterministic": pure.lower(),
            "data access": access,
            "security": security,
            "sql mode": mode,
            "definer": definer,
        }
        described |= {"returns": returns} if returns else {}
        described |= {"comment": comment} if comment else {}
        yield ObjectKey(kind.lower(), "", name), described


def triggers(query: Query) -> Iterator[Item]:
    """Yield the triggers; their order matters where several fire at one moment."""
    for row in query(_TRIGGERS):
        table, name, timing, event, order, body, mode, definer = map(text, row)
        yield (
            ObjectKey("trigger", table, name),
            {
                "when": f"{timing} {event}",
                "order": order,
                "definition": body,
                "sql mode": mode,
                "definer": definer,
            },
        )


def events(query: Query) -> Iterator[Item]:
    """Yield the scheduled events.

    A start that is the moment of creation, and the moment of a single execution, are left out:
    both differ each time a migration runs.
    """
    for row in query(_EVENTS):
        name, kind, count, unit, starts, ends, body, status, after, mode, comment, definer = map(
            text, row
        )
        described = {
            "schedule": f"EVERY {count} {unit}" if kind == "RECURRING" else kind,
            "definition": body,
            "status": status,
            "on completion": after,
            "sql mode": mode,
            "definer": definer,
        }
        optional = {"starts": starts, "ends": ends, "comment": comment}
        yield ObjectKey("event", "", name), described | {k: v for k, v in optional.items() if v}


def sequences(query: Query, names: Iterable[str]) -> Iterator[Item]:
    """Yield MariaDB's sequences, without the value they have come to; one query for all."""
    selects = [
        _SEQUENCE.format(name=quoted_text(name), table=name.replace("`", "``")) for name in names
    ]
    for row in query(" UNION ALL ".join(selects)) if selects else ():
        name, start, lowest, highest, step, cache, cycle = map(text, row)
        yield (
            ObjectKey("sequence", "", name),
            {
                "start": start,
                "minimum": lowest,
                "maximum": highest,
                "increment": step,
                "cache": cache,
                "cycle": "yes" if cycle not in {"0", "False"} else "no",
            },
        )


def defaults(query: Query) -> Iterator[Item]:
    """Yield what new tables get when they do not say otherwise."""
    charset, collation = map(text, query(_DEFAULTS)[0])
    described = {"character set": modern(f"{charset}_").rstrip("_"), "collation": modern(collation)}
    yield ObjectKey("database defaults", "", "character set"), described
