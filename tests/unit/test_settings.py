from dataclasses import fields
from pathlib import Path

import pytest

from alembic_ci.errors import SettingsError
from alembic_ci.interface import OPTIONS, Kind
from alembic_ci.settings import Settings, read_settings

_TYPES = {
    Kind.TEXT: (str,),
    Kind.PATH: (Path, type(None)),
    Kind.LIST: (tuple,),
    Kind.MAPPING: (tuple,),
    Kind.SECONDS: (float, type(None)),
    Kind.COUNT: (int,),
    Kind.COUNT_OR_AUTO: (int,),
    Kind.FLAG: (bool,),
}


def _project(folder: Path, toml: str) -> dict[str, str]:
    (folder / "pyproject.toml").write_text(toml, encoding="utf-8")
    return {"ALEMBIC_CI_WORKING_DIRECTORY": str(folder)}


def _error(variables: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        read_settings({}, variables)
    return f"{caught.value.problem} {caught.value.remedy}"


def test_there_is_a_field_of_the_right_type_for_each_option(tmp_path: Path) -> None:
    settings = read_settings({"working-directory": str(tmp_path)}, {})

    for option in OPTIONS:
        assert isinstance(getattr(settings, option.attribute), _TYPES[option.kind]), option.name
    assert {field.name for field in fields(Settings)} - {
        option.attribute for option in OPTIONS
    } == {"environments_named", "sources"}


def test_nothing_said_means_the_defaults(tmp_path: Path) -> None:
    settings = read_settings({"working-directory": str(tmp_path)}, {})

    assert settings.steps == ("sql", "rollback-test", "upgrade")
    assert settings.scope == "pending"
    assert settings.config is None
    assert settings.protected == ("production",)
    assert settings.step_timeout == 3600
    assert (settings.environments, settings.environments_named) == ((), False)


def test_flags_go_before_inputs_before_variables_before_the_file(tmp_path: Path) -> None:
    variables = _project(
        tmp_path,
        "[tool.alembic-ci]\ntarget='file'\nscope=1\nname='file'\npython='file'",
    )
    variables |= {"ALEMBIC_CI_TARGET": "variable", "ALEMBIC_CI_SCOPE": "2", "ALEMBIC_CI_NAME": "v"}
    variables |= {"INPUT_TARGET": "input", "INPUT_SCOPE": "3"}

    settings = read_settings({"target": "flag"}, variables)

    assert (settings.target, settings.scope) == ("flag", "3")
    assert (settings.name, settings.python) == ("v", "file")


@pytest.mark.parametrize("variable", ["INPUT_REPORT-DIR", "INPUT_REPORT_DIR"])
def test_an_input_is_read_with_dashes_or_underscores(variable: str) -> None:
    assert read_settings({}, {variable: " out \n"}).report_dir == Path("out")


def test_empty_inputs_and_flags_nobody_gave_are_unset() -> None:
    flags = {"steps": (), "scope": None, "target": "", "verbose": False}
    variables = {"INPUT_STEPS": "", "INPUT_SCOPE": "  ", "ALEMBIC_CI_VERBOSE": "true"}

    settings = read_settings(flags, variables)

    assert settings.steps == ("sql", "rollback-test", "upgrade")
    assert settings.scope == "pending"
    assert settings.verbose


def test_flags_may_be_spelled_like_the_attribute() -> None:
    assert read_settings({"report_dir": "out"}, {}).report_dir == Path("out")


def test_lists_take_commas_lines_and_repeated_flags() -> None:
    settings = read_settings(
        {"url-variables": ("A,B", "C")}, {"INPUT_STEPS": "status\n sql,,\r\n upgrade , sql\n"}
    )

    assert settings.url_variables == ("A", "B", "C")
    assert settings.steps == ("status", "sql", "upgrade")


def test_values_of_set_and_x_may_hold_commas_and_equal_signs() -> None:
    settings = read_settings(
        {"set": ("version_locations = a,b",)}, {"INPUT_X": "data=1,2\ntenants=a=b\nplain"}
    )

    assert settings.set == (("version_locations", "a,b"),)
    assert settings.x == ("data=1,2", "tenants=a=b", "plain")


def test_the_file_may_use_the_types_of_toml(tmp_path: Path) -> None:
    variables = _project(
        tmp_path,
        """
        [tool.alembic-ci]
        environments = ["dev", "EU-West"]
        steps = ["sql", "upgrade"]
        connect_timeout = 2.5
        verbose = true
        x = ["a=1,2"]
        set = { version_locations = "one:two", timezone = "UTC" }
        """,
    )

    settings = read_settings({}, variables)

    assert settings.environments == ("development", "eu_west")
    assert settings.steps == ("sql", "upgrade")
    assert (settings.connect_timeout, settings.verbose) == (2.5, True)
    assert settings.x == ("a=1,2",)
    assert settings.set == (("version_locations", "one:two"), ("timezone", "UTC"))


def test_environments_are_named_by_a_flag_or_a_variable_but_not_by_the_file(tmp_path: Path) -> None:
    variables = _project(tmp_path, "[tool.alembic-ci]\nenvironments = 'prod'")

    assert not read_settings({}, variables).environments_named
    assert read_settings({"environments": "prod"}, variables).environments_named
    assert read_settings({}, variables | {"INPUT_ENVIRONMENTS": "prod"}).environments_named


def test_an_environment_has_values_of_its_own(tmp_path: Path) -> None:
    variables = _project(
        tmp_path,
        """
        [tool.alembic-ci]
        target = "heads"
        [tool.alembic-ci.environments.prod]
        target = "ae10"
        url-variables = ["PROD_DSN"]
        scratch-baseline = "baseline.sql"
        """,
    )

    settings = read_settings({}, variables)
    production = settings.for_environment("production")

    assert (settings.target, settings.for_environment("staging").target) == ("heads", "heads")
    assert production.target == "ae10"
    assert production.url_variables == ("PROD_DSN",)
    assert production.scratch_baseline == "baseline.sql"


def test_a_flag_goes_before_the_value_of_an_environment(tmp_path: Path) -> None:
    variables = _project(tmp_path, "[tool.alembic-ci.environments.dev]\ntarget = 'ae10'")

    settings = read_settings({"target": "heads"}, variables)

    assert settings.for_environment("development").target == "heads"


def test_an_environment_is_protected_or_not_by_its_own_table(tmp_path: Path) -> None:
    variables = _project(
        tmp_path,
        """
        [tool.alembic-ci.environments]
        stage = { protected = true }
        prod = { protected = false }
        """,
    )

    settings = read_settings({}, variables)

    assert settings.protected == ("production",)
    assert settings.for_environment("staging").protected == ("production", "staging")
    assert settings.for_environment("production").protected == ()
    assert settings.for_environment("testing").protected == ("production",)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("INPUT_STEPS", "sql,upgrad", ("upgrad", "rollback-test")),
        ("INPUT_SCOPE", "0", ("pending, all",)),
        ("INPUT_SCOPE", "-1", ("pending, all",)),
        ("INPUT_SCOPE", "some", ("pending, all",)),
        ("INPUT_STEP-TIMEOUT", "soon", ("seconds",)),
        ("ALEMBIC_CI_CONNECT_TIMEOUT", "0", ("seconds",)),
        ("ALEMBIC_CI_START_TIMEOUT", "inf", ("seconds",)),
        ("ALEMBIC_CI_START_TIMEOUT", "nan", ("seconds",)),
        ("INPUT_VERBOSE", "perhaps", ("true or false",)),
        ("INPUT_SET", "a=1\nversion_locations", ("KEY=VALUE",)),
        ("INPUT_SET", "=1", ("KEY=VALUE",)),
        ("INPUT_ENVIRONMENTS", "dev;prod", ("name of an environment",)),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, told: tuple[str, ...]) -> None:
    error = _error({variable: value})

    assert error.startswith(variable)
    for words in told:
        assert words in error


