from dataclasses import replace

from alembic_ci.errors import ExitCode
from alembic_ci.model import Phase, Problem, RevisionProof, RoundTrip, State, Verdict
from alembic_ci.render.failures import failure_class, failures, notes, warnings
from reports import (
    all_passed,
    data_loss,
    data_loss_refused,
    database,
    environment,
    failed,
    many,
    proved,
    report,
    residue,
    round_trip,
    several_databases,
    sql,
    unfilled,
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


def test_lost_values_are_warnings_as_long_as_they_fail_nothing() -> None:
    met = warnings(data_loss())

    assert failures(data_loss()) == ()
    assert failure_class(data_loss()) == ""
    assert [(item.problem.revision, len(item.differences)) for item in met] == [
        ("c3e2", 1),
        ("d4f3", 2),
    ]
    assert met[0].problem.file == "migrations/versions/c3e2_index_orders_by_day.py"


def test_lost_values_are_failures_where_the_step_failed_because_of_them() -> None:
    met = failures(data_loss_refused())

    assert warnings(data_loss_refused()) == ()
    assert failure_class(data_loss_refused()) == "data-loss"
    assert [item.problem.revision for item in met] == ["c3e2", "d4f3"]
    assert {item.problem.failure_class for item in met} == {"data-loss"}


def test_lost_values_stay_warnings_when_the_step_failed_for_another_reason() -> None:
    result = data_loss().environments[0].databases[0].steps[0].result
    steps = (failed("rollback-test", DOWN, result),)
    sample = report(environment("a", database(*steps, after=None)), exit_code=5)

    assert [item.problem for item in failures(sample)] == [DOWN]
    assert len(warnings(sample)) == 2


def test_a_failed_leg_of_the_round_trip_is_one_failure_of_its_own() -> None:
    (only,) = failures(round_trip())

    assert (only.step, only.part) == ("rollback-test", "downgrade in one go")
    assert only.differences[0].object == "enum type order_status"
    assert failure_class(round_trip()) == "round-trip"


def test_a_failed_leg_stands_beside_the_revisions_that_failed() -> None:
    sums_up = replace(DOWN, failure_class="rollback")
    leg = RoundTrip(name="upgrade in one go", state=State.FAILED)
    proof = RevisionProof(revision="a", verdict=Verdict.RESIDUE)
    steps = (failed("rollback-test", sums_up, replace(proved(proof), round_trip=(leg,))),)

    met = failures(report(environment("x", database(*steps, after=None)), exit_code=1))

    assert [item.problem.failure_class for item in met] == ["rollback-residue", "round-trip"]
    assert met[1].problem.problem == "The upgrade in one go of all revisions failed."


def test_tables_without_rows_are_one_warning() -> None:
    (only,) = warnings(unfilled())

    assert only.problem.problem.startswith("2 tables could not be filled")
    assert [item.object for item in only.differences] == ["area", "ledger"]
    assert failures(unfilled()) == ()


def test_the_same_loss_in_several_databases_is_told_once() -> None:
    tested = data_loss().environments[0].databases[0]
    tenants = (replace(tested, label=label) for label in "abc")

    met = warnings(report(environment("t", *tenants)))

    assert [item.where for item in met] == [("t/a", "t/b", "t/c")] * 2
