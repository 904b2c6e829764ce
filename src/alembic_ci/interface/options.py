"""The settings: flags, inputs of the action and variables alike, by topic."""

from alembic_ci.interface.definitions import Kind, Option, Topic

COMMENTS = ("auto", "always", "never")

FAILURES = ("data-loss", "duplicates")

WAYS_OUT = ("finish", "undo")

URL_PARTS = ("host", "port", "user", "password", "name")

STEPS = ("status", "sql", "rollback-test", "upgrade")

VERIFICATIONS = ("schema",)

_PROVING = ("run", "rollback-test")
_SCRATCHING = (*_PROVING, "sql", "plan", "upgrade", "downgrade", "doctor")
_GOING = ("run", "status", "sql", "rollback-test", "upgrade", "downgrade", "stamp", "plan")

_CHANGING = ("run", "upgrade", "downgrade", "stamp", "alembic")

_WHAT = (
    Option(
        name="environments",
        kind=Kind.LIST,
        metavar="NAMES",
        featured=True,
        help="Environments to work on, in this order. Each has its own <NAME>_DATABASE_URL "
        "variable. Default: $ENVIRONMENT, else development.",
    ),
    Option(
        name="steps",
        kind=Kind.LIST,
        default="sql,rollback-test,upgrade",
        metavar="STEPS",
        commands=("run",),
        featured=True,
        help="What `run` does for each environment: any of status, sql, rollback-test, upgrade.",
    ),
    Option(
        name="target",
        metavar="REVISION",
        commands=_GOING,
        featured=True,
        help="Where to go: a revision, a branch label, heads, +1, -1, base. "
        "Default for upgrades: heads.",
    ),
    Option(
        name="scope",
        default="pending",
        metavar="SCOPE",
        commands=_PROVING,
        featured=True,
        help="Which revisions the rollback test proves: pending, all, or the newest N.",
    ),
)

_PLANNED = (
    Option(
        name="plan",
        kind=Kind.PATH,
        metavar="PATH",
        commands=("run", "sql", "upgrade"),
        help="The plan.json of an earlier `plan`: a database is upgraded only if nothing has "
        "changed since.",
    ),
)

_PROJECT = (
    Option(
        name="working-directory",
        kind=Kind.PATH,
        default=".",
        metavar="PATH",
        featured=True,
        help="The folder Alembic would be called from.",
    ),
    Option(
        name="config",
        kind=Kind.PATH,
        metavar="PATH",
        featured=True,
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
        help="Further process variables from which env.py reads the database URL, or a part of it: "
        "PGHOST=host, =port, =user, =password, =name.",
    ),
    Option(
        name="python",
        metavar="PATH",
        featured=True,
        help="The interpreter that can import env.py. Default: the project's .venv, else our own.",
    ),
)

_DEPENDENCIES = (
    Option(
        name="install",
        default="auto",
        metavar="auto|always|none|COMMAND",
        help="How the project's own dependencies get into the container: auto looks for uv.lock, "
        "pylock.toml, poetry.lock, Pipfile.lock, requirements.txt and pyproject.toml; always does "
        "so outside our image, too; a command is run in an empty environment.",
    ),
    Option(
        name="extras",
        kind=Kind.LIST,
        metavar="NAMES",
        help="Extras of the project to install.",
    ),
    Option(
        name="groups",
        kind=Kind.LIST,
        metavar="NAMES",
        help="Dependency groups of the project to install.",
    ),
    Option(
        name="python-version",
        metavar="VERSION",
        help="The Python to install for. Default: what the project asks for.",
    ),
    Option(
        name="install-project",
        kind=Kind.FLAG,
        default="false",
        help="Install the project itself, too, instead of only its dependencies.",
    ),
)

_SAFETY = (
    Option(
        name="protected",
        kind=Kind.LIST,
        default="production",
        metavar="NAMES",
        help="Environments written to only when named explicitly and never for a pull request.",
    ),
    Option(
        name="migration-lock-timeout",
        kind=Kind.SECONDS,
        default="300",
        metavar="SECONDS",
        commands=_CHANGING,
        help="How long to wait while another job migrates the same database.",
    ),
    Option(
        name="connect-timeout",
        kind=Kind.SECONDS,
        default="30",
        metavar="SECONDS",
        help="How long to wait for a database to answer.",
    ),
    Option(
        name="lock-timeout",
        kind=Kind.SECONDS,
        metavar="SECONDS",
        commands=_CHANGING,
        featured=True,
        help="How long a statement of a revision may wait for a lock; 0 for as long as it takes. "
        "Default: 5, unless the session has one of its own.",
    ),
    Option(
        name="retries",
        kind=Kind.COUNT,
        default="5",
        metavar="N",
        commands=("run", "upgrade", "downgrade"),
        help="How often a change is tried again that a lock, a deadlock or a lost connection "
        "stopped and that left nothing behind.",
    ),
    Option(
        name="statement-timeout",
        kind=Kind.SECONDS,
        metavar="SECONDS",
        commands=_CHANGING,
        help="How long one statement of a revision may take. Default: as long as it takes.",
    ),
    Option(
        name="verify",
        kind=Kind.LIST,
        metavar="WHAT",
        commands=("run", "upgrade", "downgrade"),
        help="What else to verify after a change: schema, against the one that the same revisions "
        "make on a scratch database.",
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
        name="allow-fork-code",
        kind=Kind.FLAG,
        default="false",
        help="Run although pull_request_target, workflow_run or issue_comment gave a fork's code "
        "the secrets of this repository.",
    ),
)

