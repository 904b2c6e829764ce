"""One comment kept up to date, on a fake of each forge that is reached through a real socket."""

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug import Response

from alembic_ci.ci.api import ApiError, Patience
from alembic_ci.ci.conversation import Conversation, marker, upsert
from alembic_ci.ci.conversations import conversation
from alembic_ci.ci.pull_requests import pull_request
from forges import (
    ME,
    SOMEBODY,
    TOKEN,
    Forge,
    GitHub,
    GitLab,
    listening,
    pull_request_event,
    refusal,
)

_SHORT = Patience(answer=0.4, connect=0.4, repeats=2, put_off=2, backoff=0.01)


@pytest.fixture(params=[GitHub, GitLab])
def forge(request: pytest.FixtureRequest) -> Iterator[Forge]:
    kind: type[Forge] = request.param
    with listening() as server:
        yield kind(server)
        server.check()


@pytest.fixture
def comments(forge: Forge, tmp_path: Path) -> Conversation:
    return _comments(forge, tmp_path)


def _comments(forge: Forge, folder: Path) -> Conversation:
    match forge:
        case GitHub():
            variables = forge.variables(folder, pull_request_event())
        case GitLab():
            variables = forge.variables()
        case _:
            raise AssertionError(forge)
    request = pull_request(variables)
    assert request
    return conversation(request, variables, _SHORT)


def _said(text: str, key: str = "run staging") -> str:
    return f"{text}\n\n{marker(key)}"


def test_the_first_run_writes_a_comment(forge: Forge, comments: Conversation) -> None:
    url = upsert(comments, "run staging", "red\n", create=True)

    assert forge.mine() == [_said("red")]
    assert url.startswith("https://")
    assert url.endswith(str(next(iter(forge.bodies))))
    assert forge.tokens == {TOKEN}


def test_the_second_run_replaces_what_the_first_said(forge: Forge, comments: Conversation) -> None:
    first = upsert(comments, "run staging", "red", create=True)

    second = upsert(comments, "run staging", "green", create=False)

    assert forge.mine() == [_said("green")]
    assert second == first


def test_nothing_is_written_where_nothing_is_to_tell(forge: Forge, comments: Conversation) -> None:
    assert upsert(comments, "run staging", "nothing pending", create=False) == ""
    assert not forge.bodies


def test_the_comment_is_found_behind_two_hundred_and_fifty_others(
    forge: Forge, comments: Conversation
) -> None:
    for number in range(250):
        forge.add(f"comment {number}")
    mine = forge.add(_said("red"), author=ME)
    forge.add("changed the title", author=ME)

    upsert(comments, "run staging", "green", create=True)

    assert forge.bodies[mine] == _said("green")
    assert len(forge.bodies) == 252
    assert len([line for line in forge.asked if "per_page=100" in line]) == 3


def test_each_key_has_a_comment_of_its_own(forge: Forge, comments: Conversation) -> None:
    upsert(comments, "run staging", "one", create=True)
    upsert(comments, "run production", "two", create=True)

    assert forge.mine() == [_said("one"), _said("two", "run production")]


def test_a_stranger_who_copies_the_marker_keeps_the_comment(
    forge: Forge, comments: Conversation
) -> None:
    theirs = forge.add(_said("mine, honestly"), author=SOMEBODY)

    upsert(comments, "run staging", "red", create=True)

    assert forge.bodies[theirs] == _said("mine, honestly")
    assert forge.mine() == [_said("red")]


def test_a_marker_quoted_in_the_sql_of_another_comment_is_no_marker(
    forge: Forge, comments: Conversation
) -> None:
    other = _said(f"SELECT '{marker('run staging')}'", "run production")
    forge.add(other, author=ME)

    upsert(comments, "run staging", "red", create=True)

    assert forge.mine() == [other, _said("red")]


