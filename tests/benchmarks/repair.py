"""Compare what a failing revision costs in a long history with what it costs in a short one.

python -m benchmarks.repair [SHORT LONG] [postgresql|mysql|sqlite ...]       (in tests/)

The downgrade of every fifth revision raises when it has done its work. The same history without
that is subtracted.
"""

import sys
from functools import partial
from itertools import pairwise

from alembic_ci.urls import Dialect
from benchmarks.measuring import Bench, Cost, Subject, bench, judged, medians, say

_TURNS = 3
_EVERY = 5
_LENGTHS = (50, 100, 200)
_RAISE = '\n    raise RuntimeError("no way back")\n'
_WAYS = ("--rows=0", "--rows=3")


def main() -> None:
    """Measure each database."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    names = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    for dialect in [Dialect(name) for name in names] or list(Dialect):
        with bench(dialect) as place:
            for rows in _WAYS:
                _compare(place, rows, tuple(numbers) or _LENGTHS)


def _compare(place: Bench, rows: str, lengths: tuple[int, ...]) -> None:
    taken = medians(
        _TURNS,
        {
            f"{count} {bad}": partial(_cost, place, rows, count, bad=bad)
            for count in lengths
            for bad in (False, True)
        },
    )
    each = {
        count: _each(taken[f"{count} {True}"], taken[f"{count} {False}"], count)
        for count in lengths
    }
    say(
        f"\n{place.dialect} rollback-test {rows}, a failing revision, medians of {_TURNS} turns "
        "(processor time): " + ", ".join(f"{each[count]} of {count}" for count in lengths)
    )
    for short, long in pairwise(lengths):
        judged(f"one of {long} / one of {short}", each[long], each[short], 1.3)


def _cost(place: Bench, rows: str, count: int, *, bad: bool) -> Cost:
    with place.subject(count) as subject:
        files = [
            subject.directory / "migrations" / "versions" / f"{number:06}.py"
            for number in range(_EVERY, count + 1, _EVERY)
        ]
        sound = [file.read_text() for file in files]
        try:
            for file, text in zip(files, sound, strict=True):
                file.write_text(text + _RAISE * bad)
            subject.alembic("heads")  # writes the bytecode of the revisions
            return place.cost(lambda: _prove(subject, rows, bad=bad))
        finally:
            for file, text in zip(files, sound, strict=True):
                file.write_text(text)


def _prove(subject: Subject, rows: str, *, bad: bool) -> None:
    arguments = ("-m", "alembic_ci", "rollback-test", rows, "--parallel=1")
    subject.ours(*arguments, exit_code=int(bad))


def _each(bad: Cost, sound: Cost, count: int) -> Cost:
    failing = count // _EVERY
    return Cost((bad.wall - sound.wall) / failing, (bad.cpu - sound.cpu) / failing)


if __name__ == "__main__":
    main()
