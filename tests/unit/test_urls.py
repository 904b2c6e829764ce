from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import URL, make_url

from alembic_ci.urls import DatabaseURL, Dialect, URLError

_PASSWORDS = (
    "p@ss",
    "a:b",
    "a/b",
    "a#b",
    "a?b",
    "100%",
    "50%25",
    "two words",
    "pässwörd",
    "@",
    "x@",
)
_WORDS = st.text("abcxyz_-.", min_size=1, max_size=8)


def _fields(url: URL) -> DatabaseURL:
    return DatabaseURL(
        drivername=url.drivername,
        username=url.username,
        password=url.password,
        host=url.host,
        port=url.port,
        database=url.database,
        query=tuple(
            (key, value) for key, values in url.normalized_query.items() for value in values
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://localhost",
        "postgresql://shop@db/shop",
        "postgresql://shop:pw@db.example:5432/shop",
        "postgresql+asyncpg://shop:p%40ss%20word@db/shop?ssl=require",
        "postgresql+psycopg://shop:pw@/shop?host=first:5432&host=second:5433",
        "postgresql:///shop?host=/run/postgresql",
        "postgresql://shop:pw@[2001:db8::1]:5432/shop",
        "postgresql://me@server:pw@server.example/shop",
        "mysql+pymysql://shop:a/b?c#d:e@db:3306/shop?charset=utf8mb4",
        "mysql+pymysql:///shop?unix_socket=/run/mysqld/mysqld.sock",
        "mariadb+mariadbconnector://shop:@db/shop",
        "postgresql://shop:pw@db/shop?application_name=ci@example",
        "sqlite:///shop.db",
        "sqlite:////var/lib/shop@home:1.db",
        "sqlite+aiosqlite:///file:shop.db?mode=ro&uri=true",
        "sqlite:///C:/shop.db",
        "sqlite+pysqlcipher://:passphrase@/shop.db?kdf_iter=64000",
    ],
)
def test_what_sqlalchemy_accepts_is_read_alike_and_kept_byte_for_byte(text: str) -> None:
    url = DatabaseURL.parse(text)

    assert url == _fields(make_url(text))
    assert url.render() == text


@pytest.mark.parametrize("password", _PASSWORDS)
def test_a_password_pasted_raw_is_found_and_encoded(password: str) -> None:
    url = DatabaseURL.parse(f"postgresql://shop:{password}@db.example:5432/shop?sslmode=require")

    assert (url.host, url.port, url.database) == ("db.example", 5432, "shop")
    assert url.query == (("sslmode", "require"),)
    assert _fields(make_url(url.render())) == url
    if "%25" not in password:  # SQLAlchemy decodes it, and so do we
        assert url.password == password


@pytest.mark.parametrize("password", _PASSWORDS)
def test_an_encoded_password_is_decoded(password: str) -> None:
    text = f"postgresql://shop:{quote(password, safe='')}@db/shop"

    url = DatabaseURL.parse(text)

    assert url.password == password
    assert url.render() == text


@given(
    username=st.text(max_size=8),
    password=st.none() | st.text(),
    host=st.none() | _WORDS | st.just("2001:db8::1"),
    port=st.none() | st.integers(1, 65535),
    database=st.none() | st.text(max_size=8),
    query=st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), max_size=3),
)
def test_sqlalchemy_reads_the_same_parts_from_what_is_rendered(  # noqa: PLR0913 - a URL's parts
    *,
    username: str,
    password: str | None,
    host: str | None,
    port: int | None,
    database: str | None,
    query: list[tuple[str, str]],
) -> None:
    url = DatabaseURL(
        drivername="postgresql",
        username=username,
        password=password,
        host=host,
        port=port,
        database=database,
        query=tuple(sorted(dict(query).items())),
    )

    text = url.render()

    read = _fields(make_url(text))
    assert replace(read, query=tuple(sorted(read.query))) == url
    assert DatabaseURL.parse(text) == url


@given(text=st.text(":@/?#%[]=&1ah."))
def test_text_kept_as_written_means_to_sqlalchemy_what_it_means_to_us(text: str) -> None:
    try:
        url = DatabaseURL.parse(f"postgresql://{text}")
    except URLError:
        return

    read = _fields(make_url(url.render()))

    assert replace(read, query=tuple(sorted(read.query))) == replace(
        url, query=tuple(sorted(url.query))
    )


@given(text=st.text())
def test_an_error_never_holds_the_text(text: str) -> None:
    marked = f"mysql://user:51Secret{text}@host:port/db"

    with pytest.raises(URLError) as caught:
        DatabaseURL.parse(marked)

    assert "51Secret" not in f"{caught.value} {caught.value.remedy}"


