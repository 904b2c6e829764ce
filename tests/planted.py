"""Faulty downgrades, planted one by one, and what must be said of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alembic_ci.database.tracking import SchemaTracker
from alembic_ci.delta import Delta
from alembic_ci.model import Difference, Phase
from alembic_ci.wording import residue


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """An upgrade and a downgrade that does not undo it; *object* must be named.

    The statements of a text are separated by semicolons. *server* is ``mariadb`` or ``mysql``
    when only one of them knows the statements.
    """

    about: str
    object: str
    up: str = ""
    down: str = ""
    setup: str = ""
    server: str = ""
    notice: bool = False


def statements(text: str) -> tuple[str, ...]:
    """Cut a text at its semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


Step = Callable[[Sequence[str]], None]


def proved(
    defect: Defect, tracker: SchemaTracker, fresh: Callable[[], SchemaTracker], run: Step
) -> tuple[str, ...]:
    """Walk up and down with *tracker*; return the objects that are named.

    The same must be seen by comparing two whole catalogues, read by trackers of their own.
    """
    run(statements(defect.setup))
    before, after = fresh(), fresh()
    tracker.start()
    before.start()
    run(statements(defect.up))
    up = tracker.advance()
    run(statements(defect.down))
    net = up.then(tracker.advance())
    after.start()
    assert net == Delta.between(before.state, after.state)
    assert not tracker.resync()
    differences, notices = residue(net, Phase.DOWN)
    return named(notices if defect.notice else differences)


def named(differences: Sequence[Difference]) -> tuple[str, ...]:
    """Return the objects, after looking that each text names its own."""
    for difference in differences:
        name = difference.object.partition("(")[0].replace(".", " ").rpartition(" ")[2]
        assert name in difference.text or name == "PRIMARY", difference
    return tuple(difference.object for difference in differences)
