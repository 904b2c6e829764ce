import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_ci.redaction import Redactor, safe_everywhere
from alembic_ci.urls import DatabaseURL

_SECRET = "p@ss w/rd%é"


@pytest.mark.parametrize(
    "spelling",
    [
        _SECRET,
        quote(_SECRET),
        quote(_SECRET, safe=""),
        quote_plus(_SECRET),
        quote(_SECRET, safe="").replace("%", "%%"),
        json.dumps(_SECRET)[1:-1],
    ],
)
def test_a_secret_is_replaced_however_it_is_spelled(spelling: str) -> None:
    assert Redactor([_SECRET])(f"password {spelling}!") == "password ***!"


def test_an_encoded_secret_is_replaced_where_it_stands_decoded() -> None:
    assert Redactor([quote(_SECRET)])(f"password {_SECRET}!") == "password ***!"


def test_a_secret_is_replaced_in_html_and_in_repr() -> None:
    redact = Redactor(["<x>&'y'\n"])

    assert redact("&lt;x&gt;&amp;&#x27;y&#x27;\n") == "***"
    assert redact(repr({"password": "<x>&'y'\n"})) == "{'password': \"***\"}"


def test_the_longer_of_two_secrets_goes_first() -> None:
    assert Redactor(["hunter2", "hunter2-again"])("hunter2-again") == "***"


@pytest.mark.parametrize("word", ["test", "postgres", "Password", "root", "12345"])
def test_a_common_word_is_replaced_only_where_a_url_has_its_password(word: str) -> None:
    redact = Redactor([word])

    assert redact(f"{word} table {word}s") == f"{word} table {word}s"
    assert redact(f"{word}:{word}@{word}/{word}") == f"{word}:***@{word}/{word}"
    assert redact(f"user={word} password={word} host={word}") == (
        f"user={word} password=*** host={word}"
    )
    assert not safe_everywhere(word)


def test_a_secret_in_url_form_counts_only_there() -> None:
    redact = Redactor([":shop-database@"])

    assert redact("shop-database:shop-database@shop-database") == (
        "shop-database:***@shop-database"
    )


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("to postgresql+asyncpg://u:pw@h/d now", "to postgresql+asyncpg://u:***@h/d now"),
        ("https://x-access-token:ghs_1@host/x", "https://x-access-token:***@host/x"),
        ("mysql://u:r@w/p?a#ss@h/d", "mysql://u:***@h/d"),
        ("postgresql://me@server:pw@h", "postgresql://me@server:***@h"),
        ("redis://:pw@h, amqp://u:pw@h", "redis://:***@h, amqp://u:***@h"),
        ('{"a":"mysql://u:p@h","b":"me@x"}', '{"a":"mysql://u:***@h","b":"me@x"}'),
    ],
)
def test_an_unknown_password_in_any_url_is_replaced(text: str, redacted: str) -> None:
    redact = Redactor([])

    assert redact(text) == redacted
    assert redact(redacted) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:8080/@scope/package",
        "postgresql://db.example:5432/shop",
        "ssh://git@github.com/x/y",
        "mail me@example.com: at 10:30@noon",
        "UPDATE account SET password='changed'",
    ],
)
def test_text_without_a_password_is_left_alone(text: str) -> None:
    assert Redactor(["postgres"])(text) == text


@given(
    secrets=st.lists(st.text(st.characters(exclude_characters="*@"), min_size=6)),
    pieces=st.lists(st.text()),
)
def test_no_strong_secret_survives(secrets: list[str], pieces: list[str]) -> None:
    strong = [secret for secret in secrets if safe_everywhere(secret)]
    text = "".join(piece + secret for piece, secret in zip(pieces, secrets, strict=False))

    redacted = Redactor(secrets)(text)

    assert not [secret for secret in strong if secret in redacted]


@given(password=st.text(min_size=1))
def test_a_rendered_url_never_shows_its_password(password: str) -> None:
    url = DatabaseURL(drivername="mysql", username="u", password=password, host="h", database="d")

    redacted = Redactor(url.secrets())(f"connecting to {url.render()}.")

    assert redacted == "connecting to mysql://u:***@h/d."


def test_a_long_text_takes_linear_time() -> None:
    text = "a-b.c+d:" * 200_000

    assert Redactor(["hunter2-hunter2"])(text) == text


_LONG = "LongSecretPassword12345"
_WHOLE = f"postgresql+psycopg://app:{_LONG}@db.example/shop"


@pytest.mark.parametrize("mark", ["...", "…"])
@pytest.mark.parametrize("head", [0, 3, 24, 30])
@pytest.mark.parametrize("tail", [10, 20, 30])
def test_no_part_of_a_password_is_left_of_a_url_that_somebody_shortened(
    head: int, tail: int, mark: str
) -> None:
    """As pydantic does with the value that it refuses: the first and the last characters."""
    shown = f"input_value='{_WHOLE[:head]}{mark}{_WHOLE[-tail:]}', input_type=str"

    said = Redactor([_LONG])(shown)

    assert not [n for n in range(len(_LONG) - 3) if _LONG[n : n + 4] in said], said
    assert said.startswith("input_value='")
    assert said.endswith("', input_type=str")


def test_a_long_secret_is_replaced_where_somebody_shortened_it() -> None:
    secret = "".join(chr(97 + n % 26) + str(n) for n in range(40))

    said = Redactor([secret])(f"value {secret[:25]}...{secret[-24:]} and {secret[:30]}…")

    assert secret[:20] not in said
    assert secret[-20:] not in said


def test_texts_with_three_dots_stay_as_they_are() -> None:
    text = "write it as postgresql://... or ask you@example.com ... then"

    assert Redactor([_LONG])(text) == text
