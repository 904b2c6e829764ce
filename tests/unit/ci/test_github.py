import io
import logging
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from alembic_ci.ci.annotations import Annotation, Level
from alembic_ci.ci.github import GitHub
from alembic_ci.ci.runner_files import RunnerFiles

HOSTILE = "##[error]no\n::error::no\r::add-mask::x\x1b[0K\r"


@dataclass
class Runner:
    """What the runner gives a step, and what it reads afterwards as FileCommandManager.cs does."""

    folder: Path
    stream: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        for name in ("output", "summary"):
            (self.folder / name).touch()

    @property
    def variables(self) -> dict[str, str]:
        return {
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }

    @property
    def host(self) -> GitHub:
        return GitHub(self.stream, self.variables, RunnerFiles(self.variables))

    @property
    def printed(self) -> str:
        return self.stream.getvalue()

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_bytes().decode()

    def outputs(self) -> dict[str, str]:
        lines = iter((self.folder / "output").read_bytes().decode().split("\n"))
        read: dict[str, str] = {}
        for line in filter(None, lines):
            name, delimiter = line.split("<<")
            read[name] = "\n".join(iter(lines.__next__, delimiter))
        return read


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_outputs_are_read_back_as_they_were(runner: Runner) -> None:
    values = {
        "status": "passed",
        "empty": "",
        "sql": "a\nb\r\n\n",
        "odd": "x<<y=z\nname=1",
        "é": "日",
    }

    runner.host.outputs(values)

    assert runner.outputs() == values


def test_a_value_cannot_add_an_output_of_its_own(runner: Runner) -> None:
    runner.host.outputs({"sql": "EOF\nghadelimiter_1\nstatus<<X\nfailed\nX"})

    assert list(runner.outputs()) == ["sql"]


def test_each_output_has_a_delimiter_nobody_can_guess(runner: Runner) -> None:
    runner.host.outputs({"a": "1", "b": "2"})

    text = (runner.folder / "output").read_text()
    delimiters = re.findall(r"<<ghadelimiter_([0-9a-f]{32})$", text, re.MULTILINE)
    assert len(set(delimiters)) == 2


def test_a_value_that_holds_its_delimiter_is_refused(
    runner: Runner, caplog: pytest.LogCaptureFixture
) -> None:
    host = replace(runner.host, token=lambda: "known")

    host.outputs({"bad": "x\nghadelimiter_known\ny", "good": "1"})

    assert runner.outputs() == {"good": "1"}
    assert "bad holds its own delimiter" in caplog.text


def test_outputs_begin_on_a_line_of_their_own(runner: Runner) -> None:
    (runner.folder / "output").write_text("x<<E\n1\nE")

    runner.host.outputs({"y": "2"})

    assert runner.outputs() == {"x": "1", "y": "2"}


def test_the_script_is_the_first_to_go(runner: Runner, caplog: pytest.LogCaptureFixture) -> None:
    runner.host.outputs({"environments": "e" * 150_000, "sql": "s" * 60_000, "status": "passed"})

    assert list(runner.outputs()) == ["environments", "status"]
    assert "The output sql is too large" in caplog.text


def test_then_the_longest_goes(runner: Runner) -> None:
    runner.host.outputs({"environments": "e" * 250_000, "sql": "", "heads": "h" * 9, "status": "1"})

    assert list(runner.outputs()) == ["heads", "status"]


def test_a_missing_file_is_a_warning(runner: Runner, caplog: pytest.LogCaptureFixture) -> None:
    variables = {"GITHUB_STEP_SUMMARY": str(runner.folder)}
    host = GitHub(runner.stream, variables, RunnerFiles(variables))

    host.outputs({"a": "1"})
    host.summary("text")

    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert "GITHUB_OUTPUT is not set" in caplog.text
    assert "GITHUB_STEP_SUMMARY cannot be written: Is a directory" in caplog.text


def test_summary_is_appended(runner: Runner) -> None:
    (runner.folder / "summary").write_text("before")

    runner.host.summary("**Passed**")
    runner.host.summary("again\n\n")

    assert runner.summary == "before\n**Passed**\nagain\n"


def test_summary_never_outgrows_the_limit_together_with_what_is_there(runner: Runner) -> None:
    (runner.folder / "summary").write_text("b" * 700_000)

    runner.host.summary("<details>\n```sql\n" + "é\n" * 200_000 + "```\n</details>\n")

    assert 1_000_000 < len(runner.summary.encode()) <= 1_048_576
    assert runner.summary.endswith(
        "```\n\n</details>\n\n_The rest was cut to fit; `report.md` has it all._\n"
    )