def test_two_jobs_at_once_end_with_one_comment(forge: Forge, tmp_path: Path) -> None:
    both_have_looked = threading.Barrier(2, timeout=60)
    looks = itertools.count()

    def wait_for_the_other_first() -> None:
        if next(looks) < 2:
            both_have_looked.wait()

    forge.after_list = wait_for_the_other_first
    jobs = [
        threading.Thread(
            target=upsert,
            args=(_comments(forge, tmp_path), "run staging", text),
            kwargs={"create": True},
        )
        for text in ("one", "two")
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(timeout=120)

    assert (
        len([line for line in forge.asked if line.startswith("POST") and "graphql" not in line])
        == 2
    )
    assert len(forge.mine()) == 1
    assert forge.mine()[0] in (_said("one"), _said("two"))


def test_doubles_of_an_earlier_race_are_cleared_away(forge: Forge, comments: Conversation) -> None:
    for text in ("one", "two", "three"):
        forge.add(_said(text), author=ME)

    upsert(comments, "run staging", "four", create=True)

    assert forge.bodies == {1: _said("four")}


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_a_refusal_is_told_once_with_the_words_of_the_host(
    forge: Forge, comments: Conversation, status: int
) -> None:
    forge.fail("POST", refusal(status, "Because\nI say so."))

    with pytest.raises(ApiError, match=rf"{status}: Because I say so") as caught:
        upsert(comments, "run staging", "red", create=True)

    assert caught.value.status == status
    assert TOKEN not in str(caught.value)
    assert len(forge.wrote()) == 1


@pytest.mark.parametrize("status", [403, 429])
def test_a_limit_that_names_a_time_is_waited_for(
    forge: Forge, comments: Conversation, status: int
) -> None:
    forge.fail("POST", refusal(status, "slow down", **{"Retry-After": "1"}))
    started = time.monotonic()

    upsert(comments, "run staging", "red", create=True)

    assert time.monotonic() - started >= 1
    assert forge.mine() == [_said("red")]


def test_a_limit_that_takes_too_long_is_not_waited_for(
    forge: Forge, comments: Conversation
) -> None:
    forge.fail("POST", refusal(429, "slow down", **{"Retry-After": "3600"}))
    started = time.monotonic()

    with pytest.raises(ApiError, match="3600 seconds"):
        upsert(comments, "run staging", "red", create=True)

    assert time.monotonic() - started < 2


def test_an_error_that_passes_is_outlasted(forge: Forge, comments: Conversation) -> None:
    forge.fail("GET", refusal(500, "oops"), refusal(502, "oops"))
    forge.fail("POST", refusal(503, "oops"))

    upsert(comments, "run staging", "red", create=True)

    assert forge.mine() == [_said("red")]


def test_an_error_that_stays_ends_the_attempts(forge: Forge, comments: Conversation) -> None:
    forge.fail("GET", *(refusal(502, "bad gateway") for _ in range(9)))

    with pytest.raises(ApiError, match="502: bad gateway"):
        upsert(comments, "run staging", "red", create=True)

    assert not forge.bodies


def test_an_answer_that_comes_too_late_does_not_make_a_second_comment(
    forge: Forge, comments: Conversation
) -> None:
    def late() -> Response:
        forge.add(_said("red"), author=ME)
        time.sleep(0.8)
        return Response(status=201)

    forge.fail("POST", late)

    upsert(comments, "run staging", "red", create=True)

    assert forge.mine() == [_said("red")]


def test_a_server_that_never_answers_is_given_up(forge: Forge, comments: Conversation) -> None:
    def never() -> Response:
        time.sleep(0.8)
        return Response(status=500)

    forge.fail("GET", *(never for _ in range(9)))
    started = time.monotonic()

    with pytest.raises(ApiError, match="got no answer"):
        upsert(comments, "run staging", "red", create=True)

    assert time.monotonic() - started < 5


def test_nobody_listening_is_an_answer_too(tmp_path: Path) -> None:
    with listening() as server:
        comments = _comments(GitHub(server), tmp_path)

    with pytest.raises(ApiError, match="got no answer"):
        upsert(comments, "run staging", "red", create=True)