_SQL = (
    Option(
        name="sql-offline",
        kind=Kind.FLAG,
        default="false",
        help="Render SQL without running anything on a scratch database: revisions that need a "
        "connection have none then, and nobody looks whether the rest is what runs.",
    ),
    Option(
        name="redact-columns",
        kind=Kind.LIST,
        default="*password*,*passwd*,*secret*,*token*,*api_key*,*apikey*,*private_key*",
        metavar="PATTERNS",
        help="Columns whose values are left out of reports and outputs, with * for any "
        "characters. The SQL files keep them.",
    ),
)

_PROOF = (
    Option(
        name="scratch-baseline",
        commands=_SCRATCHING,
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
        commands=(*_PROVING, "downgrade"),
        kind=Kind.COUNT,
        default="3",
        metavar="N",
        featured=True,
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
        featured=True,
        help="What else fails the rollback test: data-loss (values are thrown away), duplicates "
        "(a new unique key is refused where two rows are alike).",
    ),
)

_MANY = (
    Option(
        name="databases",
        kind=Kind.LIST,
        metavar="LABELS",
        help="Of an environment's databases only those with these labels; * stands for any text.",
    ),
    Option(
        name="databases-query",
        metavar="SELECT",
        help="A SELECT that returns the environment's databases: label and URL, label and database "
        "name, or one of the two. It is run on <NAME>_REGISTRY_URL, else on the environment's own "
        "URL.",
    ),
    Option(
        name="schemas",
        metavar="NAMES|PATTERN|SELECT",
        help="PostgreSQL with a schema for each tenant: a list of schemas, a LIKE pattern (it has "
        "a %), or a SELECT that returns them. Each counts as a database of its own.",
    ),
    Option(
        name="shard",
        metavar="I/N",
        help="Only the I-th of N equal parts of the databases; auto takes I and N from the host's "
        "variables, auto/N only I.",
    ),
    Option(
        name="resume-from",
        kind=Kind.PATH,
        metavar="PATH",
        help="The report.json of an earlier run: databases that it says are done are left out.",
    ),
    Option(
        name="parallel",
        kind=Kind.COUNT_OR_AUTO,
        metavar="N",
        default="auto",
        help="How many databases of an environment to work on at once, or, with only one, how many "
        "processes prove a long history; auto: as many as there are processors.",
    ),
    Option(
        name="canary",
        kind=Kind.LIST,
        metavar="LABELS|N",
        help="The databases to do first, by label or the first N; the others follow only if they "
        "passed.",
    ),
    Option(
        name="max-failures",
        kind=Kind.COUNT,
        default="0",
        metavar="N",
        help="Leave out the rest of an environment's databases once N have failed; 0 for never.",
    ),
)

_RECOVERY = (
    Option(
        name="resume",
        metavar="finish|undo",
        help="What `doctor` proposes for a half-applied revision: its remaining statements "
        "(finish), or those that take it back (undo). Nothing is run without --apply.",
    ),
    Option(
        name="statements-in",
        metavar="N",
        help="How many statements of the half-applied revision are in the database, where "
        "`doctor` says that only you can know.",
    ),
    Option(
        name="apply",
        kind=Kind.FLAG,
        default="false",
        help="Let `doctor --resume` run what it proposes.",
    ),
    Option(
        name="allow-data-loss",
        commands=("downgrade",),
        kind=Kind.FLAG,
        default="false",
        help="Let `downgrade` lose data of a protected environment.",
    ),
    Option(
        name="dry-run",
        commands=("downgrade",),
        kind=Kind.FLAG,
        default="false",
        help="Let `downgrade` only show its SQL and what data it loses.",
    ),
)

_REPORT = (
    Option(
        name="report-dir",
        kind=Kind.PATH,
        default="alembic-ci-report",
        metavar="PATH",
        featured=True,
        help="Where reports and SQL files are written.",
    ),
    Option(
        name="verbose",
        kind=Kind.FLAG,
        default="false",
        help="Show what env.py and the revisions print, and more of what we do.",
    ),
    Option(
        name="comment",
        default="auto",
        metavar="WHEN",
        featured=True,
        help="When to comment on the pull or merge request, with $GITHUB_TOKEN or $GITLAB_TOKEN: "
        "auto (once there is something to tell, then kept up to date), always, never.",
    ),
    Option(
        name="comment-key",
        metavar="TEXT",
        help="What tells this job's comment from those of other jobs. Default: the command, the "
        "environments and the project's folder.",
    ),
)

TOPICS = (
    Topic(title="What to do", options=(*_WHAT, *_PLANNED)),
    Topic(title="The project", options=_PROJECT),
    Topic(title="Dependencies", options=_DEPENDENCIES),
    Topic(title="Safety", options=_SAFETY),
    Topic(title="SQL", options=_SQL, commands=("run", "sql")),
    Topic(title="Proofs", options=_PROOF, commands=_PROVING),
    Topic(title="Many databases", options=_MANY),
    Topic(title="Recovery", options=_RECOVERY, commands=("doctor",)),
    Topic(title="Reports", options=_REPORT),
)
OPTIONS = tuple(option for topic in TOPICS for option in topic.options)
