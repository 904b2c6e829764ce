"""Sample reports, one for each thing a run can find out."""

import hashlib
from dataclasses import replace
from typing import Any

from alembic_ci.errors import ExitCode
from alembic_ci.model import (
    Blocks,
    ChangeResult,
    Command,
    DatabaseReport,
    DiagnosisResult,
    Difference,
    Direction,
    Divergence,
    DowngradePlan,
    EnvironmentReport,
    HalfApplied,
    Language,
    Lock,
    LockWait,
    Origin,
    Phase,
    PlacedStatement,
    PlannedDowngrade,
    Presence,
    Problem,
    ProjectInfo,
    Recovery,
    RenderedRevision,
    Report,
    Result,
    Retry,
    RevisionInfo,
    RevisionProof,
    RollbackResult,
    RoundTrip,
    SetupStatement,
    SqlResult,
    State,
    Statement,
    StatusResult,
    StepReport,
    TextResult,
    Verdict,
    Way,
)

SCRATCH = "a private PostgreSQL 15.18 server"
SQL = """\
BEGIN;

-- Running upgrade a1c0 -> b2d1

ALTER TABLE customer ADD COLUMN email VARCHAR(255);

UPDATE alembic_version SET version_num='b2d1' WHERE alembic_version.version_num = 'a1c0';

COMMIT;
"""
HOSTILE = "x`|<script>alert(1)</script>\r\n::error::pwned ##[error]pwned \x1b[31m\u202e@you $a$ *b*"


def revision(name: str, message: str, *parents: str, line: int = 12) -> RevisionInfo:
    slug = message.lower().replace(" ", "_")
    return RevisionInfo(
        revision=name,
        message=message,
        file=f"migrations/versions/{name}_{slug}.py",
        line=line,
        down_revisions=parents,
        depends_on=(),
        branch_labels=(),
    )


REVISIONS = (
    revision("a1c0", "Create customers"),
    revision("b2d1", "Add email", "a1c0"),
    revision("c3e2", "Index orders by day", "b2d1"),
    revision("d4f3", "Drop the old status", "c3e2"),
)
IDS = tuple(info.revision for info in REVISIONS)


def status(*current: str, pending: tuple[str, ...] = (), target: str = "heads") -> StatusResult:
    return StatusResult(
        initialised=bool(current), current=current, heads=("d4f3",), target=target, pending=pending
    )


def sql(environment: str, revisions: tuple[str, ...] = IDS[1:], text: str = SQL) -> SqlResult:
    folder = f"alembic-ci-report/sql/{environment}"
    return SqlResult(
        upgrade_path=f"{folder}/upgrade.sql",
        downgrade_path=f"{folder}/downgrade.sql",
        sql=text,
        sha256="3f" * 32,
        shared_sha256=hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest(),
        revisions=tuple(
            RenderedRevision(
                revision=name,
                direction=direction,
                path=f"{folder}/{number:04d}_{name}.{direction}.sql",
                statement_count=2,
            )
            for direction in Direction
            for number, name in enumerate(revisions, start=1)
        ),
    )


def stated(result: SqlResult, *texts: str) -> SqlResult:
    """The same with its statements: a column that locks, an update, or *texts*."""
    column = "ALTER TABLE customer ADD COLUMN email VARCHAR(255) DEFAULT 'x' NOT NULL"
    lock = Lock(object="customer", mode="ACCESS EXCLUSIVE", blocks=Blocks.READS)
    statements = tuple(
        Statement(
            revision=item.revision,
            direction=item.direction,
            text=text,
            objects=("customer",),
            locks=(lock,) if text == column else (),
            rewrites=("customer",) if text == column and item.revision == "b2d1" else (),
            loses=("customer.status",) if text.startswith("DROP") else (),
        )
        for item in result.revisions
        for text in texts or (column, "UPDATE customer SET email = lower(email) WHERE id > 10")
    )
    return replace(result, statements=statements)


def proved(*proofs: RevisionProof) -> RollbackResult:
    return RollbackResult(scratch=SCRATCH, scope="pending", proofs=proofs)


