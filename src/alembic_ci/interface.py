"""The names users rely on: commands, options and outputs.

The command line, ``action.yml`` and the reference tables of the README are made from these
definitions, so that they cannot disagree.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the text of an option is read."""

    TEXT = "text"
    PATH = "path"
    LIST = "list"  # commas or lines
    MAPPING = "mapping"  # KEY=VALUE, one a line; the flag may be repeated
    SECONDS = "seconds"
    COUNT = "count"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting: ``--name``, the action's input ``name`` and ``ALEMBIC_CI_<NAME>``.

    *default* is the text that stands for the setting when nobody gave one.
    """

    name: str
    help: str
    kind: Kind = Kind.TEXT
    default: str = ""
    metavar: str = ""

    @property
    def attribute(self) -> str:
        """The field of ``Settings`` that holds it."""
        return self.name.replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One sub-command, also a value of the action's ``command`` input."""

    name: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One job output; the same name on every CI host."""

    name: str
    help: str


COMMANDS = (
    Command(name="run", help="Do the steps: render the SQL, test the rollback, upgrade."),
    Command(name="status", help="Show where every database stands and what is pending."),
    Command(name="sql", help="Render the SQL each database is about to get, and the way back."),
    Command(name="rollback-test", help="Prove on a scratch database that revisions roll back."),
    Command(name="upgrade", help="Upgrade, then verify from a new connection."),
    Command(name="downgrade", help="Downgrade to a revision, then verify from a new connection."),
    Command(name="stamp", help="Write a revision into the version table without running it."),
    Command(name="alembic", help="Run the project's own Alembic command line on an environment."),
)

FAILURES = ("data-loss",)

STEPS = ("status", "sql", "rollback-test", "upgrade")

OPTIONS = (
    Option(
        name="environments",
        kind=Kind.LIST,
        metavar="NAMES",
        help="Environments to work on, in this order. Each has its own <NAME>_DATABASE_URL "
        "variable. Default: $ENVIRONMENT, else development.",
    ),
    Option(
        name="steps",
        kind=Kind.LIST,
        default="sql,rollback-test,upgrade",
        metavar="STEPS",
        help="What `run` does for each environment: any of status, sql, rollback-test, upgrade.",
    ),
    Option(
        name="target",
        metavar="REVISION",
        help="Where to go: a revision, a branch label, heads, +1, -1, base. "
        "Default for upgrades: heads.",
    ),
    Option(
        name="scope",
        default="pending",
        metavar="SCOPE",
        help="Which revisions the rollback test proves: pending, all, or the newest N.",
    ),
    Option(
        name="working-directory",
        kind=Kind.PATH,
        default=".",
        metavar="PATH",
        help="The folder Alembic would be called from.",
    ),
    Option(
        name="config",
        kind=Kind.PATH,
        metavar="PATH",
        help="The Alembic configuration file. Default: alembic.ini, else pyproject.toml.",
    ),
    Option(
        name="name",
        default="alembic",
        metavar="SECTION",
        help="The section of the configuration file (Alembic's -n).",
    ),
    Option(
        name="set",
        kind=Kind.MAPPING,
        metavar="KEY=VALUE",
        help="Override an option of the configuration file, such as version_locations.",
    ),
    Option(
        name="x",
        kind=Kind.LIST,
        metavar="KEY=VALUE",
        help="Pass an argument to env.py (Alembic's -x).",
    ),
    Option(
        name="url-variables",
        kind=Kind.LIST,
        metavar="NAMES",
        help="Further process variables from which env.py reads the database URL.",
    ),
    Option(
        name="python",
        metavar="PATH",
        help="The interpreter that can import env.py. Default: the project's .venv, else our own.",
    ),
    Option(
        name="protected",
        kind=Kind.LIST,
        default="production",
        metavar="NAMES",
        help="Environments written to only when named explicitly and never for a pull request.",
    ),
    Option(
        name="scratch-baseline",
        metavar="FILE|COMMAND",
        help="An SQL file, or a command that gets DATABASE_URL, run first on every scratch "
        "database: for histories that do not start from an empty one.",
    ),
    Option(
        name="irreversible",
        kind=Kind.MAPPING,
        metavar="REVISION=REASON",
        help="Declare a revision impossible to roll back, as a comment in its file does.",
    ),
    Option(
        name="rows",
        kind=Kind.COUNT,
        default="3",
        metavar="N",
        help="How many rows each table of a scratch database gets before a revision is proved; "
        "0 for none.",
    ),
    Option(
        name="rows-dir",
        kind=Kind.PATH,
        default="alembic-ci-rows",
        metavar="PATH",
        help="A folder with rows of your own: <revision>.sql is run before that revision is "
        "proved.",
    ),
    Option(
        name="fail-on",
        kind=Kind.LIST,
        metavar="WHAT",
        help="What else fails the rollback test: data-loss.",
    ),
    Option(
        name="report-dir",
        kind=Kind.PATH,
        default="alembic-ci-report",
        metavar="PATH",
        help="Where reports and SQL files are written.",
    ),
    Option(
        name="connect-timeout",
        kind=Kind.SECONDS,
        default="30",
        metavar="SECONDS",
        help="How long to wait for a database to answer.",
    ),
    Option(
        name="start-timeout",
        kind=Kind.SECONDS,
        default="120",
        metavar="SECONDS",
        help="How long env.py may take to be imported and to connect.",
    ),
    Option(
        name="step-timeout",
        kind=Kind.SECONDS,
        default="3600",
        metavar="SECONDS",
        help="How long one revision may run.",
    ),
    Option(
        name="verbose",
        kind=Kind.FLAG,
        default="false",
        help="Show what env.py and the revisions print, and more of what we do.",
    ),
)

OUTPUTS = (
    Output(name="status", help="passed or failed"),
    Output(name="exit-code", help="the process's exit code"),
    Output(name="failure-class", help="one word for the first failure, empty when all passed"),
    Output(name="environment", help="the first environment of the run"),
    Output(name="environments", help="JSON: one object for each database"),
    Output(name="current-revision", help="where the first database stands after the run"),
    Output(name="target-revision", help="where the first database was meant to go"),
    Output(name="heads", help="the project's heads, space-separated"),
    Output(name="is-up-to-date", help="true when no database has anything pending"),
    Output(name="pending-count", help="number of revisions still pending after the run"),
    Output(name="pending-revisions", help="their ids, oldest first, space-separated"),
    Output(name="applied-count", help="number of revisions this run applied to real databases"),
    Output(name="applied-revisions", help="their ids in the order of execution"),
    Output(name="rollback-tested", help="number of revisions the rollback test proved or failed"),
    Output(name="irreversible-revisions", help="revisions declared impossible to roll back"),
    Output(name="sql", help="the upgrade SQL of the first database, cut to a safe size"),
    Output(name="sql-path", help="path of that SQL, whole"),
    Output(name="sql-sha256", help="SHA-256 of that file"),
    Output(name="rollback-sql-path", help="path of the SQL back to where the database was"),
    Output(name="report-path", help="path of report.md"),
    Output(name="report-json-path", help="path of report.json"),
    Output(name="finding-count", help="number of findings, empty when nothing looked for any"),
    Output(name="finding-codes", help="their codes, empty when nothing looked for any"),
    Output(name="drift-detected", help="true or false, empty when nothing looked for drift"),
    Output(name="report-html-path", help="path of report.html, empty when none was written"),
    Output(name="sarif-path", help="path of findings.sarif, empty when none was written"),
    Output(name="junit-path", help="path of junit.xml, empty when none was written"),
    Output(name="code-quality-path", help="path of gl-code-quality.json, empty when none is there"),
    Output(name="comment-url", help="the pull request's comment, empty when none was made"),
    Output(name="matrix", help="JSON for a matrix of jobs, empty when none was planned"),
)
