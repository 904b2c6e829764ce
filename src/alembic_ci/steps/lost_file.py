"""Where the file of a revision is that a database has and this checkout has not."""

import shlex
from collections.abc import Sequence

from alembic_ci.model import Command
from alembic_ci.project.git import Git, GitUnavailableError, Sighting
from alembic_ci.steps.context import Context


def sought(context: Context, revision: str) -> tuple[str, tuple[Command, ...]]:
    """Return a sentence that says where git has the file, and how to get it back."""
    folders = [place.resolve() for place in context.project.version_locations]
    try:
        git = Git(context.project.directory)
        found = git.last_seen(revision, folders)
    except GitUnavailableError as error:
        return f"Where its file is cannot be looked up: {error}.", ()
    if found is None:
        return _nowhere(git), _deepening(git)
    seen = f"Its file {found.path} was last changed in commit {found.commit[:12]} of {found.date}"
    return f"{seen}; {_now(found.refs)}.", (_restored(git, found),)


def _now(refs: Sequence[str]) -> str:
    if not refs:
        return "no branch or tag has it any more"
    return f"{', '.join(refs)} still {'has' if len(refs) == 1 else 'have'} it"


def _nowhere(git: Git) -> str:
    if git.shallow:
        return (
            "No commit that git has here holds its file, but this clone is shallow: the rest of "
            "the history was not fetched (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0)."
        )
    return "No branch, tag or commit in this repository ever held its file."


def _deepening(git: Git) -> tuple[Command, ...]:
    if not git.shallow:
        return ()
    return (
        Command(
            text="git fetch --unshallow --tags origin '+refs/heads/*:refs/remotes/origin/*'",
            purpose="Fetch the whole history, then ask again",
        ),
    )


def _restored(git: Git, found: Sighting) -> Command:
    top = shlex.quote(str(git.top))
    place = shlex.quote(found.path)
    where = "" if str(git.top) == str(git.directory) else f"-C {top} "
    return Command(
        text=f"git {where}checkout {found.commit[:12]} -- {place}",
        purpose="Bring the file back",
    )
