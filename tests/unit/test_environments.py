import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_ci.environments import (
    Environment,
    environments,
    scratch_url,
    secret_variables,
)
from alembic_ci.errors import SettingsError
from alembic_ci.settings import read_settings
from alembic_ci.urls import DatabaseURL

_URL = "postgresql://shop:pw@db.example/shop"


def _chosen(variables: dict[str, str], *names: str) -> tuple[Environment, ...]:
    return environments(read_settings({"environments": names}, variables), variables)


def _url(variables: dict[str, str], *names: str) -> DatabaseURL:
    (environment,) = _chosen(variables, *names)
    (database,) = environment.databases
    return database.url


def _refusal(variables: dict[str, str], *names: str) -> str:
    with pytest.raises(SettingsError) as caught:
        _chosen(variables, *names)
    return f"{caught.value.problem} {caught.value.meaning} {caught.value.remedy}"


def test_development_is_the_default_and_not_named() -> None:
    (environment,) = _chosen({"DEV_DATABASE_URL": _URL, "PROD_DATABASE_URL": _URL})

    assert (environment.name, environment.named) == ("development", False)
    assert [database.label for database in environment.databases] == [""]
    assert environment.databases[0].variable == "DEV_DATABASE_URL"


def test_environments_come_in_the_order_they_were_asked_for() -> None:
    variables = {f"{name}_DATABASE_URL": f"{_URL}_{name}" for name in ("DEV", "STAGING", "PROD")}

    chosen = _chosen(variables, "prod,staging", "DEVELOPMENT")

    assert [environment.name for environment in chosen] == ["production", "staging", "development"]
    assert [environment.databases[0].url.database for environment in chosen] == [
        "shop_PROD",
        "shop_STAGING",
        "shop_DEV",
    ]
    assert all(environment.named for environment in chosen)


@pytest.mark.parametrize(
    ("prefix", "asked", "name"),
    [
        ("DEV", "development", "development"),
        ("DEVELOPMENT", "dev", "development"),
        ("TEST", "testing", "testing"),
        ("TESTING", "Test", "testing"),
        ("STAGE", "STAGING", "staging"),
        ("STAGING", "stage", "staging"),
        ("PROD", "production", "production"),
        ("PRODUCTION", "PROD", "production"),
        ("EU_WEST", "eu-west", "eu_west"),
        ("EU_WEST", "eu_west", "eu_west"),
        ("2ND", "2nd", "2nd"),
    ],
)
def test_an_environment_is_found_by_its_alias(prefix: str, asked: str, name: str) -> None:
    (environment,) = _chosen({f"{prefix}_DATABASE_URL": _URL}, asked)

    assert environment.name == name
    assert environment.databases[0].variable == f"{prefix}_DATABASE_URL"


def test_the_variable_environment_picks_one_and_names_it() -> None:
    (environment,) = _chosen({"ENVIRONMENT": "prod", "PROD_DATABASE_URL": _URL})

    assert (environment.name, environment.named) == ("production", True)


def test_what_the_tool_is_asked_goes_before_the_variable_environment() -> None:
    variables = {"ENVIRONMENT": "prod", "PROD_DATABASE_URL": _URL, "DEV_DATABASE_URL": _URL}

    (environment,) = _chosen(variables, "dev")

    assert environment.name == "development"


def test_environments_from_the_file_are_not_named_by_this_run(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.alembic-ci]\nenvironments = ['prod']")
    variables = {"INPUT_WORKING_DIRECTORY": str(tmp_path), "PROD_DATABASE_URL": _URL}

    (environment,) = _chosen(variables)

    assert (environment.name, environment.named) == ("production", False)


def test_production_is_protected_and_others_as_configured(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.alembic-ci.environments.stage]\nprotected = true"
    )
    variables = {f"{name}_DATABASE_URL": _URL for name in ("DEV", "STAGE", "PROD")}
    variables["ALEMBIC_CI_WORKING_DIRECTORY"] = str(tmp_path)

    chosen = _chosen(variables, "dev", "stage", "prod")

    assert [environment.protected for environment in chosen] == [False, True, True]