def passes(*revisions: str) -> tuple[RevisionProof, ...]:
    return tuple(
        RevisionProof(revision=name, verdict=Verdict.PASSED, duration=0.04) for name in revisions
    )


def upgraded(before: str, *applied: str, verified: bool = True) -> ChangeResult:
    return ChangeResult(
        direction=Direction.UP,
        before=(before,),
        after=(applied[-1] if applied else before,),
        applied=applied,
        verified=verified,
    )


def step(name: str, result: Result, duration: float = 0.4) -> StepReport:
    return StepReport(name=name, state=State.PASSED, result=result, duration=duration)


def failed(name: str, problem: Problem, result: Result | None = None) -> StepReport:
    return StepReport(name=name, state=State.FAILED, problem=problem, result=result, duration=1.2)


def skipped(name: str, reason: str) -> StepReport:
    return StepReport(name=name, state=State.SKIPPED, reason=reason)


def database(*steps: StepReport, label: str = "", after: StatusResult | None) -> DatabaseReport:
    return DatabaseReport(
        label=label,
        dialect="postgresql",
        location=f"postgresql://db.example:5432/shop{label and f'_{label}'}",
        steps=steps,
        status_after=after,
    )


def environment(
    name: str, *databases: DatabaseReport, problem: Problem | None = None
) -> EnvironmentReport:
    return EnvironmentReport(
        name=name, protected=name == "production", databases=databases, problem=problem
    )


def report(
    *environments: EnvironmentReport,
    command: str = "run",
    exit_code: int = 0,
    problem: Problem | None = None,
) -> Report:
    return Report(
        command=command,
        tool_version="1.2.3",
        started_at="2026-11-22T10:00:00+00:00",
        duration=3.4,
        exit_code=exit_code,
        project=ProjectInfo(
            config="alembic.ini",
            script_location="migrations",
            python="3.12.4",
            alembic="1.18.1",
            sqlalchemy="2.0.44",
        ),
        revisions=REVISIONS,
        environments=environments,
        problem=problem,
    )


def healthy(name: str, label: str = "") -> DatabaseReport:
    """A database that went all the way."""
    return database(
        step("status", status("a1c0", pending=IDS[1:]), 0.1),
        step("sql", sql(f"{name}/{label}" if label else name)),
        step("rollback-test", proved(*passes(*IDS[1:])), 1.2),
        step("upgrade", upgraded("a1c0", *IDS[1:]), 0.9),
        label=label,
        after=status("d4f3"),
    )


def all_passed() -> Report:
    return report(environment("staging", healthy("staging")))


def contended() -> Report:
    """Another job had the lock, then a session held a table, and an index was invalid already."""
    change = replace(
        upgraded("a1c0", "b2d1"),
        waited=LockWait(seconds=72.4, holder="session 4711, user deploy, alembic-ci run 17"),
        retries=(
            Retry(
                revision="b2d1",
                code="55P03",
                reason="a lock was not free in time",
                blocked_by=("session 815, user shop, idle in transaction, for 3 min 2 s",),
                pause=0.8,
            ),
            Retry(
                revision=None, code="", reason="the connection was lost", blocked_by=(), pause=1.7
            ),
        ),
        notices=(
            Difference(
                text="index `ix_order_day` of table `orders` is invalid, and was before",
                object="index orders.ix_order_day",
            ),
        ),
    )
    reached = database(step("upgrade", change), after=status("b2d1"))
    return report(environment("staging", reached), command="upgrade")


def taken_back() -> Report:
    """A downgrade that was rehearsed, and loses a column."""
    change = replace(
        upgraded("b2d1", "a1c0"),
        direction=Direction.DOWN,
        applied=("b2d1",),
        plan=DowngradePlan(
            revisions=(
                PlannedDowngrade(
                    revision="b2d1",
                    statements=("ALTER TABLE orders DROP COLUMN note",),
                    losses=(
                        Difference(
                            text="the values of `orders.note` are lost (3 of 3 rows)",
                            object="column orders.note",
                        ),
                    ),
                ),
            ),
            scratch="a private PostgreSQL 15.8 server",
            unknown="",
            path="alembic-ci-report/sql/staging/downgrade.sql",
        ),
    )
    reached = database(step("downgrade", change), after=status("a1c0", pending=IDS[1:]))
    return report(environment("staging", reached), command="downgrade")


