from pathlib import Path

import pytest

from alembic_ci.errors import HistoryError
from alembic_ci.history import Body, Revision, info
from alembic_ci.history.parsing import parsed

HEADER = 'revision = "a1"\ndown_revision = None\n'


def read(text: str, name: str = "a1_first.py") -> Revision:
    return parsed(text.encode(), Path("/project/versions", name), f"versions/{name}")


def read_bodies(upgrade: str, downgrade: str) -> tuple[Body, Body]:
    revision = read(f"{HEADER}def upgrade():\n{upgrade}\n\ndef downgrade():\n{downgrade}\n")
    return revision.upgrade, revision.downgrade


def test_everything_a_template_writes_is_read() -> None:
    revision = read(
        '"""Add users.\n\nRevision ID: a1\n"""\n'
        "from typing import Sequence, Union\n\n"
        'revision: str = "a1"\n'
        'down_revision: Union[str, Sequence[str], None] = ("b1", "c1")\n'
        'branch_labels: Union[str, Sequence[str], None] = "shop"\n'
        'depends_on: Union[str, Sequence[str], None] = ["d1"]\n\n'
        "def upgrade() -> None:\n    op.f()\n\n"
        "def downgrade() -> None:\n    pass\n"
    )

    assert revision == Revision(
        revision="a1",
        message="Add users.",
        path=Path("/project/versions/a1_first.py"),
        line=7,
        down_revisions=("b1", "c1"),
        parent_line=8,
        depends_on=("d1",),
        branch_labels=("shop",),
        upgrade=Body.CODE,
        downgrade=Body.EMPTY,
        downgrade_line=15,
    )


@pytest.mark.parametrize(
    ("expression", "parents"),
    [
        ("None", ()),
        ("()", ()),
        ("'b'", ("b",)),
        ("['b', 'c']", ("b", "c")),
        ("('b',)", ("b",)),
        ("('b',) + ('c',)", ("b", "c")),
        ("'b' 'c'", ("bc",)),
        ("'b' + '_c'", ("b_c",)),
        ("PARENT", ("p1",)),
        ("PREFIX + '_2'", ("p1_2",)),
        ("f'{PREFIX}_{NUMBER}'", ("p1_7",)),
        ("(PARENT, 'c')", ("p1", "c")),
    ],
)
def test_constant_expressions_are_computed(expression: str, parents: tuple[str, ...]) -> None:
    text = f"NUMBER = 7\nPREFIX = PARENT = 'p1'\nrevision = 'a1'\ndown_revision = {expression}\n"

    assert read(text).down_revisions == parents


def test_the_last_assignment_counts() -> None:
    text = "revision, down_revision = 'a0', None\nrevision = 'a1'\n"

    assert (read(text).revision, read(text).line) == ("a1", 2)


@pytest.mark.parametrize(
    ("statements", "body"),
    [
        ("    pass", Body.EMPTY),
        ('    """Nothing to do."""', Body.EMPTY),
        ('    """Nothing to do."""\n    pass', Body.EMPTY),
        ("    ...", Body.EMPTY),
        ("    return", Body.EMPTY),
        ("    return None", Body.EMPTY),
        ("    reason = 'no'", Body.EMPTY),
        ("    raise NotImplementedError", Body.RAISES),
        ('    """Never."""\n    message = f"no {x}"\n    raise ValueError(message)', Body.RAISES),
        ("    assert False, 'no way back'", Body.RAISES),
        ("    raise ValueError\n    op.f()", Body.RAISES),
        ("    if x:\n        raise ValueError", Body.CODE),
        ("    op.f()\n    raise ValueError", Body.CODE),
        ("    x = op.f()", Body.CODE),
        ("    return op.f()", Body.CODE),
    ],
)
def test_bodies_are_told_apart(statements: str, body: Body) -> None:
    assert read_bodies("    op.f()", statements) == (Body.CODE, body)


def test_functions_that_are_not_there_are_missing() -> None:
    revision = read(HEADER)

    assert (revision.upgrade, revision.downgrade) == (Body.MISSING, Body.MISSING)
    assert revision.downgrade_line is None


@pytest.mark.parametrize(
    "binding",
    [
        "from shared import downgrade",
        "from shared import undo as downgrade",
        "downgrade = make()",
        "downgrade: Undo = make()",
        "try:\n    from fast import downgrade\nexcept ImportError:\n    from slow import downgrade",
        "if NEW:\n    def downgrade():\n        op.f()",
        "with quiet():\n    import downgrade",
    ],
)
def test_functions_bound_in_other_ways_are_there(binding: str) -> None:
    assert read(f"{HEADER}{binding}\n").downgrade is Body.CODE