@pytest.mark.parametrize("asked", [(), ("prod",), ("qa",)])
def test_plain_database_url_serves_the_one_environment_without_its_own(
    asked: tuple[str, ...],
) -> None:
    (environment,) = _chosen({"DATABASE_URL": _URL, "STAGE_DATABASE_URL": "sqlite:///x"}, *asked)

    assert environment.databases[0].url.render() == _URL
    assert environment.databases[0].variable == "DATABASE_URL"


def test_an_environments_own_variable_goes_before_plain_database_url() -> None:
    assert _url({"DATABASE_URL": "sqlite:///x", "DEV_DATABASE_URL": _URL}).render() == _URL


def test_plain_database_url_never_serves_two_environments() -> None:
    refusal = _refusal({"DATABASE_URL": _URL, "DEV_DATABASE_URL": _URL}, "dev", "prod")

    assert "no database URL for the environment production" in refusal


@pytest.mark.parametrize("variable", ["DEV_DATABASE_URL_FILE", "DATABASE_URL_FILE"])
def test_a_url_may_stand_in_a_file(tmp_path: Path, variable: str) -> None:
    file = tmp_path / "url"
    file.write_text(f"\ufeff{_URL}\n", encoding="utf-8")

    (environment,) = _chosen({variable: str(file)})

    assert environment.databases[0].url.render() == _URL
    assert environment.databases[0].variable == variable.removesuffix("_FILE")


@given(
    user=st.text(min_size=1).filter(lambda text: text == text.strip() and "$" not in text),
    password=st.text().filter(lambda text: text.strip() and "*" not in text),
)
def test_nothing_needs_encoding_in_split_fields(user: str, password: str) -> None:
    variables = {
        "PROD_DATABASE_DIALECT": "postgresql+asyncpg",
        "PROD_DATABASE_HOST": "db.example",
        "PROD_DATABASE_PORT": "6432",
        "PROD_DATABASE_USER": "".join(user.split("%")) or "shop",
        "PROD_DATABASE_PASSWORD": password,
        "PROD_DATABASE_NAME": "shop",
    }

    url = _url(variables, "prod")

    assert url == DatabaseURL.parse(url.render())
    assert url.password == password.rstrip("\r\n")
    assert url.username == variables["PROD_DATABASE_USER"].strip()
    assert url.location == "postgresql://db.example:6432/shop"


def test_split_fields_need_neither_user_nor_password_nor_port() -> None:
    (environment,) = _chosen(
        {
            "DEV_DATABASE_DIALECT": "mariadb",
            "DEV_DATABASE_HOST": "[::1]",
            "DEV_DATABASE_NAME": "shop",
        }
    )

    assert environment.databases[0].url.render() == "mariadb://[::1]/shop"
    assert environment.databases[0].variable == "DEV_DATABASE_URL"


@pytest.mark.parametrize(
    ("dialect", "url"),
    [
        ("postgres", "postgresql:///shop?host=%2Frun%2Fdb"),
        ("mysql+pymysql", "mysql+pymysql:///shop?unix_socket=%2Frun%2Fdb"),
    ],
)
def test_a_host_that_is_a_path_is_a_socket(dialect: str, url: str) -> None:
    parts = {"DIALECT": dialect, "HOST": "/run/db", "NAME": "shop"}

    assert _url({f"DEV_DATABASE_{key}": text for key, text in parts.items()}).render() == url


def test_split_fields_of_sqlite_are_dialect_and_name() -> None:
    variables = {"DEV_DATABASE_DIALECT": "sqlite", "DEV_DATABASE_NAME": "/data/shop.db"}

    assert _url(variables).render() == "sqlite:////data/shop.db"


