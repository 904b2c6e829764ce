"""The address of the CI job that we are, for people on the other side of a lock."""

from collections.abc import Mapping


def job_url(variables: Mapping[str, str]) -> str:
    """Return where a browser finds this job, "" outside of CI.

    GitHub tells the parts, GitLab CI_JOB_URL, Jenkins BUILD_URL, CircleCI CIRCLE_BUILD_URL,
    Buildkite BUILDKITE_BUILD_URL.
    """
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (variables.get(name, "") for name in names)
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    others = ("CI_JOB_URL", "BUILD_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL")
    return next((variables[name] for name in others if variables.get(name)), "")