def test_a_full_summary_gets_nothing(runner: Runner) -> None:
    (runner.folder / "summary").write_text("b" * 1_048_576)

    runner.host.summary("text " * 100)

    assert len(runner.summary) == 1_048_576


def test_foreign_text_gives_no_command(runner: Runner) -> None:
    runner.host.show(f"{HOSTILE}\x1b[31mred\x1b[0m")

    first, *inner, last = runner.printed.splitlines()
    token = first.removeprefix("::stop-commands::")
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    assert last == f"::{token}::"
    assert inner == [
        "##[error]no",
        "::error::no\\x0d::add-mask::x\\x1b[0K\\x0d\x1b[31mred\x1b[0m",
    ]


def test_a_title_folds_the_text(runner: Runner) -> None:
    runner.host.show("text", title="50% of\n::error::it")

    lines = runner.printed.splitlines()
    assert lines[0] == "::group::50%25 of ::error::it"
    assert lines[1].startswith("::stop-commands::")
    assert lines[-1] == "::endgroup::"


def test_every_show_has_another_token(runner: Runner) -> None:
    runner.host.show("a")
    runner.host.show("b")

    assert len(set(re.findall("::stop-commands::(.*)", runner.printed))) == 2


def test_secrets_are_masked_unless_they_would_mask_half_the_log(runner: Runner) -> None:
    runner.host.mask(["hunter2%\nx", "", "short", "postgres"])

    assert runner.printed == "::add-mask::hunter2%25%0Ax\n"


def test_an_annotation_names_its_line(runner: Runner) -> None:
    item = Annotation(
        level=Level.ERROR, message="100%\r\nbroken", title="a: b, c", file="v/a,b.py", line=3
    )

    runner.host.annotate([item])

    assert runner.printed == ("::error file=v/a%2Cb.py,line=3,title=a%3A b%2C c::100%25%0Abroken\n")


def test_an_annotation_needs_no_file(runner: Runner) -> None:
    runner.host.annotate([Annotation(level=Level.NOTICE, message="text", line=3)])

    assert runner.printed == "::notice::text\n"


def test_an_annotation_cannot_hold_another_command(runner: Runner) -> None:
    runner.host.annotate(
        [Annotation(level=Level.WARNING, message=HOSTILE, title=HOSTILE, file=HOSTILE)]
    )

    (line,) = runner.printed.splitlines()
    assert line.startswith("::warning file=##[error]no %3A%3Aerror")
    assert "\x1b" not in line


def test_more_than_the_runner_keeps_are_counted(runner: Runner) -> None:
    many = [Annotation(level=Level.ERROR, message=f"number {n}") for n in range(25)]
    few = [Annotation(level=Level.WARNING, message="w") for _ in range(10)]

    runner.host.annotate([*few, *many])

    lines = runner.printed.splitlines()
    assert len(lines) == 20
    assert lines[8:11] == [
        "::error::number 8",
        "::error::16 more; the summary has them all.",
        "::warning::w",
    ]


def test_a_long_message_is_cut_to_what_the_runner_keeps(runner: Runner) -> None:
    runner.host.annotate([Annotation(level=Level.ERROR, message="x" * 10_000)])

    assert runner.printed == f"::error::{'x' * 4_096}\n"


@pytest.mark.parametrize("how", ["appended", "replaced", "linked", "removed"])
def test_what_others_wrote_meanwhile_is_taken_out(
    how: str, runner: Runner, caplog: pytest.LogCaptureFixture
) -> None:
    output, victim = runner.folder / "output", runner.folder / "victim"
    output.write_text("earlier=1\n")
    victim.write_text("earlier=1\n")
    host = runner.host
    if how == "appended":
        output.write_text("earlier=1\nstatus=passed\n")
    elif how != "appended":
        output.unlink()
    if how == "replaced":
        output.write_text("status=passed\n")
    if how == "linked":
        output.symlink_to(victim)

    host.outputs({"status": "failed"})

    text = output.read_text()
    assert text.startswith("earlier=1\nstatus<<")
    assert "status=passed" not in text
    assert victim.read_text() == "earlier=1\n"
    assert "GITHUB_OUTPUT" in caplog.text


def test_what_stood_there_before_stays(runner: Runner, caplog: pytest.LogCaptureFixture) -> None:
    (runner.folder / "summary").write_text("of an earlier command\n")
    host = runner.host

    host.outputs({"status": "passed"})
    host.summary("ours")

    assert runner.summary == "of an earlier command\nours\n"
    assert not caplog.records
