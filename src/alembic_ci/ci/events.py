"""What kind of event started this job, on whatever CI host."""

from collections.abc import Mapping

from alembic_ci.ci.json_values import file_content, text

_PULL_REQUEST_EVENTS = {
    "GITHUB_EVENT_NAME": {"pull_request", "pull_request_target", "pull_request_review"},
    "CI_PIPELINE_SOURCE": {"merge_request_event", "external_pull_request_event"},
    "BUILD_REASON": {"PullRequest"},
}
_PULL_REQUEST_NUMBERS = (
    "CI_MERGE_REQUEST_IID",
    "BITBUCKET_PR_ID",
    "CIRCLE_PULL_REQUEST",
    "CHANGE_ID",
)


def is_pull_request(variables: Mapping[str, str]) -> bool:
    """Tell whether the code under test is that of a pull or merge request."""
    if any(variables.get(name) for name in _PULL_REQUEST_NUMBERS):
        return True
    if variables.get("GITHUB_EVENT_NAME") == "workflow_run":
        event = file_content(variables.get("GITHUB_EVENT_PATH", ""))
        return text(event, "workflow_run", "event") in _PULL_REQUEST_EVENTS["GITHUB_EVENT_NAME"]
    return any(variables.get(name) in events for name, events in _PULL_REQUEST_EVENTS.items())
