"""What the environment has and this job, or a scratch server, may lack."""

import re

from alembic_ci.project.failures import Failure

# https://www.postgresql.org/docs/current/errcodes-appendix.html,
# https://mariadb.com/kb/en/mariadb-error-code-reference/,
# https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
_NO_EXTENSION = frozenset({"0A000", "58P01"})
_NO_ROLE = frozenset({"42704", "22023", "1133", "1410"})
_EXTENSION = re.compile(r"\bcreate\s+extension\b", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:grant|revoke|owner\s+to|set\s+(?:local\s+|session\s+)?role|session\s+authorization"
    r"|default\s+privileges|(?:create|alter)\s+policy|alter\s+(?:role|user))\b",
    re.IGNORECASE,
)

_BLOCK = "in autocommit_block\n"


def lacking(failure: Failure | None) -> str:
    """Say what to do where a revision failed for want of something outside of it, else ``""``.

    Extensions and roles belong to a server and not to a database; variables and arguments to a job.
    """
    if failure and failure.kind == KeyError.__name__:
        return (
            "Where it is a process variable, set it in this job; where it is an argument that "
            "get_x_argument() asks for, give it with --x KEY=VALUE. Otherwise correct the revision."
        )
    if failure and failure.kind == AssertionError.__name__ and _BLOCK in failure.traceback:
        return (
            "env.py begins the transaction itself (engine.begin(), connection.begin()), and "
            "autocommit_block() can leave only one of Alembic's: let env.py use engine.connect(), "
            "and context.begin_transaction() around run_migrations()."
        )
    if failure is None or not failure.statement:
        return ""
    if failure.code in _NO_EXTENSION and _EXTENSION.search(failure.statement):
        return (
            "Where the environment's server has the extension, the scratch server needs it, too: "
            "name one that has it in SCRATCH_DATABASE_URL, such as a service container of the "
            "same image."
        )
    if failure.code in _NO_ROLE and _ROLE.search(failure.statement):
        return (
            "Roles belong to the server: where the environment's has this one, make it on the "
            "scratch server, too, by hand or with --scratch-baseline, or let the revision ask "
            "first whether it is there."
        )
    return ""
