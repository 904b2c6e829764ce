"""Who stands in the way, in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MINUTE = 60
_HOUR = 3600
_JOB = re.compile(r"/\* job: (\S+) \*/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A session or process that has what we wait for; "" and None are what the server hides.

    *session* is its number with a word for it, *seconds* how long it has had it, *job* the
    address of its CI job, *doing* what it is in the middle of.
    """

    session: str
    user: str = ""
    application: str = ""
    client: str = ""
    seconds: float | None = None
    job: str = ""
    doing: str = ""

    @property
    def words(self) -> str:
        """Say all that is known in one line."""
        said = [
            self.session,
            f"user {self.user}" if self.user else "",
            self.application,
            f"from {self.client}" if self.client else "",
            self.doing,
            f"for {elapsed(self.seconds)}" if self.seconds is not None else "",
            f"job {self.job}" if self.job and self.job not in self.application else "",
        ]
        return ", ".join(filter(None, said))


def elapsed(seconds: float) -> str:
    """Say a duration the way people do."""
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def job_comment(job: str) -> str:
    """Return a comment that tells other sessions of our CI job, "" when there is none to tell.

    Longer addresses than an application name can hold reach the others this way.
    """
    return f" /* job: {job} */" if re.fullmatch(r"[\w.:/?=&#+~-]{1,500}", job) else ""


def job_of(query: object) -> str:
    """Return what ``job_comment`` put into a query."""
    found = _JOB.search(str(query or ""))
    return found[1] if found else ""


def holder_of(row: Sequence[object], *, session: str) -> Holder:
    """Read a row of (session, user, application, client, seconds[, query or what it does])."""
    number, user, application, client, seconds, *last = row
    query = str(last[0] or "") if last else ""
    return Holder(
        session=f"{session} {number}",
        user=_text(user),
        application=_text(application),
        client=_text(client),
        seconds=float(seconds) if isinstance(seconds, int | float) else None,
        job=job_of(query),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
