"""The problems of changes that Alembic reported as done, and that the database does not show."""

from collections.abc import Sequence

from alembic_ci.model import ChangeResult, Problem
from alembic_ci.steps.problems import verdict_problem


def dragged_back(failed: str, result: ChangeResult) -> Problem:
    """Return the problem of a database whose revisions all ran, and were lost with another's."""
    where = ", ".join(result.after) or "base (no revision)"
    return verdict_problem(
        f"Its own revisions ran, but the database is at {where}: revision {failed} failed "
        "in another database of this environment.",
        failure_class="migration",
        meaning="env.py migrates them in one transaction each, and rolls all of them back.",
        remedy="Correct what failed there and run again.",
    )


def silent_rollback(after: Sequence[str]) -> Problem:
    """Return the problem of a change that Alembic reported as done and that did not happen."""
    where = ", ".join(after) or "base (no revision)"
    return verdict_problem(
        f"Alembic reported success, but the database is still at {where}.",
        failure_class="silent-rollback",
        meaning="env.py's transaction was rolled back at the end: one that env.py begins and never "
        "commits, a connection used before context.configure() (SQLAlchemy 2 then begins a "
        "transaction of its own), an async run_sync() without commit, an error that env.py "
        "swallowed, or a revision that ends the transaction by itself (op.get_bind().commit(), or "
        "rollback() of a Session on it): what comes behind that is in no transaction of Alembic's.",
        remedy="Use the connection for nothing before context.configure(), or call "
        "connection.commit() after context.run_migrations(). In a revision use "
        "op.get_context().autocommit_block() instead of a commit, and begin_nested() for what may "
        "be rolled back.",
    )
