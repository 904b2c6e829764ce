"""What the version table shows: unknown revisions, several rows, another place, too narrow."""

from collections.abc import Iterator

from alembic_ci.database.health import VersionTable, version_tables
from alembic_ci.database.quoting import quote
from alembic_ci.errors import ExitCode
from alembic_ci.history import LONGEST_ID
from alembic_ci.model import Command, Problem
from alembic_ci.steps.doctor.patient import Patient
from alembic_ci.steps.lost_file import sought
from alembic_ci.steps.version_table import OVERLAP_MEANING, overlap
from alembic_ci.urls import Dialect


def unknown(patient: Patient) -> Iterator[Problem]:
    """Yield each row of the version table that no file of this checkout defines."""
    for name in patient.context.history.unknown(patient.current):
        sentence, commands = sought(patient.context, name)
        yield patient.found(
            "unknown-revision",
            f"{patient.title} is at revision {name}, which this project does not have.",
            meaning="The file was deleted or never merged here, or an older version of the project "
            f"is being deployed. {sentence}",
            remedy="Deploy the version of the project that has the file, or bring it back. Only "
            "if the revision is not wanted any more, stamp the one that the schema matches.",
            commands=commands,
        )


def overlapping(patient: Patient) -> Iterator[Problem]:
    """Yield rows that say the same as others: Alembic cannot go on from there."""
    history = patient.context.history
    if history.unknown(patient.current):
        return
    covered = history.covered(patient.current)
    if not covered:
        return
    kept = [name for name in patient.current if name not in covered]
    recipes = patient.recipes
    yield patient.found(
        "redundant-version-rows",
        overlap(history, patient.title, patient.current),
        meaning=OVERLAP_MEANING,
        remedy="If the schema is that of the later one, the other row is redundant: keep the later "
        "one alone. Nothing of the schema is changed by it.",
        commands=[
            recipes.ours("stamp", f"--target={' '.join(kept)}", purpose="Keep the later one"),
        ],
    )


def branches(patient: Patient) -> Iterator[Problem]:
    """Yield that several rows are right where the history has several branches."""
    if len(patient.current) > 1 and patient.sound:
        yield patient.found(
            "several-version-rows",
            f"The version table of {patient.title} holds {len(patient.current)} rows: "
            f"{', '.join(patient.current)}. They are on branches of their own, so none of them "
            "is redundant.",
            exit_code=ExitCode.PASSED,
        )


def forked(patient: Patient) -> Iterator[Problem]:
    """Yield that the project has two heads where one was meant."""
    history = patient.context.history
    heads = history.forked_heads()
    if not heads:
        return
    error = history.multiple_heads_error(heads)
    there, evidence = patient.applied, []
    if not history.unknown(patient.current):  # which may stand on any
        evidence = [
            f"head {head}: {'is' if head in there else 'is not'} in this database" for head in heads
        ]
    merge = patient.recipes.alembic(
        "merge", "-m", "merge heads", *heads, purpose="Join them, and commit the new file"
    )
    yield patient.found(
        "multiple-heads",
        error.problem,
        meaning=error.meaning,
        remedy=error.remedy,
        evidence=evidence,
        commands=[merge],
    )


def elsewhere(patient: Patient) -> Iterator[Problem]:
    """Yield that the version table with content is in another schema than the one looked into."""
    if patient.current or patient.binding.url.dialect is Dialect.SQLITE:
        return
    known = patient.context.history.revisions
    for table in version_tables(patient.control, patient.table):
        if table.rows and not _is_ours(patient, table) and set(table.rows) <= known.keys():
            yield _in_another_schema(patient, table)


def _is_ours(patient: Patient, table: VersionTable) -> bool:
    return table.default if patient.schema is None else table.schema == patient.schema


def _in_another_schema(patient: Patient, table: VersionTable) -> Problem:
    word = "database" if patient.binding.url.dialect is Dialect.MYSQL else "schema"
    looked = f"{word} {patient.schema}" if patient.schema else f"the default {word}"
    return patient.found(
        "version-table-elsewhere",
        f"{patient.title} has no revision in {looked}, but {word} {table.schema} has a version "
        f"table with {', '.join(table.rows or ())} of this project.",
        meaning="An upgrade would start from nothing and fail at the first table, or build "
        "everything a second time. The search_path, the URL's database or version_table_schema is "
        "another one than when the database was migrated.",
        remedy=f'Set version_table_schema="{table.schema}" in context.configure() of env.py, or '
        "let the URL's user find that schema first.",
        commands=list(_found_first(patient, table)),
    )


def _found_first(patient: Patient, table: VersionTable) -> Iterator[Command]:
    if patient.binding.url.dialect is Dialect.POSTGRESQL:
        schema = quote(Dialect.POSTGRESQL, table.schema)
        change = f"ALTER ROLE CURRENT_USER SET search_path = {schema}, public"
        yield patient.recipes.sql(change, purpose="Let this user find that schema first")


def narrow(patient: Patient) -> Iterator[Problem]:
    """Yield ids that do not fit into the version table's column."""
    width = _width(patient)
    if width is None:
        return
    history = patient.context.history
    there = patient.applied
    for revision in history.oldest_first():
        name = revision.revision
        if len(name) > width and name not in there:
            yield patient.found(
                "revision-id-too-long",
                f"The id {name} has {len(name)} characters, and the version table of "
                f"{patient.title} takes {width}.",
                meaning="The server refuses it when the revision has already run (PostgreSQL: "
                "value too long, 22001; MariaDB and MySQL: 1406). SQLite takes any length.",
                remedy="Shorten the id in the revision's file and in the files that name it, or "
                "widen the column in every environment.",
                commands=list(_widened(patient, len(name))),
                revision=revision,
            )


def _width(patient: Patient) -> int | None:
    """Return what fits: Alembic's own length where the table is still to be made."""
    if patient.binding.url.dialect is Dialect.SQLITE:
        return None
    tables = version_tables(patient.control, patient.table)
    ours = next((table for table in tables if _is_ours(patient, table)), None)
    return ours.width if ours else LONGEST_ID


def _widened(patient: Patient, length: int) -> Iterator[Command]:
    if patient.rows is None:
        return
    dialect = patient.binding.url.dialect
    parts = (patient.schema, patient.table)
    name = ".".join(quote(dialect, part) for part in parts if part)
    kind = f"VARCHAR({max(length, 128)})"
    change = (
        f"MODIFY version_num {kind} NOT NULL"
        if dialect is Dialect.MYSQL
        else f"ALTER COLUMN version_num TYPE {kind}"
    )
    yield patient.recipes.sql(f"ALTER TABLE {name} {change}", purpose="Widen the column")
