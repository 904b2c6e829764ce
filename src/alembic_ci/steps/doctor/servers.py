"""What the server itself shows: sessions that wait or hold, broken indexes, a replica."""

import re
from collections.abc import Iterator

from alembic_ci.database.failures import StatementError
from alembic_ci.database.health import (
    InvalidIndex,
    OpenTransaction,
    Wait,
    invalid_indexes,
    open_transactions,
    waits,
    why_read_only,
)
from alembic_ci.errors import ExitCode
from alembic_ci.model import Command, Problem
from alembic_ci.steps.doctor.patient import Patient
from alembic_ci.urls import Dialect

_WAIT_WORTH_TELLING = 2  # seconds; a busy database has shorter ones all the time
_LONG_OPEN = 60  # seconds
_SHOWN = 10
_TEXT = re.compile(r"'(?:[^']|'')*'")
_LONGEST_QUERY = 100


def read_only(patient: Patient) -> Iterator[Problem]:
    """Yield that nothing can be written here."""
    reason = why_read_only(patient.control)
    if reason:
        yield patient.found(
            "read-only",
            f"{patient.title} takes no writes: {reason}.",
            meaning="The URL may name a replica, or the server was failed over.",
            remedy="Point the URL's variable at the primary server.",
        )


def broken_indexes(patient: Patient) -> Iterator[Problem]:
    """Yield each invalid index with its repair."""
    for index in invalid_indexes(patient.control):
        why = "It is unique: two rows with the same values may have stopped it. " * index.unique
        yield patient.found(
            "invalid-index",
            f"Index {index.name} of table {index.table} is invalid: it slows writes down and no "
            "query uses it.",
            meaning=f"A CREATE INDEX CONCURRENTLY was ended, or ran into a time-out or lock. {why}",
            remedy="Drop it before its revision is run again; or let the server build it anew, and "
            "the revision's own CREATE INDEX has to be left out then.",
            evidence=[index.definition],
            commands=list(_repairs(patient, index)),
        )


def _repairs(patient: Patient, index: InvalidIndex) -> Iterator[Command]:
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}"
    yield patient.recipes.sql(drop, purpose="Take it away (outside a transaction)")
    if not index.left_by_reindex:
        rebuild = f"REINDEX INDEX CONCURRENTLY {index.name}"
        yield patient.recipes.sql(rebuild, purpose="Or build it anew")


def locks(patient: Patient) -> Iterator[Problem]:
    """Yield who waits for whom, and transactions that have been open for long."""
    try:
        opened = open_transactions(patient.control)
        waiting = waits(patient.control)
    except StatementError as error:
        yield patient.found(
            "sessions-unseen",
            f"Who holds locks cannot be seen: {error.problem}",
            remedy="Grant the user PROCESS (MariaDB, MySQL) or pg_monitor (PostgreSQL).",
            exit_code=ExitCode.PASSED,
        )
        return
    least = 0 if patient.urgent else _WAIT_WORTH_TELLING
    waiting = tuple(wait for wait in waiting if wait.seconds >= least)
    if waiting:
        yield _blocked(patient, waiting, opened)
    holders = {wait.holder for wait in waiting}
    least = 0 if patient.urgent else _LONG_OPEN
    idle = [
        item
        for item in opened
        if item.seconds >= least and item.session not in holders and _holds(item, patient)
    ]
    if idle:
        yield _left_open(patient, idle)


def _holds(item: OpenTransaction, patient: Patient) -> bool:
    """Tell whether a migration may have to wait for it; MariaDB does not say what it holds."""
    return bool(item.tables or item.prepared) or patient.binding.url.dialect is Dialect.MYSQL


def _blocked(
    patient: Patient, waiting: tuple[Wait, ...], opened: tuple[OpenTransaction, ...]
) -> Problem:
    known = {item.session: item for item in opened if not item.prepared}
    waiters = {wait.session for wait in waiting}
    holders = [
        item
        for item in opened
        if item.session not in waiters
        and any(wait.holder in {None, item.session} for wait in waiting)
    ]
    evidence = [_waits(wait, known) for wait in waiting[:_SHOWN]]
    evidence += [f"holder: {_described(item)}" for item in holders[:_SHOWN]]
    first = waiting[0]
    return patient.found(
        "lock-wait",
        f"{len(waiters)} sessions of {patient.title} wait for locks, the longest for "
        f"{first.seconds} s."
        if len(waiters) > 1
        else f"A session of {patient.title} has waited for a lock for {first.seconds} s.",
        meaning="Behind a schema change that waits, every later query on its table waits, too.",
        remedy="Let the holder finish, or end it; then run again.",
        exit_code=ExitCode.TEMPORARY,
        evidence=evidence,
        commands=[_end(patient, item) for item in holders[:_SHOWN]],
    )


def _left_open(patient: Patient, items: list[OpenTransaction]) -> Problem:
    oldest = max(item.seconds for item in items)
    return patient.found(
        "open-transaction",
        f"{len(items)} transactions are open in {patient.title}, the oldest for {oldest} s, and "
        "hold locks on tables."
        if len(items) > 1
        else f"A transaction has been open in {patient.title} for {oldest} s and holds locks on "
        "tables.",
        meaning="A schema change of such a table waits until it ends, and everybody else behind "
        "the change.",
        remedy="Let its client commit, or end the session.",
        exit_code=ExitCode.TEMPORARY,
        evidence=[_described(item) for item in items[:_SHOWN]],
        commands=[_end(patient, item) for item in items[:_SHOWN]],
    )


def _waits(wait: Wait, known: dict[int, OpenTransaction]) -> str:
    match wait.holder:
        case None:
            holder = "the server does not tell for whom; see the open transactions"
        case 0:
            holder = "behind a prepared transaction"
        case number if number in known:
            holder = f"behind session {number}"
        case number:
            holder = f"behind session {number} of another database or user"
    return f"session {wait.session} waits, {holder}: {_shape(wait.query)}"


def _described(item: OpenTransaction) -> str:
    if item.prepared:
        return f"prepared transaction {item.prepared} of {item.user}, for {item.seconds} s"
    who = ", ".join(filter(None, (item.application, f"user {item.user}", f"from {item.client}")))
    tables = f", tables {item.tables}" if item.tables else ""
    last = f": {_shape(item.query)}" if item.query else ""
    state = item.state.lower() or "open"
    return f"session {item.session} ({who}), {state} for {item.seconds} s{tables}{last}"


def _end(patient: Patient, item: OpenTransaction) -> Command:
    recipes = patient.recipes
    if item.prepared:
        name = item.prepared.replace("'", "''")
        return recipes.sql(
            f"ROLLBACK PREPARED '{name}'", purpose=f"Roll back {item.prepared} for good"
        )
    purpose = f"End session {item.session}; what it had not committed is rolled back"
    if patient.binding.url.dialect is Dialect.MYSQL:
        return recipes.sql(f"KILL {item.session}", purpose=purpose)
    return recipes.sql(f"SELECT pg_terminate_backend({item.session})", purpose=purpose)


def _shape(query: str) -> str:
    """Show a statement of somebody else without the texts in it, which may be anything."""
    line = _TEXT.sub("'…'", " ".join(query.split()))
    cut = line.partition("'")[0] + "'…" if line.count("'") % 2 else line
    return cut if len(cut) <= _LONGEST_QUERY else f"{cut[:_LONGEST_QUERY]}…"
