"""On any graph, the history says what Alembic says of the same files."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from alembic.runtime.migration import RevisionStep
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alembic_ci.errors import AlembicCIError
from alembic_ci.history import History, Revision
from revision_files import folder, write

LABELS = ("shop", "mall", "depot")


class Node(NamedTuple):
    revision: str
    down: tuple[str, ...]
    depends_on: tuple[str, ...]
    label: str | None


@st.composite
def graphs(draw: st.DrawFn) -> list[Node]:
    """Draw up to 14 revisions with branches, merges, dependencies and labels on bases."""
    size = draw(st.integers(min_value=1, max_value=14))
    ids = draw(st.permutations([f"{letter}{letter}00" for letter in "abcdefghijklmn"[:size]]))
    labels = iter(LABELS)
    nodes: list[Node] = []
    for identifier in ids:
        earlier = [node.revision for node in nodes]
        down = draw(_some(earlier, most=2))
        depends_on = draw(_some([name for name in earlier if name not in down], most=2))
        label = next(labels, None) if not down and draw(st.booleans()) else None
        nodes.append(Node(identifier, down, depends_on, label))
    return nodes


def _some(names: Sequence[str], *, most: int) -> st.SearchStrategy[tuple[str, ...]]:
    if not names:
        return st.just(())
    return st.lists(st.sampled_from(names), max_size=most, unique=True).map(tuple)


class Pair(NamedTuple):
    ours: History
    theirs: ScriptDirectory


@contextmanager
def on_disk(nodes: Sequence[Node]) -> Iterator[Pair]:
    with TemporaryDirectory() as name:
        root = Path(name)
        versions = folder(root)
        for node in nodes:
            write(
                root,
                node.revision,
                node.down or None,
                depends_on=node.depends_on or None,
                labels=node.label,
            )
        script = ScriptDirectory(str(root), version_locations=[str(root / "versions")])
        yield Pair(History.read(versions), script)


def ids(revisions: Sequence[Revision]) -> list[str]:
    return [revision.revision for revision in revisions]


def outcome(plan: Callable[[], Sequence[Revision]]) -> list[str] | None:
    """Return the ids of a plan, or None when it was refused."""
    try:
        return ids(plan())
    except AlembicCIError:
        return None


def alembic_outcome(plan: Callable[[], Sequence[RevisionStep]]) -> list[str] | None:
    try:
        return [step.revision.revision for step in plan()]
    except (CommandError, AssertionError):
        return None


def targets(nodes: Sequence[Node]) -> st.SearchStrategy[str]:
    names = [node.revision for node in nodes]
    labels = [node.label for node in nodes if node.label] + names
    some = st.sampled_from(names)
    relative = st.integers(min_value=-4, max_value=4).filter(bool).map("{:+d}".format)
    places = st.sampled_from(["head", "heads", "base"]) | some | relative
    return st.one_of(
        places,
        st.builds("{}@{}".format, st.sampled_from(labels), places),
        st.builds("{}{}".format, some, relative),
        some.map(lambda name: name[:3]),
        some.map(lambda name: name[:4]),
        st.just("nowhere"),
    )


many = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@many
@given(graphs())
def test_order_heads_and_bases_are_those_of_alembic(nodes: list[Node]) -> None:
    with on_disk(nodes) as (ours, theirs):
        walked = [script.revision for script in theirs.walk_revisions()]

        assert ids(ours.oldest_first()) == walked[::-1]
        assert list(ours.heads) == theirs.get_heads()
        assert list(ours.bases) == theirs.get_bases()
        assert set(ours.effective(ours.heads)) == {
            script.revision for script in theirs.get_revisions("heads")
        }


@many
@given(st.data())
def test_plans_are_those_of_alembic(data: st.DataObject) -> None:
    nodes = data.draw(graphs())
    applied = data.draw(_some([node.revision for node in nodes], most=3))
    target = data.draw(targets(nodes))
    with on_disk(nodes) as (ours, theirs):
        current = ours.effective(applied)
        ambiguous = len(current) > 1 and target[0] == "-"

        # Alembic's annotation says one revision; the tuple is what its own commands pass.
        up = alembic_outcome(lambda: theirs._upgrade_revs(target, current))  # type: ignore[arg-type]
        assert outcome(lambda: ours.upgrade_plan(current, target)) == up
        if not ambiguous:
            down = alembic_outcome(lambda: theirs._downgrade_revs(target, current))  # type: ignore[arg-type]
            assert outcome(lambda: ours.downgrade_plan(current, target)) == down


@many
@given(st.data())
def test_redundant_rows_of_the_version_table_change_no_plan(data: st.DataObject) -> None:
    nodes = data.draw(graphs())
    rows = data.draw(_some([node.revision for node in nodes], most=4))
    with on_disk(nodes) as (ours, _):
        effective = ours.effective(rows)

        assert ours.closure(rows) == ours.closure(effective)
        assert ours.upgrade_plan(rows, "heads") == ours.upgrade_plan(effective, "heads")
        assert ours.downgrade_plan(rows, "base") == ours.downgrade_plan(effective, "base")


@many
@given(st.data())
def test_after_an_upgrade_the_effective_heads_have_run_everything(data: st.DataObject) -> None:
    nodes = data.draw(graphs())
    rows = data.draw(_some([node.revision for node in nodes], most=3))
    with on_disk(nodes) as (ours, _):
        done = ours.closure(rows) | set(ids(ours.upgrade_plan(rows, "heads")))

        assert done == set(ours.revisions)
        assert ours.effective(done) == ours.effective(ours.heads)
