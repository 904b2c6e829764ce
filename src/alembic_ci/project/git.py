"""Ask git where a revision file that this checkout lacks still is."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_PATIENCE = 20.0  # seconds for one question
_REFS_ASKED = 200
_REFS_SHOWN = 5
_COMMIT = re.compile(r"^\x01([0-9a-f]{7,64}) (\S+)$")


class GitUnavailableError(Exception):
    """Git cannot answer; the text says why, in the middle of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Where a file was last seen: in *commit* of *date*, as *path* from the top.

    *refs* are branches and tags that have it now, the newest first. *shallow* tells that git knows
    only a part of the history, so that there may be more.
    """

    commit: str
    date: str
    path: str
    refs: tuple[str, ...]


class Git:
    """The repository around a folder, read only."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._program = shutil.which("git")
        self.top = Path(self._ask("rev-parse", "--show-toplevel").strip())
        self.shallow = self._ask("rev-parse", "--is-shallow-repository").strip() == "true"

    @property
    def head(self) -> str:
        """The commit that is checked out."""
        return self._ask("rev-parse", "HEAD").strip()

    def last_seen(self, revision: str, folders: Sequence[Path]) -> Sighting | None:
        """Return where the file of *revision* was last seen on any branch or tag.

        First by its name, then by the line that defines the id.
        """
        by_name = ("--", f":(top,glob)**/*{_glob(revision)}*.py")
        places = [str(folder) for folder in folders if folder.is_relative_to(self.top)]
        quoted = re.escape(revision).replace("'", ".")
        by_text = (f"-GRevision ID: {quoted}|revision.*=.*[\"']{quoted}[\"']", "--", *places)
        for question in (by_name, by_text):
            found = next(self._additions(question, revision), None)
            if found:
                return found
        return None

    def _additions(self, question: Sequence[str], revision: str) -> Iterator[Sighting]:
        """Yield the commits, newest first, after which a file that defines the id was there."""
        log = self._ask(
            "log", "--all", "--format=%x01%H %cs", "--name-only", "--diff-filter=AMRC", *question
        )
        commit = date = ""
        for line in log.splitlines():
            header = _COMMIT.match(line)
            if header:
                commit, date = header.groups()
            elif line.endswith(".py") and self._defines(commit, line, revision):
                refs = tuple(self._holding(line))
                yield Sighting(commit=commit, date=date, path=line, refs=refs)

    def _defines(self, commit: str, path: str, revision: str) -> bool:
        try:
            text = self._ask("show", f"{commit}:{path}")
        except GitUnavailableError:
            return False
        pattern = rf"(?m)^revision\b[^=\n]*=\s*[\"']{re.escape(revision)}[\"']"
        return re.search(pattern, text) is not None

    def _holding(self, path: str) -> Iterator[str]:
        """Yield the refs that have the file, a few of them."""
        listed = self._ask(
            "for-each-ref",
            f"--count={_REFS_ASKED}",
            "--sort=-committerdate",
            "--format=%(refname:short)",
            "refs/heads",
            "refs/remotes",
            "refs/tags",
        )
        shown = 0
        for ref in listed.splitlines():
            if shown == _REFS_SHOWN:
                return
            if self._ask("ls-tree", "--full-tree", "--name-only", ref, "--", path).strip():
                shown += 1
                yield ref

    def _ask(self, *arguments: str) -> str:
        if self._program is None:
            raise GitUnavailableError("git is not installed here")
        # The checkout may belong to another user than the container's; nothing of it is run.
        options = ("-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.quotePath=0")
        try:
            done = subprocess.run(
                [self._program, "--no-pager", *options, *arguments],
                cwd=self.directory,
                env=_variables(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_PATIENCE,
            )
        except subprocess.TimeoutExpired as error:
            raise GitUnavailableError("git did not answer in time") from error
        except OSError as error:
            raise GitUnavailableError(f"git cannot be started ({error.strerror})") from error
        if done.returncode:
            raise GitUnavailableError("there is no git repository here, or git cannot read it")
        return done.stdout.decode("utf-8", "replace")


def commit(directory: Path) -> str:
    """Return the commit that is checked out around a folder; empty where git cannot tell."""
    try:
        return Git(directory).head
    except GitUnavailableError:
        return ""


def _variables() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


def _glob(text: str) -> str:
    """Take the signs of a pattern for themselves."""
    return re.sub(r"([\\*?\[\]])", r"\\\1", text)