def risky() -> Report:
    """Two environments that get the same SQL, of which some has to be waited for."""
    pending = status("a1c0", pending=IDS[1:])

    def rendered(name: str) -> DatabaseReport:
        return database(
            step("sql", stated(sql(name))),
            step("rollback-test", proved(*passes(*IDS[1:]))),
            after=pending,
        )

    return report(
        environment("staging", rendered("staging")),
        environment("production", rendered("production")),
    )


def residue() -> Report:
    """Every way in which a rollback can be disproved, and one that is declared impossible."""
    raised = Problem(
        failure_class="migration",
        exit_code=ExitCode.FAILED,
        problem="The downgrade of c3e2 raised an error.",
        meaning="A rollback of this revision would stop half way.",
        remedy="Correct downgrade() and run the rollback test again.",
        revision="c3e2",
        file="migrations/versions/c3e2_index_orders_by_day.py",
        line=27,
        statement="DROP INDEX ix_order_dya",
        database_error='UndefinedObject: index "ix_order_dya" does not exist',
        code="42704",
        output="INFO  [alembic] Running downgrade c3e2 -> b2d1",
    )
    proofs = (
        *passes("a1c0"),
        RevisionProof(
            revision="b2d1",
            verdict=Verdict.RESIDUE,
            phase=Phase.DOWN,
            differences=(
                Difference(
                    text="column customer.email is left behind",
                    object="column email",
                    after="type: VARCHAR(255)\nnullable: NULL",
                ),
                Difference(
                    text="index ix_customer_email is left behind",
                    object="index email",
                    before="columns: lower(email)",
                    after="columns: email",
                ),
            ),
            notices=(Difference(text="the order of columns changed", object="column id"),),
            duration=0.05,
        ),
        RevisionProof(revision="c3e2", verdict=Verdict.FAILED, phase=Phase.DOWN, problem=raised),
        RevisionProof(revision="d4f3", verdict=Verdict.MISSING, reason="there is no downgrade()"),
        RevisionProof(
            revision="e5a4", verdict=Verdict.IRREVERSIBLE, reason="the old values are gone"
        ),
        RevisionProof(revision="f6b5", verdict=Verdict.NOT_RUN),
    )
    sums_up = Problem(
        failure_class="rollback", exit_code=ExitCode.FAILED, problem="3 of 6 do not roll back."
    )
    return report(
        environment(
            "staging",
            database(
                step("sql", sql("staging")),
                failed("rollback-test", sums_up, proved(*proofs)),
                skipped("upgrade", "rollback-test failed"),
                after=status("a1c0", pending=IDS[1:]),
            ),
        ),
        exit_code=1,
    )


def lost(revision: str, *texts: str) -> RevisionProof:
    losses = tuple(Difference(text=text, object="table orders") for text in texts)
    return RevisionProof(revision=revision, verdict=Verdict.PASSED, losses=losses, duration=0.06)


def legs(down: RoundTrip | None = None) -> tuple[RoundTrip, ...]:
    """All three legs; with a *down* that failed, the last one is not run."""
    up = RoundTrip(name="upgrade in one go", state=State.PASSED, duration=0.3)
    again = RoundTrip(name="upgrade again", state=State.PASSED, duration=0.3)
    if down:
        reason = f"{down.name} failed"
        skipped_leg = replace(again, state=State.SKIPPED, reason=reason, duration=0.0)
        return up, down, skipped_leg
    return up, RoundTrip(name="downgrade in one go", state=State.PASSED, duration=0.2), again


def _losing() -> RollbackResult:
    proofs = (
        *passes("b2d1"),
        lost("c3e2", "this downgrade loses the values of `orders.note` (3 of 3 rows)"),
        lost(
            "d4f3",
            "this upgrade loses the values of `orders.status` (3 of 3 rows)",
            "`orders.status` cannot be restored (3 of 3 rows)",
        ),
    )
    return replace(proved(*proofs), rows=3, round_trip=legs())


