import pytest

from alembic_ci.database.drivers import control_arguments, control_url
from alembic_ci.urls import DatabaseURL


@pytest.mark.parametrize(
    "driver", ["", "+psycopg2", "+psycopg", "+asyncpg", "+pg8000", "+psycopg_async"]
)
def test_every_postgresql_driver_becomes_psycopg2(driver: str) -> None:
    url = DatabaseURL.parse(f"postgresql{driver}://ann:s3cret@db:5433/shop")

    control = control_url(url)

    assert control.render_as_string(hide_password=False) == (
        "postgresql+psycopg2://ann:s3cret@db:5433/shop"
    )


@pytest.mark.parametrize(
    "driver", ["mysql", "mariadb", "mysql+aiomysql", "mysql+asyncmy", "mariadb+mariadbconnector"]
)
def test_every_mysql_driver_becomes_pymysql(driver: str) -> None:
    url = DatabaseURL.parse(f"{driver}://ann@db/shop?charset=utf8mb4")

    control = control_url(url)

    assert control.render_as_string() == "mysql+pymysql://ann@db/shop"


def test_asyncpg_says_ssl_where_libpq_says_sslmode() -> None:
    url = DatabaseURL.parse("postgresql+asyncpg://db/shop?ssl=verify-full&command_timeout=5")

    assert dict(control_url(url).query) == {"sslmode": "verify-full"}


def test_what_libpq_knows_is_kept_and_our_name_wins() -> None:
    url = DatabaseURL.parse(
        "postgresql://db/shop?options=-csearch_path%3Dapp&application_name=theirs&sslmode=require"
    )

    assert dict(control_url(url).query) == {
        "options": "-csearch_path=app",
        "sslmode": "require",
    }
    assert control_arguments(url, patience=3)["application_name"] == "alembic-ci"


def test_several_hosts_are_kept_in_order() -> None:
    url = DatabaseURL.parse("postgresql:///shop?host=one:5432&host=two:5433")

    assert control_url(url).query["host"] == ("one:5432", "two:5433")


def test_a_password_of_any_alphabet_is_sent_as_utf8() -> None:
    url = DatabaseURL.parse("mysql+aiomysql://ann:p%C3%A4%C3%9F%E2%82%AC@db/shop")

    assert control_arguments(url, patience=3)["password"] == "päß€".encode()


@pytest.mark.parametrize(
    ("query", "tls"),
    [
        ("charset=utf8mb4", None),
        ("ssl_ca=/ca.pem", {"ca": "/ca.pem", "check_hostname": False}),
        ("ssl_ca=/ca.pem&ssl_mode=VERIFY_IDENTITY", {"ca": "/ca.pem", "check_hostname": True}),
        ("ssl_ca=/ca.pem&ssl_verify_identity=true", {"ca": "/ca.pem", "check_hostname": True}),
        ("ssl_mode=REQUIRED", {"verify_mode": "none"}),
        ("ssl_mode=VERIFY_CA", {"verify_mode": "required"}),
        ("ssl=true", {"verify_mode": "none"}),
    ],
)
def test_tls_of_mysqlclient_is_said_in_the_words_of_pymysql(
    query: str, tls: dict[str, str | bool] | None
) -> None:
    url = DatabaseURL.parse(f"mysql+mysqldb://ann@db/shop?{query}")

    assert control_arguments(url, patience=3).get("ssl") == tls


def test_pymysql_checks_host_names_unless_told_otherwise() -> None:
    strict = DatabaseURL.parse("mysql+pymysql://ann@db/shop?ssl_ca=/ca.pem")
    lax = DatabaseURL.parse("mysql+pymysql://ann@db/shop?ssl_ca=/ca.pem&ssl_check_hostname=false")

    assert control_arguments(strict, patience=3)["ssl"] == {"ca": "/ca.pem", "check_hostname": True}
    assert control_arguments(lax, patience=3)["ssl"] == {"ca": "/ca.pem", "check_hostname": False}


def test_encryption_can_be_switched_off() -> None:
    url = DatabaseURL.parse("mysql+mysqldb://ann@db/shop?ssl_mode=DISABLED&ssl_ca=/ca.pem")

    arguments = control_arguments(url, patience=3)

    assert arguments["ssl_disabled"] is True
    assert "ssl" not in arguments
