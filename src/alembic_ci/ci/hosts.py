"""What any CI host can be asked for, and which one this is."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TextIO

from alembic_ci.ci.annotations import Annotation
from alembic_ci.ci.azure import Azure
from alembic_ci.ci.github import GitHub
from alembic_ci.ci.gitlab import GitLab
from alembic_ci.ci.links import Link
from alembic_ci.ci.plain import Plain
from alembic_ci.ci.runner_files import RunnerFiles


class Host(Protocol):
    """A CI host; none of its methods raises for what the host may refuse."""

    def show(self, text: str, *, title: str = "") -> None:
        """Print text nobody vouches for; under a *title* it is folded where the host can."""

    def outputs(self, values: Mapping[str, str]) -> None:
        """Hand values to later steps and jobs; nothing that foreign code handed on stays."""

    def more_outputs(self, values: Mapping[str, str]) -> None:
        """Hand on what was not known yet when ``outputs`` was called."""

    def summary(self, markdown: str) -> None:
        """Put a document on the page of the run."""

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """Put remarks beside the code, the most important first."""

    def links(self, links: Sequence[Link], folder: Path) -> None:
        """Link to files of the report *folder*."""


def host(variables: Mapping[str, str], stream: TextIO, *, secrets: Iterable[str] = ()) -> Host:
    """Recognise the host by its *variables* and have it hide *secrets* in its log.

    *stream* is where the host reads its commands: standard output or standard error.
    """
    if variables.get("GITHUB_ACTIONS") == "true":
        github = GitHub(stream, variables, RunnerFiles(variables))
        github.mask(secrets)
        return github
    if variables.get("GITLAB_CI") == "true":
        return GitLab(stream, variables)
    if variables.get("TF_BUILD", "").lower() == "true":
        azure = Azure(stream, variables)
        azure.mask(secrets)
        return azure
    return Plain(stream)