def test_a_wrong_flag_is_named() -> None:
    with pytest.raises(SettingsError, match=r"^--scope is none of"):
        read_settings({"scope": "everything"}, {})


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("[tool.alembic-ci]\nstep = 'sql'", ("unknown key: step", "Did you mean steps?")),
        ("[tool.alembic-ci]\nqqqq = 1", ("unknown key: qqqq", "The keys are ")),
        ("[tool.alembic-ci]\nworking-directory = '.'", ("unknown key: working-directory",)),
        ("[tool.alembic-ci]\nscope = 'x'", ("scope in [tool.alembic-ci] of", "pending")),
        ("[tool.alembic-ci]\nscope = 2020-01-01", ("scope in [tool.alembic-ci]", "kind")),
        ("[tool.alembic-ci]\ntarget = ['a', 'b']", ("target in", "several values")),
        ("[tool.alembic-ci]\nset = ['a']", ("set in", "KEY=VALUE")),
        ("[tool]\nalembic-ci = 1", ("tool.alembic-ci in", "not a table")),
        ("[tool.alembic-ci.environments]\nprod = 1", ("environments.prod] of", "not a table")),
        ("[tool.alembic-ci.environments.'a b']", ("not named like an environment",)),
        ("[tool.alembic-ci.environments.a]\nprotected = 'x'", ("neither true nor false",)),
        ("[tool.alembic-ci.environments.a]\nreport-dir = 'x'", ("unknown key: report-dir",)),
        ("[tool.alembic-ci.environments.a]\nscope = 'x'", ("environments.a] of", "pending")),
        ("[tool.alembic-ci]\nx =\n", ("cannot be read", "line 2")),
    ],
)
def test_a_wrong_file_is_named_with_its_key(
    tmp_path: Path, toml: str, told: tuple[str, ...]
) -> None:
    error = _error(_project(tmp_path, toml))

    assert "pyproject.toml" in error
    for words in told:
        assert words in error


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    variables = _project(tmp_path, "")
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")

    assert "pyproject.toml cannot be read" in _error(variables)


def test_settings_do_not_show_their_sources() -> None:
    settings = read_settings({}, {"PROD_DATABASE_URL": "mysql://u:s3cret@h/d"})

    assert "s3cret" not in repr(settings)
    assert "sources" not in repr(settings)
