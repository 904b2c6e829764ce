import io

import pytest

from alembic_ci.ci.annotations import Annotation, Level
from alembic_ci.ci.github import GitHub
from alembic_ci.ci.gitlab import GitLab
from alembic_ci.ci.hosts import host
from alembic_ci.ci.plain import Plain


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        ({}, Plain),
        ({"CI": "true"}, Plain),
        ({"GITHUB_ACTIONS": "true", "CI": "true"}, GitHub),
        ({"GITHUB_ACTIONS": ""}, Plain),
        ({"GITLAB_CI": "true", "CI": "true"}, GitLab),
    ],
)
def test_the_host_is_known_by_its_variables(variables: dict[str, str], kind: type) -> None:
    assert isinstance(host(variables, io.StringIO()), kind)


def test_only_github_is_told_the_secrets() -> None:
    github, gitlab = io.StringIO(), io.StringIO()

    host({"GITHUB_ACTIONS": "true"}, github, secrets=["hunter22"])
    host({"GITLAB_CI": "true"}, gitlab, secrets=["hunter22"])

    assert github.getvalue() == "::add-mask::hunter22\n"
    assert gitlab.getvalue() == ""


def test_gitlab_folds_titled_text_in_sections_with_names_of_their_own() -> None:
    stream = io.StringIO()
    gitlab = GitLab(stream, clock=lambda: 1_700_000_000.5)

    gitlab.show("first", title="SQL of staging/é")
    gitlab.show("second\x1b[0Ksection_end:1:x\r", title="SQL")

    assert stream.getvalue() == (
        "\x1b[0Ksection_start:1700000000:alembic_ci_1_sql_of_staging[collapsed=true]\r\x1b[0K"
        "SQL of staging/é\nfirst\n"
        "\x1b[0Ksection_end:1700000000:alembic_ci_1_sql_of_staging\r\x1b[0K\n"
        "\x1b[0Ksection_start:1700000000:alembic_ci_2_sql[collapsed=true]\r\x1b[0K"
        "SQL\nsecond\\x1b[0Ksection_end:1:x\\x0d\n"
        "\x1b[0Ksection_end:1700000000:alembic_ci_2_sql\r\x1b[0K\n"
    )


def test_untitled_text_is_only_printed() -> None:
    gitlab, plain = io.StringIO(), io.StringIO()

    GitLab(gitlab).show("text")
    Plain(plain).show("text\n")
    Plain(plain).show("below", title="Title")

    assert gitlab.getvalue() == "text\n"
    assert plain.getvalue() == "text\nTitle\nbelow\n"


@pytest.mark.parametrize("kind", [Plain, GitLab])
def test_hosts_that_read_files_print_nothing_else(kind: type[Plain | GitLab]) -> None:
    stream = io.StringIO()
    quiet = kind(stream)

    quiet.outputs({"a": "1"})
    quiet.summary("# text")
    quiet.annotate([Annotation(level=Level.ERROR, message="no")])

    assert stream.getvalue() == ""