def test_another_database_is_rendered_and_not_the_one_that_was_written() -> None:
    url = DatabaseURL.parse("postgresql://shop:pw@db/shop")

    assert replace(url, database="scratch").render() == "postgresql://shop:pw@db/scratch"


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("postgres://shop:pw@db/shop", "postgresql://shop:pw@db/shop"),
        ("postgres+asyncpg://db/shop", "postgresql+asyncpg://db/shop"),
        ("PostgreSQL://db/shop", "postgresql://db/shop"),
        ("  postgresql://db/shop\n", "postgresql://db/shop"),
        ('"postgresql://db/shop"', "postgresql://db/shop"),
        ("' postgresql://db/shop '", "postgresql://db/shop"),
        ("postgresql://CORP/shop:pw@db/shop", "postgresql://CORP%2Fshop:pw@db/shop"),
        ("postgresql://shop:p@ss/w@rd@db/shop", "postgresql://shop:p%40ss%2Fw%40rd@db/shop"),
        ("mysql://shop:p@ss@db/shop?a=b@c", "mysql://shop:p%40ss@db/shop?a=b%40c"),
        ("mysql://shop:100%25@x@db/shop", "mysql://shop:100%2525%40x@db/shop"),
    ],
)
def test_common_mistakes_are_forgiven(text: str, rendered: str) -> None:
    assert DatabaseURL.parse(text).render() == rendered


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "begin with a dialect"),
        ("hunter2", "begin with a dialect"),
        ("DATABASE_URL=postgresql://db/shop", "begin with a dialect"),
        ("jdbc:postgresql://db/shop", "begin with a dialect"),
        ("postgresql://db/one\npostgresql://db/two", "several lines"),
        ("oracle://db/shop", '"oracle" is not supported'),
        ("postgresql+://db/shop", "name of the driver"),
        ("postgresql://db:/shop", "port"),
        ("postgresql://db:99999/shop", "port"),
        ("postgresql://first:1,second:2/shop", "port"),
        ("postgresql://[::1/shop", "brackets"),
        ("postgresql://[::1]x/shop", "brackets"),
        ("postgresql://data base/shop", "host name"),
        ("sqlite://shop.db", "a path and no host"),
        ("sqlite://", "in memory"),
        ("sqlite:///", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file::memory:?cache=shared&uri=true", "in memory"),
        ("sqlite:///file:shop?mode=memory&uri=true", "in memory"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(text: str, problem: str) -> None:
    with pytest.raises(URLError, match=problem):
        DatabaseURL.parse(text)


def test_an_unknown_dialect_is_told_which_ones_there_are() -> None:
    with pytest.raises(URLError) as caught:
        DatabaseURL.parse("mssql+pyodbc://db/shop")

    assert "postgresql, mysql, mariadb, sqlite" in caught.value.remedy


@pytest.mark.parametrize(
    ("drivername", "dialect"),
    [
        ("postgresql+psycopg_async", Dialect.POSTGRESQL),
        ("mysql+asyncmy", Dialect.MYSQL),
        ("mariadb+mysqldb", Dialect.MYSQL),
        ("sqlite+aiosqlite", Dialect.SQLITE),
    ],
)
def test_the_dialect_does_not_depend_on_the_driver(drivername: str, dialect: Dialect) -> None:
    assert DatabaseURL.parse(f"{drivername}:///shop").dialect is dialect


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("postgresql+asyncpg://u:pw@db:5432/shop?ssl=1", "postgresql://db:5432/shop"),
        ("postgresql://u:pw@[::1]:5432/shop", "postgresql://[::1]:5432/shop"),
        ("mysql://u:pw@db", "mysql://db"),
        ("sqlite:////data/shop.db", "sqlite:////data/shop.db"),
    ],
)
def test_a_location_shows_where_and_not_who(text: str, location: str) -> None:
    assert DatabaseURL.parse(text).location == location


def test_neither_repr_nor_location_shows_a_password() -> None:
    url = DatabaseURL.parse("postgresql://shop:s3cret-1@db/shop?password=s3cret-2")

    assert "s3cret" not in f"{url!r} {url} {url.location}"


def test_secrets_are_every_spelling_of_the_password() -> None:
    url = DatabaseURL.parse("postgresql://shop:p%40ss+w%20rd@db/shop?sslpassword=k%C3%A9y")

    secrets = url.secrets()

    assert {"p%40ss+w%20rd", "p@ss+w rd", "p%40ss%2Bw%20rd", "p%40ss%2Bw+rd"} <= set(secrets)
    assert {"kéy", "k%C3%A9y"} <= set(secrets)
    assert list(secrets) == sorted(secrets, key=len, reverse=True)


def test_a_url_without_password_has_no_secrets() -> None:
    assert DatabaseURL.parse("postgresql://shop@db/shop").secrets() == ()


def test_a_password_that_is_a_public_name_is_secret_only_inside_a_url() -> None:
    assert DatabaseURL.parse("mysql://shop:shop@db/shop").secrets() == (":shop@",)