def data_loss() -> Report:
    """Values that are lost and fail nothing."""
    steps = (
        step("rollback-test", _losing(), 1.2),
        step("upgrade", upgraded("a1c0", *IDS[1:]), 0.9),
    )
    return report(environment("staging", database(*steps, after=status("d4f3"))))


def data_loss_refused() -> Report:
    """The same values lost where that fails the test."""
    sums_up = Problem(
        failure_class="data-loss",
        exit_code=ExitCode.FAILED,
        problem="2 of 3 revisions lose data: c3e2, d4f3",
        remedy="Take data-loss out of fail-on where that is accepted.",
    )
    steps = (
        failed("rollback-test", sums_up, _losing()),
        skipped("upgrade", "rollback-test failed"),
    )
    after = status("a1c0", pending=IDS[1:])
    return report(environment("staging", database(*steps, after=after)), exit_code=1)


def round_trip() -> Report:
    """Each revision rolls back alone, all of them together do not."""
    text = "downgrade leaves enum type `order_status` behind"
    problem = Problem(
        failure_class="round-trip",
        exit_code=ExitCode.FAILED,
        problem=f"downgrade in one go leads to another schema: {text}",
        remedy="Each revision alone is right; look at what they share.",
    )
    down = RoundTrip(
        name="downgrade in one go",
        state=State.FAILED,
        problem=problem,
        differences=(Difference(text=text, object="enum type order_status"),),
        duration=0.2,
    )
    result = replace(proved(*passes(*IDS[1:])), rows=3, round_trip=legs(down))
    steps = (failed("rollback-test", problem, result), skipped("upgrade", "rollback-test failed"))
    after = status("a1c0", pending=IDS[1:])
    return report(environment("staging", database(*steps, after=after)), exit_code=1)


def unfilled() -> Report:
    """Tables that could not be given rows."""
    tables = (
        Difference(text="table `area`: no value is known for the type geometry", object="area"),
        Difference(
            text="table `ledger`: no made value satisfies the check constraint `ck_balance`",
            object="ledger",
        ),
    )
    result = replace(proved(*passes("d4f3")), rows=1, round_trip=legs(), unfilled=tables)
    after = status("c3e2", pending=("d4f3",))
    tested = database(step("rollback-test", result, 0.8), after=after)
    return report(environment("staging", tested), command="rollback-test")


def unreachable() -> Report:
    problem = Problem(
        failure_class="unreachable",
        exit_code=ExitCode.TEMPORARY,
        problem="The database postgresql://db.example:5432/shop gave no answer within 30 seconds.",
        meaning="It is not running yet, or this machine may not reach it.",
        remedy="Check the host and the port, and wait for the service in the job's definition.",
        database_error="OperationalError: connection timed out",
    )
    steps = (
        failed("sql", problem),
        skipped("rollback-test", "sql failed"),
        skipped("upgrade", "sql failed"),
    )
    return report(environment("staging", database(*steps, after=None)), exit_code=5)


def refused() -> Report:
    """Two environments, one of them protected."""
    problem = Problem(
        failure_class="refused",
        exit_code=ExitCode.REFUSED,
        problem="production is protected and was not named.",
        meaning="It came from ENVIRONMENT, which a pull request may set too.",
        remedy="Name it in the environments input of a job that only the main branch runs.",
    )
    return report(
        environment("staging", healthy("staging")),
        environment("production", problem=problem),
        exit_code=6,
    )


