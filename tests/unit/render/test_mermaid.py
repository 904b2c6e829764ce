import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_ci.render.mermaid import diagram, label
from reports import (
    REVISIONS,
    SAMPLES,
    all_passed,
    database,
    environment,
    hostile,
    many,
    report,
    residue,
    status,
    step,
)

# What stands between two quotes: nothing that Mermaid takes for its own, but #NN; and <br>.
TEXT = r"(?:[^\W_]|[ .,:_/-]|#\d+;|<br>)*"
LINES = (
    r"%%\{init: .*\}%%",
    r"flowchart LR",
    r"  classDef \w+ [\w:,#-]+",
    rf'  r\d+\["{TEXT}"\]:::\w+',
    rf'  (base|[ho]r\d+)\(\["{TEXT}"\]\):::\w+ (-\.-|-\.->) r\d+',
    r'  r\d+ -->(\|"[\d,]+ between"\|)? r\d+',
)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_line_is_one_we_meant(name: str) -> None:
    for line in diagram(SAMPLES[name]()).splitlines():
        assert re.fullmatch("|".join(LINES), line), line


def test_each_environment_stands_at_its_revision_and_the_broken_are_red() -> None:
    shown = diagram(residue())

    assert '  hr0(["staging"]):::here -.- r0\n' in shown
    assert '  r0["a1c0<br>Create customers"]:::good\n' in shown
    assert '  r1["b2d1<br>Add email"]:::bad\n  r0 --> r1\n' in shown


def test_an_environment_without_any_revision_stands_before_the_first() -> None:
    shown = diagram(SAMPLES["not_initialised"]())

    assert '(["development"]):::here -.-> r0\n' in shown


def test_a_run_with_nothing_to_do_has_no_diagram() -> None:
    there = database(step("status", status("d4f3")), after=status("d4f3"))

    assert diagram(report(environment("staging", there))) == ""
    assert diagram(all_passed())


def test_a_long_history_says_how_much_is_left_out() -> None:
    shown = diagram(many(1, 1_000))

    assert len(shown) <= 1_900
    assert shown.count("]:::") <= 7
    assert '(["994 older"])' in shown


def test_hostile_names_on_many_databases_never_exceed_what_gitlab_draws() -> None:
    whole = hostile()
    evil = replace(REVISIONS[0], revision="r", message='"]end;' * 40)
    many_evil = tuple(replace(evil, revision=f'"];{n}' * 9) for n in range(9))

    assert len(diagram(replace(whole, revisions=many_evil))) <= 1_900


@given(st.text())
def test_no_name_can_end_its_label(text: str) -> None:
    assert re.fullmatch(TEXT, label(text))
    assert "<" not in label(text)