def multidb(up: str, down: str) -> str:
    return (
        f"{HEADER}"
        'def upgrade(engine_name):\n    globals()["upgrade_%s" % engine_name]()\n\n'
        'def downgrade(engine_name):\n    globals()["downgrade_%s" % engine_name]()\n\n'
        f"def upgrade_one():\n    {up}\n\ndef upgrade_two():\n    pass\n\n"
        f"def downgrade_one():\n    {down}\n\ndef downgrade_two():\n    pass\n"
    )


@pytest.mark.parametrize(
    ("up", "down", "bodies"),
    [
        ("op.f()", "op.g()", (Body.CODE, Body.CODE)),
        ("op.f()", "pass", (Body.CODE, Body.EMPTY)),
        ("op.f()", "raise ValueError", (Body.CODE, Body.RAISES)),
        ("pass", "pass", (Body.EMPTY, Body.EMPTY)),
    ],
)
def test_multidb_revisions_are_judged_by_their_engines(
    up: str, down: str, bodies: tuple[Body, Body]
) -> None:
    revision = read(multidb(up, down))

    assert (revision.upgrade, revision.downgrade) == bodies


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        ("# alembic-ci: irreversible data was merged", "data was merged"),
        ("    # alembic-ci: irreversible: data was merged  ", "data was merged"),
        ("#alembic-ci:irreversible", ""),
        ('TEXT = "# alembic-ci: irreversible not a comment"', None),
        ("# alembic-ci: irreversibly", None),
        ("# irreversible", None),
    ],
)
def test_irreversible_is_declared_by_a_comment(comment: str, reason: str | None) -> None:
    assert read(f"{HEADER}{comment}\n").irreversible == reason


def test_very_old_files_carry_the_id_in_their_name() -> None:
    assert read("down_revision = None\n", "abc123.py").revision == "abc123"


def test_source_encodings_are_respected() -> None:
    source = f"# -*- coding: latin-1 -*-\n'''Füge hinzu'''\n{HEADER}".encode("latin-1")

    assert parsed(source, Path("/p/a.py"), "a.py").message == "Füge hinzu"


def test_ids_longer_than_the_version_table_are_marked() -> None:
    assert read(f"revision = '{'a' * 33}'\ndown_revision = None\n").too_long
    assert not read(f"revision = '{'a' * 32}'\ndown_revision = None\n").too_long


def test_info_names_the_file_relative_to_a_folder(tmp_path: Path) -> None:
    revision = parsed(HEADER.encode(), tmp_path.resolve() / "versions/a1.py", "a1.py")

    assert info(revision, tmp_path).file == "versions/a1.py"
    assert info(revision, Path("/elsewhere")).file == str(tmp_path.resolve() / "versions/a1.py")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "revision = 'a1'\ndown_revision = (None\n",
            "versions/a1_first.py:2 is not valid Python: '(' was never closed.",
        ),
        ("x = 1\0", "versions/a1_first.py"),
        ("down_revision = None\n", "versions/a1_first.py has no `revision` at its top level."),
        ("revision = 'a1'\n", "versions/a1_first.py has no `down_revision` at its top level."),
        ("revision = None\ndown_revision = None\n", "versions/a1_first.py:1: `revision` is not"),
        ("revision = ''\ndown_revision = None\n", "versions/a1_first.py:1: `revision` is not"),
        ("revision = 'a-1'\ndown_revision = None\n", "versions/a1_first.py:1: `revision` is not"),
        (
            "revision = 'a'\ndown_revision = 7\n",
            "versions/a1_first.py:2: `down_revision` is neither a string, a tuple of strings",
        ),
        ("revision = 'a'\ndown_revision = ('b', 7)\n", "versions/a1_first.py:2: `down_revision`"),
        (
            "revision = 'a'\ndown_revision = latest()\n",
            "versions/a1_first.py:2: `down_revision = latest()` cannot be read",
        ),
        ("revision = 'a'\ndown_revision = {'a': 1}\n", "versions/a1_first.py:2: `down_revision ="),
        ("revision = 'a'\ndown_revision = 'a' + 1\n", "versions/a1_first.py:2: `down_revision ="),
        ("revision = 'a'\ndown_revision = f'{x!r}'\n", "versions/a1_first.py:2: `down_revision ="),
        ("n = f()\nrevision = n\ndown_revision = None\n", "versions/a1_first.py:2: `revision = n`"),
    ],
)
def test_broken_files_are_named_with_their_line(text: str, problem: str) -> None:
    with pytest.raises(HistoryError) as caught:
        read(text)

    assert caught.value.problem.startswith(problem)
    assert caught.value.remedy


def test_wrong_bytes_are_named_with_their_file() -> None:
    with pytest.raises(HistoryError) as caught:
        parsed(b"x = '\xff'\n", Path("/p/a.py"), "a.py")

    assert caught.value.problem.startswith("a.py")
