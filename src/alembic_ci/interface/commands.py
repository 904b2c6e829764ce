"""The sub-commands, which are also the values of the action's input ``command``."""

from alembic_ci.interface.definitions import Command

COMMANDS = (
    Command(name="run", help="Do the steps: render the SQL, test the rollback, upgrade."),
    Command(name="status", help="Show where every database stands and what is pending."),
    Command(name="sql", help="Render the SQL each database is about to get, and the way back."),
    Command(name="rollback-test", help="Prove on a scratch database that revisions roll back."),
    Command(name="upgrade", help="Upgrade, then verify from a new connection."),
    Command(name="downgrade", help="Downgrade to a revision, then verify from a new connection."),
    Command(name="stamp", help="Write a revision into the version table without running it."),
    Command(
        name="plan",
        help="Write plan.json: what an upgrade of each database is about to do, to be reviewed.",
    ),
    Command(name="doctor", help="Say what is wrong with a database and how to mend it."),
    Command(name="alembic", help="Run the project's own Alembic command line on an environment."),
    Command(
        name="comment",
        help="Post the comment that a job without the right to left in its report folder.",
        only=("report-dir",),
    ),
)
