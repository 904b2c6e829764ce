"""Targets, scopes and histories that are no straight line."""

import dataclasses
from pathlib import Path

import pytest

from environments import CURRENT
from jobs import Job, marked, url_for, variables_for
from template_projects import Written, initialised

_SQLITE, _POSTGRESQL = "sqlite", "postgresql+psycopg2"


def _makes(revision: str, down: str | tuple[str, ...] | None) -> Written:
    """A revision that makes a table of its own name."""
    return Written(
        revision=revision,
        down=down,
        upgrade=f'op.create_table("t_{revision}", sa.Column("id", sa.Integer(), primary_key=True))',
        downgrade=f'op.drop_table("t_{revision}")',
    )


_LINE = (
    _makes("a100", None),
    _makes("b200", "a100"),
    _makes("b250", "b200"),
    _makes("c300", "b250"),
)
# shop: s1 <- s2 <- s3; stock: k1 <- k2, where k2 needs s2
_BRANCHES = (
    dataclasses.replace(_makes("s1", None), labels=("shop",)),
    _makes("s2", "s1"),
    _makes("s3", "s2"),
    dataclasses.replace(_makes("k1", None), labels=("stock",)),
    dataclasses.replace(_makes("k2", "k1"), depends_on="s2"),
)
# a <- b1, b2 <- m <- z
_MERGED = (
    _makes("a", None),
    _makes("b1", "a"),
    _makes("b2", "a"),
    _makes("m", ("b1", "b2")),
    _makes("z", "m"),
)


@pytest.fixture
def job(request: pytest.FixtureRequest, tmp_path: Path) -> Job:
    """A project on an empty database; the parameter is the driver and the history."""
    driver, history = request.param
    folder = initialised(CURRENT.interpreter(), "generic", tmp_path / "project", *history)
    variables = variables_for(url_for(driver, request))
    return Job(directory=folder, python=CURRENT.interpreter(), variables=variables)


def _on(history: tuple[Written, ...], *drivers: str) -> pytest.MarkDecorator:
    sets = [marked((driver, history), driver=driver) for driver in drivers]
    return pytest.mark.parametrize("job", sets, indirect=True)


@_on(_LINE, _SQLITE)
def test_each_kind_of_target_is_reached(job: Job) -> None:
    one = job.passed("run", "--target=+1")
    partial = job.passed("run", "--target=b20")
    two = job.passed("run", "--target=+2")
    nothing = job.passed("run")
    whole = job.passed("downgrade", "--target=b200")
    back = job.passed("downgrade", "--target=-1")
    missing = job.run("upgrade", "--target=nowhere")
    ambiguous = job.run("upgrade", "--target=b2")
    same = job.passed("upgrade", "--target=a100")

    assert [run.stands_at() for run in (one, partial, two, nothing)] == [
        ["a100"],
        ["b200"],
        ["c300"],
        ["c300"],
    ]
    assert list(two.verdicts()) == ["b250", "c300"]
    assert nothing.verdicts() == {"c300": "passed"}
    assert "Nothing to do" in nothing.result("sql")["sql"]
    assert nothing.result("upgrade")["applied"] == []
    assert [run.stands_at() for run in (whole, back, same)] == [["b200"], ["a100"], ["a100"]]
    assert missing.exit_code == ambiguous.exit_code == 2


@_on(_LINE, _POSTGRESQL)
def test_scope_chooses_what_is_proved(job: Job) -> None:
    job.passed("upgrade", "--target=b250")

    pending = job.passed("rollback-test")
    two = job.passed("rollback-test", "--scope=2")
    everything = job.passed("rollback-test", "--scope=all")
    more = job.passed("rollback-test", "--scope=99")
    wrong = job.run("rollback-test", "--scope=some")

    assert list(pending.verdicts()) == ["c300"]
    assert list(two.verdicts()) == ["b250", "c300"]
    assert list(everything.verdicts()) == list(more.verdicts()) == ["a100", "b200", "b250", "c300"]
    assert everything.stands_at() == ["b250"]
    assert wrong.exit_code == 2


@_on(_BRANCHES, _SQLITE, _POSTGRESQL)
def test_branches_are_reached_by_label_and_bring_what_they_depend_on(job: Job) -> None:
    shop = job.passed("run", "--target=shop@s1")
    stock = job.passed("run", "--target=stock@head")
    rest = job.passed("run", "--scope=all")
    down = job.passed("downgrade", "--target=stock@-1")
    base = job.passed("downgrade", "--target=base")

    assert shop.stands_at() == ["s1"]
    assert set(stock.verdicts()) == {"s2", "k1", "k2"}
    assert set(stock.result("upgrade")["applied"]) == {"s2", "k1", "k2"}
    assert set(rest.verdicts()) == {"s1", "s2", "s3", "k1", "k2"}
    assert {*stock.verdicts().values(), *rest.verdicts().values()} == {"passed"}
    assert set(rest.stands_at()) == {"s3", "k2"}
    assert set(down.stands_at()) == {"s3", "k1"}
    assert base.stands_at() == []


@_on(_BRANCHES, _POSTGRESQL)
def test_heads_mean_the_same_in_whatever_order_the_rows_stand(job: Job) -> None:
    job.passed("upgrade", "--target=shop@head")
    job.passed("upgrade", "--target=heads")

    again = job.passed("upgrade", "--target=heads")

    assert "was already at k2, s3" in again.text


@_on(_MERGED, _SQLITE, _POSTGRESQL)
def test_a_merge_is_proved_and_taken_back(job: Job) -> None:
    job.passed("upgrade", "--target=b1")

    run = job.passed("run", "--scope=all")
    unmerged = job.passed("downgrade", "--target=b1")
    again = job.passed("run")

    assert run.verdicts() == dict.fromkeys(["a", "b1", "b2", "m", "z"], "passed")
    assert set(run.result("upgrade")["applied"]) == {"b2", "m", "z"}
    assert run.stands_at() == again.stands_at() == ["z"]
    assert "b1" in unmerged.stands_at()
