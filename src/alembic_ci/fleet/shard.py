"""One of several equal parts of the databases, for one of several jobs that run beside each other.

Each database belongs to the part that its name says, whatever others there are: jobs that see the
list at different times leave none out and do none twice.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from alembic_ci.errors import SettingsError

# GitLab counts from 1 (https://docs.gitlab.com/ci/yaml/#parallel), Kubernetes from 0
# (https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode).
_GITLAB, _GITLAB_TOTAL = "CI_NODE_INDEX", "CI_NODE_TOTAL"
_KUBERNETES = "JOB_COMPLETION_INDEX"
_NUMBER = r"[0-9]{1,6}"
_SHARD = re.compile(rf"(?P<index>{_NUMBER}|auto)(?:/(?P<total>{_NUMBER}))?")


@dataclass(frozen=True, slots=True)
class Shard:
    """Part *index* of *total*, counted from 1."""

    index: int
    total: int

    def holds(self, name: str) -> bool:
        """Tell whether a database belongs to this part."""
        digest = hashlib.sha256(name.encode(errors="surrogateescape")).digest()
        return int.from_bytes(digest[:8]) % self.total == self.index - 1

    def __str__(self) -> str:
        """Say it as it is written."""
        return f"{self.index}/{self.total}"


def shard(text: str, variables: Mapping[str, str]) -> Shard | None:
    """Read ``i/n``, ``auto`` or ``auto/n``; nothing is no shard.

    Raises:
        SettingsError: It is none of them, or the host does not say which part this is.
    """
    if not text:
        return None
    found = _SHARD.fullmatch(text)
    if not found or (found["index"] != "auto" and not found["total"]):
        raise SettingsError(
            f'--shard "{text}" is not a part of a whole.',
            remedy="Write 2/5 for the second of five, auto, or auto/5.",
        )
    total = int(found["total"] or 0)
    index = int(found["index"]) if found["index"] != "auto" else 0
    if found["index"] == "auto":
        index, total = _told(variables, total)
    if not 1 <= index <= total:
        raise SettingsError(
            f"--shard {text}: there is no part {index} of {total}.",
            meaning="Parts are counted from 1; of a Kubernetes job, JOB_COMPLETION_INDEX + 1.",
            remedy="Let the number of jobs and the number after the / be the same.",
        )
    return Shard(index, total)


def _told(variables: Mapping[str, str], total: int) -> tuple[int, int]:
    if index := _number(variables, _GITLAB):
        return index, total or _number(variables, _GITLAB_TOTAL)
    if not re.fullmatch(_NUMBER, variables.get(_KUBERNETES, "").strip()):
        raise SettingsError(
            "--shard auto: nothing says which part this job is.",
            meaning=f"Neither {_GITLAB} (GitLab's `parallel`) nor {_KUBERNETES} (an Indexed Job of "
            "Kubernetes) is set.",
            remedy="Write --shard 2/5 for the second of five.",
        )
    if not total:
        raise SettingsError(
            "--shard auto: Kubernetes does not say how many parts there are.",
            remedy="Write --shard auto/5 for a job with `completions: 5`.",
        )
    return _number(variables, _KUBERNETES) + 1, total


def _number(variables: Mapping[str, str], name: str) -> int:
    text = variables.get(name, "").strip()
    return int(text) if re.fullmatch(_NUMBER, text) else 0