def test_a_password_may_stand_in_a_file_and_keeps_its_spaces(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(" p@ss \n")
    parts = {"DIALECT": "mysql", "HOST": "db", "NAME": "shop", "USER": "shop"}
    variables = {f"DEV_DATABASE_{key}": text for key, text in parts.items()}

    url = _url(variables | {"DEV_DATABASE_PASSWORD_FILE": str(tmp_path / "password")})

    assert url.password == " p@ss "


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("eu=mysql://h/a\nus = mysql://h/b\n", ["eu", "us"]),
        ("# tenants\n\nmysql://h/a\r\nmysql://h/b?x=1", ["a", "b"]),
        ("mysql://h1/a\nmysql://h2/a\nlast=mysql://h3/a", ["1", "2", "last"]),
        ("sqlite:////data/a.db\nsqlite:///b.db", ["a", "b"]),
        ("mysql://h1\nmysql://h2", ["1", "2"]),
        ("mysql://u:a=b@h/a", [""]),
        ("engine1=mysql://h/a", ["engine1"]),
        ("mysql://h/one two\nmysql://h/b", ["1", "2"]),
        (json.dumps({"eu": "mysql://h/a", "us": "mysql://h/b"}), ["eu", "us"]),
        (json.dumps(["mysql://h/a", "us=mysql://h/b"], indent=1), ["a", "us"]),
        (json.dumps([{"label": "eu", "url": "mysql://h/a"}, "mysql://h/b"]), ["eu", "b"]),
    ],
)
def test_one_environment_may_have_many_databases(
    tmp_path: Path, text: str, labels: list[str]
) -> None:
    (tmp_path / "urls").write_text(text)

    (directly,) = _chosen({"PROD_DATABASE_URLS": text}, "prod")
    (from_file,) = _chosen({"PROD_DATABASE_URLS_FILE": str(tmp_path / "urls")}, "prod")

    assert [database.label for database in directly.databases] == labels
    assert {database.variable for database in directly.databases} == {"PROD_DATABASE_URL"}
    assert from_file == directly


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("DEV_DATABASE_URL", "DEVELOPMENT_DATABASE_URL"),
        ("DEV_DATABASE_URL", "DEV_DATABASE_URL_FILE"),
        ("DEV_DATABASE_URL", "DEV_DATABASE_URLS"),
        ("DEV_DATABASE_URL", "DEV_DATABASE_*"),
        ("DATABASE_URL", "DATABASE_URL_FILE"),
    ],
)
def test_two_forms_at_once_are_refused(first: str, second: str) -> None:
    refusal = _refusal({first: _URL, second.replace("*", "HOST"): _URL})

    assert refusal.startswith(f"{first} and {second} are set at once.")


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"DEV_DATABASE_URL": ""}, "DEV_DATABASE_URL is set but empty"),
        ({"DEV_DATABASE_URL": " \n"}, "forks may read it"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is set but empty"),
        ({"DEV_DATABASE_URL": "***"}, "DEV_DATABASE_URL holds a placeholder"),
        ({"DEV_DATABASE_URL": "mysql://u:***@h/d"}, "DEV_DATABASE_URL holds a placeholder"),
        ({"DEV_DATABASE_URL": "${{ secrets.DEV }}"}, "DEV_DATABASE_URL holds a placeholder"),
        ({"DEV_DATABASE_URL": "mysql://u:${{ secrets.P }}@h/d"}, "holds a placeholder"),
        ({"DEV_DATABASE_URL": "$DEV_URL"}, "holds a placeholder"),
        ({"DEV_DATABASE_URL": "'${DEV_URL}'"}, "holds a placeholder"),
        ({"DEV_DATABASE_URL": "$(devUrl)"}, "holds a placeholder"),
        ({"DEV_DATABASE_URL": "mysql://$USER:$PASS@$HOST/db"}, "holds a placeholder"),
        ({"DEV_DATABASE_URL_FILE": "$FILE"}, "DEV_DATABASE_URL_FILE holds a placeholder"),
        ({"DEV_DATABASE_URL": "oracle://h/d"}, "postgresql, mysql, mariadb, sqlite"),
        ({"DEV_DATABASE_URL": "/run/secrets/url"}, "use DEV_DATABASE_URL_FILE"),
        ({"DEV_DATABASE_URL_FILE": "/nowhere/url"}, "DEV_DATABASE_URL_FILE names (/nowhere/url)"),
        ({"DEV_DATABASE_URL_FILE": "/"}, "cannot be read: Is a directory"),
        ({"DEV_DATABASE_URL_FILE": "mysql://u:s3cret@h"}, "holds the path of a file, not a URL"),
        ({"DEV_DATABASE_URLS": "\n#\n"}, "DEV_DATABASE_URLS lists no database"),
        ({"DEV_DATABASE_URLS": "[]"}, "DEV_DATABASE_URLS lists no database"),
        ({"DEV_DATABASE_URLS": "[1]"}, "begins like JSON"),
        ({"DEV_DATABASE_URLS": "{"}, "begins like JSON"),
        ({"DEV_DATABASE_URLS": '{"a": {"b": "c"}}'}, "begins like JSON"),
        ({"DEV_DATABASE_URLS": "a=mysql://h/d\nb=s3cret"}, "DEV_DATABASE_URLS (line 2) holds no"),
        ({"DEV_DATABASE_URLS": '{"../eu": "mysql://h/d"}'}, "has a label that cannot be part"),
        ({"DEV_DATABASE_URLS": '{"eu": "x"}'}, "DEV_DATABASE_URLS (entry eu) holds no"),
        ({"DEV_DATABASE_URLS": "a=mysql://h/a\na=mysql://h/b"}, 'the label "a" 2 times'),
        ({"DEV_DATABASE_URLS": "a=mysql://h/d\nb=mysql://h/d"}, "(line 2) are the same database"),
        ({"ENVIRONMENT": "local dev!"}, "ENVIRONMENT does not hold the name"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(variables: dict[str, str], told: str) -> None:
    refusal = _refusal(variables)

    assert told in refusal
    assert "s3cret" not in refusal


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"HOST": "db"}, "DEV_DATABASE_DIALECT is not set"),
        ({"DIALECT": "mysql"}, "DEV_DATABASE_HOST and DEV_DATABASE_NAME are not set"),
        ({"DIALECT": "mysql", "HOST": "db"}, "DEV_DATABASE_NAME is not set"),
        ({"DIALECT": "sqlite"}, "DEV_DATABASE_NAME is not set"),
        ({"DIALECT": "sqlite", "NAME": ":memory:"}, "in memory"),
        ({"DIALECT": "oracle"}, "DEV_DATABASE_DIALECT cannot be used"),
        ({"DIALECT": "mysql", "HOST": "db", "NAME": "x", "PORT": "x"}, "DEV_DATABASE_PORT cannot"),
        ({"DIALECT": "mysql", "HOST": "", "NAME": "x"}, "DEV_DATABASE_HOST is set but empty"),
        ({"DIALECT": "mysql", "HOST": "db", "NAME": "$NAME"}, "DEV_DATABASE_NAME holds a placeh"),
        ({"DIALECT": "mysql", "PASSWORD": ""}, "DEV_DATABASE_PASSWORD is set but empty"),
        ({"DIALECT": "mysql", "PASSWORD": "***"}, "DEV_DATABASE_PASSWORD holds a placeholder"),
        ({"DIALECT": "mysql", "PASSWORD": "x", "PASSWORD_FILE": "y"}, "_FILE are both set"),
        ({"DIALECT": "mysql", "PASSWORD_FILE": "/nowhere"}, "DEV_DATABASE_PASSWORD_FILE names"),
    ],
)
def test_a_part_that_cannot_be_used_is_named(parts: dict[str, str], told: str) -> None:
    assert told in _refusal({f"DEV_DATABASE_{part}": text for part, text in parts.items()})