def several_databases() -> Report:
    """Tenants: one fails in the middle of the upgrade, one is at a revision nobody knows."""
    broken = Problem(
        failure_class="migration",
        exit_code=ExitCode.FAILED,
        problem="Revision c3e2 failed; the database is at b2d1. Applied before it: b2d1.",
        remedy="Correct the revision and run again.",
        revision="c3e2",
        line=19,
        file="migrations/versions/c3e2_index_orders_by_day.py",
        statement="CREATE INDEX ix_order_day ON orders (day)",
        database_error='UndefinedTable: relation "orders" does not exist',
        code="42P01",
    )
    unknown = Problem(
        failure_class="history",
        exit_code=ExitCode.FAILED,
        problem="tenants/c is at revision ffff, which this project does not have.",
        remedy="Bring the file back, or deploy the version that has it.",
    )
    lost = StatusResult(
        initialised=True,
        current=("ffff",),
        heads=("d4f3",),
        target="heads",
        pending=(),
        unknown=("ffff",),
    )
    return report(
        environment(
            "tenants",
            healthy("tenants", "a"),
            database(
                step("sql", sql("tenants/b")),
                failed("upgrade", broken, upgraded("a1c0", "b2d1")),
                label="b",
                after=status("b2d1", pending=IDS[2:]),
            ),
            database(failed("sql", unknown), label="c", after=lost),
        ),
        exit_code=1,
    )


def multiple_heads() -> Report:
    problem = Problem(
        failure_class="history",
        exit_code=ExitCode.FAILED,
        problem="The history has two heads: c3e2 and d4f3.",
        meaning="Two branches of the repository each added a revision.",
        remedy="Join them with `alembic merge heads`, or name one of them with --target.",
    )
    return report(problem=problem, exit_code=1)


def diagnosed() -> Report:
    waits = Problem(
        failure_class="lock-wait",
        exit_code=ExitCode.TEMPORARY,
        problem="A session of staging has waited for a lock for 41 s.",
        meaning="Behind a schema change that waits, every later query on its table waits, too.",
        remedy="Let the holder finish, or end it; then run again.",
        evidence=(
            "session 812 waits, behind session 640: ALTER TABLE customer ADD COLUMN email TEXT",
            "holder: session 640 (reports, user app, from 10.0.0.7), idle in transaction for 90 s",
        ),
        commands=(
            Command(
                text="SELECT pg_terminate_backend(640);",
                purpose="End session 640; what it had not committed is rolled back",
                language=Language.SQL,
            ),
        ),
    )
    half = Problem(
        failure_class="half-applied",
        exit_code=ExitCode.FAILED,
        problem="Revision b2d1 is half applied: 1 of its 2 statements is in the database.",
        remedy="Finish it or undo it.",
        revision="b2d1",
        evidence=("in: ALTER TABLE a ADD b INT", "missing: ALTER TABLE a ADD c INT"),
        commands=(
            Command(
                text="alembic-ci doctor --environments=staging --resume=finish --apply",
                purpose="Finish it",
            ),
        ),
    )
    drift = Problem(
        failure_class="drift",
        exit_code=ExitCode.PASSED,
        problem="The schema of staging is not quite that of a1c0: 1 object differs.",
        evidence=("index customer.ix_by_hand",),
    )
    result = DiagnosisResult(
        current=("a1c0",),
        problems=(waits, half),
        notes=(drift,),
        compared="a private PostgreSQL 15.18 server",
        half_applied=HalfApplied(
            revision="b2d1",
            direction=Direction.UP,
            statements=(
                PlacedStatement(sql="ALTER TABLE a ADD b INT", presence=Presence.IN),
                PlacedStatement(sql="ALTER TABLE a ADD c INT", presence=Presence.MISSING),
            ),
            recoveries=(
                Recovery(way=Way.FINISH, statements=("ALTER TABLE a ADD c INT",), after=("b2d1",)),
            ),
        ),
    )
    sick = database(failed("doctor", half, result), after=status("a1c0", pending=IDS[1:]))
    return report(environment("staging", sick), command="doctor", exit_code=1)


def not_initialised() -> Report:
    fresh = status(pending=IDS)
    return report(
        environment("development", database(step("status", fresh, 0.1), after=fresh)),
        command="status",
    )


