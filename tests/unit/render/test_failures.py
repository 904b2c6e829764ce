from dataclasses import replace

from alembic_ci.errors import ExitCode
from alembic_ci.model import Phase, Problem, RevisionProof, Verdict
from alembic_ci.render.failures import failure_class, failures, notes
from reports import (
    all_passed,
    database,
    environment,
    failed,
    many,
    proved,
    report,
    residue,
    several_databases,
    sql,
    unreachable,
    unrendered,
)

DOWN = Problem(failure_class="unreachable", exit_code=ExitCode.TEMPORARY, problem="No answer.")


def test_a_run_that_passed_has_none() -> None:
    assert failures(all_passed()) == ()
    assert failure_class(all_passed()) == ""


def test_each_disproved_revision_is_a_failure_with_its_file() -> None:
    met = failures(residue())

    assert [(item.problem.revision, item.problem.line) for item in met] == [
        ("b2d1", 12),
        ("c3e2", 27),
        ("d4f3", 12),
    ]
    assert failure_class(residue()) == "rollback"


def test_a_step_that_repeats_the_problem_of_its_part_counts_once() -> None:
    problem = replace(DOWN, revision="x", database_error="no")
    proof = RevisionProof(revision="x", verdict=Verdict.FAILED, problem=problem)
    steps = (failed("rollback-test", problem, proved(proof)),)

    assert len(failures(report(environment("a", database(*steps, after=None)), exit_code=1))) == 1


def test_the_same_failure_of_several_databases_is_told_once() -> None:
    tenants = (database(failed("sql", DOWN), label=label, after=None) for label in "abc")

    (only,) = failures(report(environment("t", *tenants), exit_code=5))

    assert only.where == ("t/a", "t/b", "t/c")


def test_different_failures_stay_apart() -> None:
    assert [item.where for item in failures(several_databases())] == [
        ("tenants/b",),
        ("tenants/c",),
    ]


def test_every_way_to_be_disproved_has_words() -> None:
    proofs = (
        RevisionProof(revision="a", verdict=Verdict.FAILED),
        RevisionProof(revision="b", verdict=Verdict.RESIDUE, phase=Phase.SECOND_UP),
    )
    sums_up = replace(DOWN, failure_class="rollback")
    steps = (failed("rollback-test", sums_up, proved(*proofs)),)

    met = failures(report(environment("a", database(*steps, after=None)), exit_code=1))

    assert [item.problem.problem for item in met] == [
        "Revision a failed in the rollback test.",
        "Upgrading b a second time gives another schema.",
    ]
    assert all(item.problem.remedy for item in met)


def test_a_revision_without_sql_is_a_note_unless_the_step_failed() -> None:
    sample = unrendered()
    (note,) = notes(sample)
    result = sample.environments[0].databases[0].steps[0].result
    steps = failed("sql", note.problem, result)
    strict = report(environment("staging", database(steps, after=None)), exit_code=1)

    assert failures(sample) == ()
    assert note.problem.revision == "c3e2"
    assert notes(strict) == ()
    assert [item.problem for item in failures(strict)] == [note.problem]


def test_the_failure_class_falls_back_to_the_exit_code() -> None:
    assert failure_class(unreachable()) == "unreachable"
    assert failure_class(replace(all_passed(), exit_code=3)) == "difference"
    assert failure_class(replace(all_passed(), exit_code=143)) == "failed"


def test_a_step_with_a_result_and_no_complaint_has_none() -> None:
    steps = (failed("sql", DOWN, sql("a")),)

    met = failures(report(environment("a", database(*steps, after=None)), exit_code=5))

    assert [item.problem for item in met] == [DOWN]


def test_two_hundred_thousand_disproofs_are_gathered() -> None:
    assert len(failures(many(20, 1_000, broken=True))) == 20_000


def test_an_accident_in_the_middle_of_a_rollback_test_is_told_beside_its_verdicts() -> None:
    proof = RevisionProof(revision="a", verdict=Verdict.RESIDUE)
    steps = (failed("rollback-test", DOWN, proved(proof)),)

    met = failures(report(environment("x", database(*steps, after=None)), exit_code=1))

    assert [item.problem.failure_class for item in met] == ["rollback-residue", "unreachable"]
