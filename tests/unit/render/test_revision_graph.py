from dataclasses import replace

from alembic_ci.model import Report, RevisionInfo, StatusResult
from alembic_ci.render.html.lanes import drawing
from alembic_ci.render.revision_graph import Node, drawn
from reports import database, environment, report, residue, revision, step


def standing(revisions: list[RevisionInfo], *current: str) -> Report:
    """A database that stands at *current* of a history, oldest first."""
    status = StatusResult(initialised=True, current=current, heads=(), target="heads", pending=())
    whole = report(environment("staging", database(step("status", status), after=status)))
    return replace(whole, revisions=tuple(revisions))


def line(length: int) -> list[RevisionInfo]:
    names = [f"r{number}" for number in range(length)]
    parents = [(), *((name,) for name in names)]
    return [revision(n, n, *p) for n, p in zip(names, parents, strict=False)]


def forked() -> list[RevisionInfo]:
    return [
        revision("a", "a"),
        revision("b", "b", "a"),
        revision("c", "c", "a"),
        revision("d", "d", "b", "c"),
    ]


def names(nodes: tuple[Node, ...]) -> list[str]:
    return [node.info.revision for node in nodes]


def test_a_short_history_is_drawn_whole_newest_first() -> None:
    nodes = drawn(standing(forked(), "b"), 10)

    assert names(nodes) == ["d", "c", "b", "a"]
    assert nodes[0].parents == ("b", "c")
    assert [node.standing for node in nodes] == [(), (), ("staging",), ()]
    assert [node.head for node in nodes] == [True, False, False, False]


def test_of_a_long_history_the_newest_and_where_databases_stand_are_drawn() -> None:
    nodes = drawn(standing(line(1_000), "r3"), 5)

    assert names(nodes) == ["r999", "r998", "r997", "r996", "r3"]
    assert [node.left_out for node in nodes] == [0, 0, 0, 992, 3]
    assert nodes[3].parents == ("r3",)
    assert nodes[4].parents == ()


def test_a_disproved_revision_is_drawn_before_an_older_one_that_is_not() -> None:
    assert "b2d1" in names(drawn(residue(), 4))
    assert names(drawn(residue(), 2)) == ["d4f3", "a1c0"]


def test_a_parent_that_is_not_known_here_is_broken_off() -> None:
    (node,) = drawn(standing([revision("b", "b", "elsewhere")], "b"), 5)

    assert node.broken_off
    assert node.parents == ()


def test_a_line_stays_in_its_lane_and_a_branch_gets_one_of_its_own() -> None:
    nodes = drawn(standing(forked(), "b"), 10)

    made = drawing(nodes, range(4))

    assert len(made.edges) == 4
    assert made.dots[0].x == made.dots[2].x == made.dots[3].x
    assert made.dots[1].x > made.dots[0].x
    assert made.height == 4 * 56


def test_very_many_branches_stay_narrow() -> None:
    tips = [revision(f"t{number}", "tip", "root") for number in range(60)]
    nodes = drawn(standing([revision("root", "root"), *tips], "root"), 100)

    made = drawing(nodes, range(len(nodes)))

    assert made.width <= 190
    assert len(made.edges) == 60


def test_no_revisions_make_an_empty_drawing() -> None:
    assert drawn(standing([]), 5) == ()
    assert drawing((), ()).dots == ()
