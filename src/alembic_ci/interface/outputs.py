"""The job outputs, in the order in which every reference lists them."""

from alembic_ci.interface.definitions import Output

OUTPUTS = (
    Output(name="status", help="passed or failed", featured=True),
    Output(name="exit-code", help="the process's exit code"),
    Output(
        name="failure-class",
        help="one word for the first failure, empty when all passed",
        featured=True,
    ),
    Output(name="environment", help="the first environment of the run"),
    Output(name="environments", help="JSON: one object for each database", featured=True),
    Output(name="current-revision", help="where the first database stands after the run"),
    Output(name="target-revision", help="where the first database was meant to go"),
    Output(name="heads", help="the project's heads, space-separated"),
    Output(name="is-up-to-date", help="true when no database has anything pending", featured=True),
    Output(
        name="pending-count", help="number of revisions still pending after the run", featured=True
    ),
    Output(
        name="pending-revisions", help="their ids, oldest first, space-separated", featured=True
    ),
    Output(
        name="applied-count",
        help="number of revisions this run applied to real databases",
        featured=True,
    ),
    Output(name="applied-revisions", help="their ids in the order of execution"),
    Output(name="rollback-tested", help="number of revisions the rollback test proved or failed"),
    Output(name="irreversible-revisions", help="revisions declared impossible to roll back"),
    Output(name="sql", help="the upgrade SQL of the first database, cut to a safe size"),
    Output(name="sql-path", help="path of that SQL, whole", featured=True),
    Output(name="sql-sha256", help="SHA-256 of that file"),
    Output(name="rollback-sql-path", help="path of the SQL back to where the database was"),
    Output(name="report-path", help="path of report.md", featured=True),
    Output(name="report-json-path", help="path of report.json"),
    Output(name="finding-count", help="number of findings, empty when nothing looked for any"),
    Output(name="finding-codes", help="their codes, empty when nothing looked for any"),
    Output(name="drift-detected", help="true or false, empty when nothing looked for drift"),
    Output(name="report-html-path", help="path of report.html, empty when none was written"),
    Output(name="sarif-path", help="path of findings.sarif, empty when none was written"),
    Output(name="junit-path", help="path of junit.xml, empty when none was written"),
    Output(name="code-quality-path", help="path of gl-code-quality.json, empty when none is there"),
    Output(
        name="comment-url",
        help="the pull request's comment, empty when none was made",
        featured=True,
    ),
    Output(name="plan-path", help="path of plan.json, empty when nothing was planned"),
    Output(
        name="matrix",
        help="JSON for GitHub's strategy.matrix, a job for each database that plan found behind "
        "(a shard where those are more than 256); empty when there is none",
    ),
)