def unrendered() -> Report:
    """A revision that offline mode cannot render takes nothing else with it."""
    problem = Problem(
        failure_class="offline",
        exit_code=ExitCode.FAILED,
        problem="Revision c3e2 reads from the database, so its SQL cannot be rendered.",
        remedy="Run the rollback test: it executes the revision on a scratch database.",
        revision="c3e2",
        file="migrations/versions/c3e2_index_orders_by_day.py",
        line=21,
    )
    whole = sql("staging")
    revisions = tuple(
        replace(item, problem=problem, statement_count=0)
        if item.revision == "c3e2" and item.direction is Direction.UP
        else item
        for item in whole.revisions
    )
    return report(
        environment(
            "staging",
            database(
                step("sql", replace(whole, revisions=revisions)),
                after=status("a1c0", pending=IDS[1:]),
            ),
        ),
        command="sql",
    )


def captured() -> Report:
    """What runs is written where offline mode has nothing, or something else."""
    whole = sql("staging")
    ran = {
        "b2d1": Divergence(
            offline="UPDATE customer SET email = NULL",
            captured="UPDATE customer SET email = 'none@example.org'",
            line=21,
        ),
        "c3e2": None,
    }
    revisions = tuple(
        replace(
            item,
            origin=Origin.CAPTURED,
            compared=True,
            divergence=ran[item.revision],
            reads=1,
            unseen=(30, 34) if item.revision == "c3e2" else (),
        )
        if item.revision in ran and item.direction is Direction.UP
        else item
        for item in whole.revisions
    )
    lock = Lock(object="customer", mode="ACCESS EXCLUSIVE", blocks=Blocks.READS)
    statements = (
        Statement(
            revision="b2d1",
            direction=Direction.UP,
            text="ALTER TABLE customer DROP COLUMN phone",
            loses=("column customer.phone",),
            locks=(lock,),
        ),
        Statement(
            revision="c3e2",
            direction=Direction.UP,
            text="ALTER TABLE customer ADD COLUMN day DATE",
            locks=(lock,),
        ),
    )
    result = replace(
        whole,
        revisions=revisions,
        statements=statements,
        setup=(
            SetupStatement(text="SET ROLE owner", file="migrations/env.py", line=40, written=True),
            SetupStatement(
                text="CREATE SCHEMA shop", file="migrations/env.py", line=39, written=False
            ),
        ),
        uncompared="revision d4f3 fails on the scratch database",
    )
    after = status("a1c0", pending=IDS[1:])
    return report(environment("staging", database(step("sql", result), after=after)), command="sql")


def foreign_command() -> Report:
    told = TextResult(text="a1c0 -> b2d1, Add email\n<base> -> a1c0, Create customers\n")
    return report(
        environment("staging", database(step("alembic", told), after=status("d4f3"))),
        command="alembic",
    )


def hostile() -> Report:
    """Every text that comes from outside tries to be something else."""
    problem = Problem(
        failure_class="migration",
        exit_code=ExitCode.FAILED,
        problem=f"Revision {HOSTILE} failed.",
        meaning=f"# {HOSTILE}",
        remedy=f"1. {HOSTILE}",
        revision=HOSTILE,
        file=f"versions/{HOSTILE}.py",
        line=3,
        statement=f"SELECT '{HOSTILE}'\n```\n````\n</details>",
        database_error=f"Error: {HOSTILE}\n::set-output name=a::b",
        code=HOSTILE,
        output=f"{HOSTILE}\n::stop-commands::x\n```\n</details>\n",
    )
    proofs = (
        RevisionProof(revision=HOSTILE, verdict=Verdict.FAILED, phase=Phase.UP, problem=problem),
        RevisionProof(
            revision="b|2",
            verdict=Verdict.RESIDUE,
            differences=(Difference(text=HOSTILE, object=HOSTILE),),
            notices=(Difference(text=HOSTILE, object=HOSTILE),),
            losses=(Difference(text=HOSTILE, object=HOSTILE),),
            reason=HOSTILE,
        ),
    )
    down = RoundTrip(
        name="downgrade in one go",
        state=State.FAILED,
        problem=replace(problem, revision=None, output=""),
        differences=(Difference(text=HOSTILE, object=HOSTILE),),
    )
    up, _, again = legs()
    tested = replace(
        proved(*proofs),
        scratch=HOSTILE,
        round_trip=(up, down, replace(again, state=State.SKIPPED, reason=HOSTILE)),
        unfilled=(Difference(text=HOSTILE, object=HOSTILE),),
    )
    hostile_sql = sql(HOSTILE, (HOSTILE,), f"-- {HOSTILE}\n```\n</details>\n`````\n")
    steps = (
        step("status", replace(status(HOSTILE, pending=(HOSTILE,)), heads=(HOSTILE,))),
        step("sql", stated(hostile_sql, f"SELECT '</code></pre>{HOSTILE}'")),
        failed("rollback-test", problem, tested),
        skipped("upgrade", HOSTILE),
        step("alembic", TextResult(text=f"{HOSTILE}\n```\n</details>\n")),
    )
    whole = report(
        environment(HOSTILE, database(*steps, label=HOSTILE, after=None)),
        command=HOSTILE,
        exit_code=1,
    )
    info = replace(revision("b|2", "x"), message=HOSTILE)
    return replace(whole, revisions=(*REVISIONS, info))


