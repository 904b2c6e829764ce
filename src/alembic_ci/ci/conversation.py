"""The comments below one pull or merge request, and how to keep exactly one of them up to date."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote

from alembic_ci.ci.api import ApiError


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment as the host has it; a lower *number* is an older one."""

    number: int
    body: str
    url: str


class Conversation(Protocol):
    """What a host offers; every method may raise ApiError."""

    def mine(self) -> Sequence[Comment]:
        """Return all comments that were written with this token, the oldest first."""

    def create(self, body: str) -> Comment:
        """Write a new comment."""

    def update(self, comment: Comment, body: str) -> Comment:
        """Give a comment another text."""

    def delete(self, comment: Comment) -> None:
        """Remove a comment."""


def marker(key: str) -> str:
    """Return the invisible line that tells the comments of several jobs apart."""
    return f"<!-- alembic-ci comment: {quote(key, safe=' ,/._')} -->"


def upsert(conversation: Conversation, key: str, body: str, *, create: bool) -> str:
    """Leave one comment with this *key* and *body*; return its URL.

    Without *create* one that is there already is kept up to date, and "" is returned when none is.
    Two jobs at once may both find no comment and write one; each looks again afterwards, and the
    oldest stays.
    """
    text = f"{body.rstrip()}\n\n{marker(key)}"
    found = _marked(conversation, key)
    if not found and not create:
        return ""
    if found:
        kept = conversation.update(found[0], text)
    else:
        kept, found = _created(conversation, key, text)
    for surplus in found[1:]:
        _delete(conversation, surplus)
    return kept.url


def _created(conversation: Conversation, key: str, text: str) -> tuple[Comment, Sequence[Comment]]:
    """Return the comment that now holds *text*, and all that have the same *key*."""
    written = _written(conversation, key, text)
    found = _marked(conversation, key) or [written]
    oldest = found[0]
    if oldest.number == written.number:
        return written, found
    return conversation.update(oldest, text), found


def _written(conversation: Conversation, key: str, text: str) -> Comment:
    """Write the comment; where nobody knows whether that worked, look before trying again."""
    try:
        return conversation.create(text)
    except ApiError as error:
        if not error.undecided:
            raise
    found = _marked(conversation, key)
    return conversation.update(found[0], text) if found else conversation.create(text)


def _marked(conversation: Conversation, key: str) -> Sequence[Comment]:
    """Return the comments whose last line is the marker: SQL further up may quote one."""
    end = marker(key)
    return [comment for comment in conversation.mine() if comment.body.rstrip().endswith(end)]


def _delete(conversation: Conversation, comment: Comment) -> None:
    try:
        conversation.delete(comment)
    except ApiError as error:
        if error.status != HTTPStatus.NOT_FOUND:  # the other job may have been faster
            raise