def test_an_empty_or_binary_file_is_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "url"

    file.write_bytes(b"\n")
    assert "is empty" in _refusal({"DEV_DATABASE_URL_FILE": str(file)})
    file.write_bytes(b"\xff\xfe")
    assert "not UTF-8" in _refusal({"DEV_DATABASE_URL_FILE": str(file)})


def test_a_missing_environment_is_told_which_ones_there_are() -> None:
    refusal = _refusal(
        {
            "PROD_DATABASE_URL": _URL,
            "EU_WEST_DATABASE_URLS_FILE": "x",
            "QA_DATABASE_DIALECT": "mysql",
            "SCRATCH_DATABASE_URL": _URL,
            "ALEMBIC_CI_DATABASE_URL": _URL,
            "INPUT_TEST_DATABASE_URL": _URL,
        },
        "stage",
    )

    assert "no database URL for the environment staging" in refusal
    assert "Environments with a URL: eu_west, production, qa." in refusal
    assert "Set STAGE_DATABASE_URL or STAGING_DATABASE_URL" in refusal
    assert "--environments eu_west" in refusal


def test_without_any_url_the_variable_to_set_is_named() -> None:
    refusal = _refusal({})

    assert "nor for any other" in refusal
    assert "Set DEV_DATABASE_URL or DEVELOPMENT_DATABASE_URL, or DATABASE_URL" in refusal