def many(databases: int, revisions: int, *, broken: bool = False) -> Report:
    """A large run; with *broken* every rollback fails, each database in words of its own."""
    names = tuple(f"{number:012x}" for number in range(revisions))
    verdict = Verdict.RESIDUE if broken else Verdict.PASSED

    def proof(name: str, label: str) -> RevisionProof:
        text = f"column t_{name}.email is left behind in {label}"
        differences = (Difference(text=text, object="column"),) if broken else ()
        return RevisionProof(revision=name, verdict=verdict, differences=differences)

    def tenant(number: int) -> DatabaseReport:
        label = f"tenant-{number:03d}"
        result = proved(*(proof(name, label) for name in names))
        return database(
            step("sql", sql(label, names, text=f"-- {label}\n{SQL * revisions}")),
            StepReport(
                name="rollback-test", state=State.FAILED if broken else State.PASSED, result=result
            ),
            label=label,
            after=status("a1c0", pending=names),
        )

    whole = report(
        environment("production", *map(tenant, range(databases))), exit_code=1 if broken else 0
    )
    return replace(whole, revisions=tuple(revision(name, "Change it") for name in names))


def _statement(revision: str, action: str, line: int, **more: Any) -> Statement:
    return Statement(
        revision=revision,
        direction=Direction.UP,
        text=f"-- {action}",
        actions=(action,),
        objects=("orders",),
        file=f"migrations/versions/{revision}.py",
        line=line,
        captured=True,
        duration=0.002,
        measured=True,
        **more,
    )


def hazardous() -> Report:
    reads = Lock(object="orders", mode="AccessExclusiveLock", blocks=Blocks.READS)
    writes = Lock(object="orders", mode="ShareLock", blocks=Blocks.WRITES)
    statements = (
        _statement("b2d1", "create table emails", 14),
        _statement("b2d1", "add column orders.email", 18, locks=(reads,)),
        _statement("c3e2", "create index ix on orders", 14, locks=(writes,), scans=("orders",)),
        _statement("c3e2", "change type orders.day", 15, locks=(reads,), rewrites=("orders",)),
        _statement(
            "d4f3",
            "drop column orders.status",
            14,
            locks=(reads,),
            loses=("the values of orders.status",),
        ),
    )
    result = replace(proved(*passes(*IDS[1:])), rows=3, statements=statements)
    steps = (step("sql", sql("staging")), step("rollback-test", result, 1.2))
    after = status("a1c0", pending=IDS[1:])
    return report(environment("staging", database(*steps, after=after)))


SAMPLES = {
    "hazardous": hazardous,
    "all_passed": all_passed,
    "contended": contended,
    "taken_back": taken_back,
    "risky": risky,
    "residue": residue,
    "data_loss": data_loss,
    "data_loss_refused": data_loss_refused,
    "round_trip": round_trip,
    "unfilled": unfilled,
    "unreachable": unreachable,
    "refused": refused,
    "several_databases": several_databases,
    "multiple_heads": multiple_heads,
    "diagnosed": diagnosed,
    "not_initialised": not_initialised,
    "unrendered": unrendered,
    "captured": captured,
    "foreign_command": foreign_command,
    "hostile": hostile,
}
