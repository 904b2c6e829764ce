"""Every run renders the same SQL, although Alembic and SQLAlchemy keep some things in sets."""

from pathlib import Path

import pytest

from cli import alembic_ci
from environments import CURRENT, OLDEST, PinnedSet
from template_projects import Written, initialised

_RUNS = 4
_TABLE = Written(
    revision="aaa1",
    down=None,
    upgrade="""op.create_table(
    "accounts",
    sa.Column("id", sa.Integer(), primary_key=True),
    *(sa.Column(name, sa.Integer(), index=True) for name in "abcdef"),
    *(sa.CheckConstraint(f"{name} > 0", name=f"positive_{name}") for name in "abcdef"),
    *(sa.UniqueConstraint(name, "id") for name in "abcdef"),
)""",
    downgrade='op.drop_table("accounts")',
)
_BATCH = Written(
    revision="bbb2",
    down="aaa1",
    upgrade="""with op.batch_alter_table("accounts") as batch:
    batch.alter_column("a", nullable=False)""",
    downgrade="""with op.batch_alter_table("accounts") as batch:
    batch.alter_column("a", nullable=True)""",
)


@pytest.mark.parametrize("pinned", [OLDEST, CURRENT], ids=lambda pinned: str(pinned.name))
def test_what_is_kept_in_sets_comes_in_the_same_order_in_every_run(
    pinned: PinnedSet, tmp_path: Path
) -> None:
    python = pinned.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _TABLE, _BATCH)
    variables = {"DATABASE_URL": "sqlite:///x.db"}

    scripts = set()
    for _ in range(_RUNS):
        run = alembic_ci("sql", f"--python={python}", directory=directory, variables=variables)
        assert run.exit_code == 0, run.everything
        folder = run.folder / "sql" / "development"
        scripts.add("".join(path.read_text() for path in sorted(folder.iterdir())))

    assert len(scripts) == 1


def test_a_plan_is_kept_to_although_batch_mode_keeps_constraints_in_a_set(tmp_path: Path) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _TABLE, _BATCH)
    variables = {"DATABASE_URL": "sqlite:///x.db", "PYTHONHASHSEED": "7"}
    planned = alembic_ci("plan", f"--python={python}", directory=directory, variables=variables)
    assert planned.exit_code == 0, planned.everything
    planned.folder.rename(directory / "planned")

    upgraded = alembic_ci(
        "upgrade",
        "--plan=planned/plan.json",
        f"--python={python}",
        directory=directory,
        variables=variables,
    )

    assert upgraded.exit_code == 0, upgraded.everything