def test_environments_that_nobody_asked_for_are_not_looked_at() -> None:
    assert _url({"DEV_DATABASE_URL": _URL, "PROD_DATABASE_URL": ""}).render() == _URL


def test_scratch_is_no_environment() -> None:
    assert "scratch is not an environment" in _refusal({"SCRATCH_DATABASE_URL": _URL}, "scratch")


def test_the_scratch_server_is_given_directly_or_by_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text(_URL)

    assert scratch_url({}) is None
    assert scratch_url({"SCRATCH_DATABASE_URL": _URL}) == DatabaseURL.parse(_URL)
    assert scratch_url({"SCRATCH_DATABASE_URL_FILE": str(tmp_path / "url")}) == (
        DatabaseURL.parse(_URL)
    )
    with pytest.raises(SettingsError, match="SCRATCH_DATABASE_URL is set but empty"):
        scratch_url({"SCRATCH_DATABASE_URL": ""})
    with pytest.raises(SettingsError, match="set at once"):
        scratch_url({"SCRATCH_DATABASE_URL": _URL, "SCRATCH_DATABASE_URL_FILE": "x"})


@pytest.mark.parametrize(
    "variable",
    [
        "PROD_DATABASE_URL",
        "EU_WEST_DATABASE_URLS",
        "PROD_DATABASE_URLS_FILE",
        "PROD_DATABASE_PASSWORD",
        "PROD_DATABASE_PASSWORD_FILE",
        "PROD_DATABASE_HOST",
        "SCRATCH_DATABASE_URL",
        "DATABASE_URL",
        "DATABASE_URL_FILE",
        "INPUT_TARGET",
        "INPUT_WORKING-DIRECTORY",
        "STATE_x",
        "ALEMBIC_CI_TARGET",
        "ACTIONS_RUNTIME_TOKEN",
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "GITHUB_TOKEN",
        "GH_TOKEN",
        "GITHUB_OUTPUT",
        "GITHUB_ENV",
        "GITHUB_PATH",
        "GITHUB_STATE",
        "GITHUB_STEP_SUMMARY",
        "CI_JOB_TOKEN",
        "CI_JOB_JWT_V2",
        "CI_REGISTRY_PASSWORD",
        "CI_DEPLOY_PASSWORD",
        "CI_REPOSITORY_URL",
        "CI_DEPENDENCY_PROXY_PASSWORD",
        "SYSTEM_ACCESSTOKEN",
        "BITBUCKET_STEP_OIDC_TOKEN",
        "CIRCLE_OIDC_TOKEN_V2",
    ],
)
def test_foreign_code_does_not_get(variable: str) -> None:
    assert secret_variables({variable: "x", "HOME": "/root"}) == {variable}


@pytest.mark.parametrize(
    "variable",
    [
        "PATH",
        "ENVIRONMENT",
        "SECRET_KEY",
        "DATABASE_HOST",
        "DATABASE_SCHEMA",
        "PROD_DATABASE_SCHEMA",
        "GITHUB_REPOSITORY",
        "CI",
        "CI_PROJECT_ID",
        "STATEMENT_TIMEOUT",
        "PGSSLROOTCERT",
    ],
)
def test_ordinary_settings_reach_foreign_code(variable: str) -> None:
    assert secret_variables({variable: "x"}) == frozenset()
