"""Projects as the project's own ``alembic init`` writes them, with revisions put in."""

import atexit
import functools
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

_TIMEOUT = 60.0  # seconds

_MODULE = '''"""{message}"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down_revision!r}
branch_labels = {branch_labels!r}
depends_on = {depends_on!r}


{functions}'''

_MULTIDB = """def upgrade(engine_name):
    globals()["upgrade_" + engine_name]()


def downgrade(engine_name):
    globals()["downgrade_" + engine_name]()


"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One revision to write; *upgrade* and *downgrade* are the lines of its functions."""

    revision: str
    down: str | tuple[str, ...] | None
    upgrade: str
    downgrade: str
    labels: tuple[str, ...] = ()
    depends_on: str | tuple[str, ...] | None = None


CREATE = Written(
    revision="aaa1",
    down=None,
    upgrade="""op.create_table(
    "accounts",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
)""",
    downgrade='op.drop_table("accounts")',
)
ADD = Written(
    revision="bbb2",
    down="aaa1",
    upgrade="""op.add_column("accounts", sa.Column("email", sa.String(100)))
op.create_index("accounts_email", "accounts", ["email"])""",
    downgrade="""op.drop_index("accounts_email", table_name="accounts")
op.drop_column("accounts", "email")""",
)
REFER = Written(
    revision="ccc3",
    down="bbb2",
    upgrade="""op.create_table(
    "orders",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("account", sa.Integer(), sa.ForeignKey("accounts.id", name="orders_account")),
)
op.execute("insert into accounts (id, name) values (4100, 'Zoë 100%')")""",
    downgrade="""op.execute("delete from accounts where id = 4100")
op.drop_table("orders")""",
)
LEAVES_TABLE = Written(
    revision="ddd4",
    down="ccc3",
    upgrade="""op.create_table("kept", sa.Column("id", sa.Integer(), primary_key=True))
op.create_table("dropped", sa.Column("id", sa.Integer(), primary_key=True))""",
    downgrade='op.drop_table("dropped")',
)
RAISES = Written(
    revision="eee5",
    down="ddd4",
    upgrade='op.create_table("late", sa.Column("id", sa.Integer(), primary_key=True))',
    downgrade='op.drop_table("never_made")',
)
SOUND = (CREATE, ADD, REFER)
ALL_SOUND = {revision.revision: "passed" for revision in SOUND}


def initialised(python: Path, template: str, folder: Path, *revisions: Written) -> Path:
    """Make what ``alembic init --template TEMPLATE migrations`` makes, and write *revisions*."""
    shutil.copytree(_template(python, template), folder, dirs_exist_ok=True)
    for revision in revisions:
        write(folder, revision)
    return folder


@functools.cache
def _template(python: Path, template: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="alembic-ci-template-"))
    atexit.register(shutil.rmtree, folder)
    subprocess.run(
        [python, "-m", "alembic", "init", "--template", template, "migrations"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=_TIMEOUT,
    )
    return folder


def write(folder: Path, revision: Written) -> Path:
    """Write one revision of a project with one database."""
    return _written(
        folder,
        revision,
        _function("upgrade", revision.upgrade) + _function("downgrade", revision.downgrade),
    )


def write_multidb(folder: Path, revision: Written, engines: Mapping[str, Written]) -> Path:
    """Write one revision of the multidb template; each engine takes its lines from its own."""
    functions = [
        _function(f"upgrade_{engine}", part.upgrade)
        + _function(f"downgrade_{engine}", part.downgrade)
        for engine, part in engines.items()
    ]
    return _written(folder, revision, _MULTIDB + "".join(functions))


def _written(folder: Path, revision: Written, functions: str) -> Path:
    path = folder / "migrations" / "versions" / f"{revision.revision}_step.py"
    path.parent.mkdir(exist_ok=True)
    text = _MODULE.format(
        message=f"step {revision.revision}",
        revision=revision.revision,
        down_revision=revision.down,
        branch_labels=revision.labels or None,
        depends_on=revision.depends_on,
        functions=functions.rstrip() + "\n",
    )
    path.write_text(text, encoding="utf-8")
    return path


def _function(name: str, lines: str) -> str:
    return f"def {name}():\n{indent(lines, '    ')}\n\n\n"


def edit(file: Path, old: str, new: str) -> None:
    """Replace the one place of *old* in a file."""
    text = file.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise AssertionError(f"{file.name} holds {old!r} {text.count(old)} times")
    file.write_text(text.replace(old, new), encoding="utf-8")
