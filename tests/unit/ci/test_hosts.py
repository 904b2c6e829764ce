import io
import json
from pathlib import Path

import pytest

from alembic_ci.ci.annotations import Annotation, Level
from alembic_ci.ci.azure import Azure
from alembic_ci.ci.github import GitHub
from alembic_ci.ci.gitlab import GitLab
from alembic_ci.ci.hosts import host
from alembic_ci.ci.links import Link
from alembic_ci.ci.plain import Plain


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        ({}, Plain),
        ({"CI": "true"}, Plain),
        ({"GITHUB_ACTIONS": "true", "CI": "true"}, GitHub),
        ({"GITHUB_ACTIONS": ""}, Plain),
        ({"GITLAB_CI": "true", "CI": "true"}, GitLab),
        ({"TF_BUILD": "True"}, Azure),
    ],
)
def test_the_host_is_known_by_its_variables(variables: dict[str, str], kind: type) -> None:
    assert isinstance(host(variables, io.StringIO()), kind)


def test_a_host_is_told_the_secrets_where_it_can_hide_them() -> None:
    github, gitlab, azure = io.StringIO(), io.StringIO(), io.StringIO()

    host({"GITHUB_ACTIONS": "true"}, github, secrets=["hunter22"])
    host({"TF_BUILD": "True"}, azure, secrets=["hunter22"])
    host({"GITLAB_CI": "true"}, gitlab, secrets=["hunter22"])

    assert github.getvalue() == "::add-mask::hunter22\n"
    assert azure.getvalue() == "##vso[task.setsecret]hunter22\n"
    assert gitlab.getvalue() == ""


def test_gitlab_folds_titled_text_in_sections_with_names_of_their_own() -> None:
    stream = io.StringIO()
    gitlab = GitLab(stream, {}, clock=lambda: 1_700_000_000.5)

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

    GitLab(gitlab, {}).show("text")
    Plain(plain).show("text\n")
    Plain(plain).show("below", title="Title")

    assert gitlab.getvalue() == "text\n"
    assert plain.getvalue() == "text\nTitle\nbelow\n"


@pytest.mark.parametrize("variables", [{}, {"GITLAB_CI": "true"}])
def test_hosts_that_read_files_print_nothing_else(
    variables: dict[str, str], tmp_path: Path
) -> None:
    stream = io.StringIO()
    quiet = host(variables, stream)

    quiet.outputs({"a": "1"})
    quiet.summary("# text")
    quiet.annotate([Annotation(level=Level.ERROR, message="no")])
    quiet.links([Link(label="SQL", path=tmp_path / "x.sql")], tmp_path)

    assert stream.getvalue() == ""


def test_gitlab_gets_links_to_the_artifacts_of_the_job(tmp_path: Path) -> None:
    variables = {
        "GITLAB_CI": "true",
        "CI_JOB_URL": "https://gitlab.invalid/octo/shop/-/jobs/3",
        "CI_PROJECT_DIR": str(tmp_path),
    }
    inside = Link(label="SQL for staging", path=tmp_path / "out" / "a b.sql")
    outside = Link(label="Report", path=tmp_path.parent / "report.md")
    gitlab = host(variables, io.StringIO())

    gitlab.links([inside, outside], tmp_path)

    assert json.loads((tmp_path / "gl-annotations.json").read_text("utf-8")) == {
        "alembic-ci": [
            {
                "external_link": {
                    "label": "SQL for staging",
                    "url": "https://gitlab.invalid/octo/shop/-/jobs/3/artifacts/file/out/a%20b.sql",
                }
            }
        ]
    }


def test_links_of_an_earlier_run_do_not_stay(tmp_path: Path) -> None:
    (tmp_path / "gl-annotations.json").write_text("{}", encoding="utf-8")

    host({"GITLAB_CI": "true"}, io.StringIO()).links([], tmp_path)

    assert not (tmp_path / "gl-annotations.json").exists()


def test_azure_takes_no_command_from_foreign_text() -> None:
    stream = io.StringIO()
    azure = Azure(stream, {})

    azure.show("x ##vso[task.complete result=Succeeded]\n##[error]no\r", title="env.py ##[debug]")

    assert stream.getvalue() == (
        "##[group]env.py ## [debug]\n"
        "x ## vso[task.complete result=Succeeded]\n## [error]no\\x0d\n"
        "##[endgroup]\n"
    )


def test_azure_gets_outputs_remarks_and_the_summary(tmp_path: Path) -> None:
    stream = io.StringIO()
    azure = Azure(stream, {"AGENT_TEMPDIRECTORY": str(tmp_path)})

    azure.outputs({"heads": "a b", "sql": "x" * 30_001, "report-path": "100%\nsafe"})
    azure.annotate(
        [
            Annotation(level=Level.ERROR, message="no;\nway", title="0002", file="a;].py", line=3),
            Annotation(level=Level.NOTICE, message="quiet"),
        ]
    )
    azure.summary("# Passed")

    (path,) = tmp_path.iterdir()
    assert path.read_text("utf-8") == "# Passed"
    assert stream.getvalue().splitlines() == [
        "##vso[task.setvariable variable=heads;isOutput=true;]a b",
        "##vso[task.setvariable variable=report-path;isOutput=true;]100%AZP25%0Asafe",
        "##vso[task.logissue type=error;sourcepath=a%3B%5D.py;linenumber=3;]0002: no;%0Away",
        f"##vso[task.uploadsummary]{path}",
    ]


def test_azure_without_a_shared_folder_gets_no_summary() -> None:
    stream = io.StringIO()

    Azure(stream, {"AGENT_TEMPDIRECTORY": "/no/such/folder"}).summary("# Passed")

    assert stream.getvalue() == ""
