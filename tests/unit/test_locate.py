import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from alembic_ci.errors import ProjectError
from alembic_ci.project.locate import Project, locate
from alembic_ci.settings import read_settings

INI = "[alembic]\nscript_location = %(here)s/migrations\n"
TOML = '[tool.alembic]\nscript_location = "%(here)s/migrations"\n'


def put(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def located(directory: Path, **flags: str | tuple[str, ...]) -> Project:
    # This interpreter: what it imports from does not depend on the folder.
    given = {"working-directory": str(directory), "python": sys.executable}
    return locate(read_settings({**given, **flags}, {}))


def failure(directory: Path, **flags: str | tuple[str, ...]) -> ProjectError:
    with pytest.raises(ProjectError) as caught:
        located(directory, **flags)
    assert caught.value.remedy
    return caught.value


@pytest.fixture
def root(tmp_path: Path) -> Path:
    put(tmp_path, {"migrations/env.py": "", "other/env.py": ""})
    return tmp_path.resolve()


def test_an_ini_file_in_the_working_directory_is_the_project(root: Path) -> None:
    put(root, {"alembic.ini": INI})

    project = located(root, x=("tenant=a",))

    assert project == Project(
        directory=root,
        config_file=root / "alembic.ini",
        toml_file=None,
        section="alembic",
        script_location=root / "migrations",
        env_file=root / "migrations/env.py",
        version_locations=(root / "migrations/versions",),
        recursive=False,
        sourceless=False,
        engines=(),
        options=(),
        x=("tenant=a",),
    )


def test_a_table_in_pyproject_is_the_project(root: Path) -> None:
    put(root, {"pyproject.toml": TOML + "recursive_version_locations = true\n"})

    project = located(root)

    assert (project.config_file, project.toml_file) == (None, root / "pyproject.toml")
    assert (project.script_location, project.recursive) == (root / "migrations", True)


def test_the_ini_file_is_asked_before_pyproject(root: Path) -> None:
    put(root, {"alembic.ini": "[alembic]\nsqlalchemy.url = x\n", "pyproject.toml": TOML})
    assert located(root).script_location == root / "migrations"

    put(root, {"alembic.ini": "[alembic]\nscript_location = other\n"})
    assert located(root).script_location == root / "other"


def test_an_ini_file_with_logging_only_leaves_the_rest_to_pyproject(root: Path) -> None:
    put(root, {"alembic.ini": "[loggers]\nkeys = root\n", "pyproject.toml": TOML})

    project = located(root)

    assert (project.config_file, project.toml_file) == (
        root / "alembic.ini",
        root / "pyproject.toml",
    )


@pytest.mark.parametrize("name", ["conf/alembic.ini", "conf/db.ini"])
def test_config_names_an_ini_file(root: Path, name: str) -> None:
    put(root, {name: "[alembic]\nscript_location = %(here)s/../migrations\n"})

    project = located(root, config=name)

    assert (project.directory, project.config_file) == (root, root / name)
    assert project.script_location.resolve() == root / "migrations"


def test_config_names_a_pyproject_file(root: Path) -> None:
    put(root, {"conf/pyproject.toml": '[tool.alembic]\nscript_location = "migrations"\n'})

    assert located(root, config="conf/pyproject.toml").script_location == root / "migrations"


def test_name_chooses_the_section(root: Path) -> None:
    put(root, {"alembic.ini": INI + "[reports]\nscript_location = other\n"})

    assert located(root, name="reports").script_location == root / "other"


def test_set_overrides_options_as_if_written_in_the_file(root: Path) -> None:
    put(root, {"alembic.ini": INI})

    project = located(root, set=("script_location=%(here)s/other", "version_locations=a b"))

    assert project.script_location == root / "other"
    assert project.version_locations == (root / "a", root / "b")
    assert project.options == (
        ("script_location", "%(here)s/other"),
        ("version_locations", "a b"),
    )


@pytest.mark.parametrize(("text", "recursive"), [("true", True), ("True", False), ("1", False)])
def test_only_the_word_true_is_true_in_an_ini_file(
    root: Path, text: str, *, recursive: bool
) -> None:
    put(root, {"alembic.ini": f"{INI}recursive_version_locations = {text}\n"})

    assert located(root).recursive is recursive


def test_set_overrides_pyproject_too(root: Path) -> None:
    put(root, {"pyproject.toml": TOML})

    assert located(root, set=("script_location=other",)).script_location == root / "other"


def test_values_refer_to_other_values_and_double_their_percent_signs(root: Path) -> None:
    put(root, {"100%/env.py": "", "alembic.ini": "[DEFAULT]\npart = 100%%\n[alembic]\n"})

    project = located(root, set=("script_location=%(here)s/%(part)s",))

    assert project.script_location == root / "100%"


def test_a_percent_sign_in_an_option_nobody_reads_does_no_harm(root: Path) -> None:
    put(root, {"alembic.ini": INI + "sqlalchemy.url = postgresql://a:p%40ss@h/d\n"})

    assert located(root).script_location == root / "migrations"


def test_the_engines_of_the_multidb_template_are_read(root: Path) -> None:
    put(root, {"alembic.ini": INI + "databases = one, two,three\n"})

    assert located(root).engines == ("one", "two", "three")


@pytest.mark.parametrize(
    "lines",
    [
        "version_locations = a",
        "version_locations = a b,  c",
        "version_locations = a, b",
        "version_locations = a:b\nversion_path_separator = os",
        "version_locations = a:b\nversion_path_separator = :",
        "version_locations = a;b c\npath_separator = ;",
        "version_locations = a b\nversion_path_separator = space",
        "version_locations = a b\nversion_path_separator = :\npath_separator = space",
        "version_locations =\n  a\n  %(here)s/b\npath_separator = newline",
        "version_locations = /x/a\npath_separator = os",
        "version_locations =\npath_separator = os",
        "",
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_version_locations_are_split_as_alembic_does(
    root: Path, lines: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, {"alembic.ini": f"{INI}{lines}\n"})
    monkeypatch.chdir(root)

    script = ScriptDirectory.from_config(Config("alembic.ini"))

    assert list(located(root).version_locations) == script._version_locations


def test_version_locations_of_pyproject_are_a_list(root: Path) -> None:
    put(root, {"pyproject.toml": TOML + 'version_locations = ["%(here)s/a", "b c"]\n'})

    assert located(root).version_locations == (root / "a", root / "b c")


@pytest.mark.parametrize(
    ("folder", "lines"),
    [
        ("shop/db/migrations", ""),
        ("src/shop/db/migrations", ""),
        ("lib/shop/db/migrations", "prepend_sys_path = x lib"),
        ("lib/shop/db/migrations", "prepend_sys_path = x:lib\npath_separator = os"),
    ],
)
def test_a_script_location_inside_a_package_is_found_without_importing_it(
    root: Path, folder: str, lines: str
) -> None:
    ini = f"[alembic]\nscript_location = shop.db:migrations\n{lines}\n"
    shop = folder.removesuffix("/db/migrations")
    put(
        root,
        {
            f"{folder}/env.py": "",
            f"{shop}/__init__.py": "raise ImportError",
            "alembic.ini": ini,
        },
    )

    assert located(root).script_location == root / folder


def test_a_package_may_be_installed_for_the_interpreter(root: Path) -> None:
    put(root, {"alembic.ini": "[alembic]\nscript_location = alembic:templates:generic\n"})

    assert located(root).script_location.parts[-3:] == ("alembic", "templates", "generic")


def test_the_only_project_below_is_taken(root: Path) -> None:
    put(
        root,
        {
            "apps/shop/backend/alembic.ini": INI,
            "apps/shop/backend/migrations/env.py": "",
            "apps/shop/backend/deeper/alembic.ini": INI,
            ".venv/lib/alembic.ini": INI,
            "environment/pyvenv.cfg": "",
            "environment/alembic.ini": INI,
            "node_modules/x/alembic.ini": INI,
            "apps/pyproject.toml": "[tool.ruff]\n",
            "broken/pyproject.toml": "[[[",
        },
    )

    project = located(root)

    assert project.directory == root / "apps/shop/backend"
    assert project.script_location == root / "apps/shop/backend/migrations"


def test_several_projects_below_are_listed(root: Path) -> None:
    put(root, {"a/alembic.ini": INI, "b/pyproject.toml": TOML})

    error = failure(root)

    assert error.problem == (
        f"There are 2 Alembic projects below {root}: a/alembic.ini, b/pyproject.toml."
    )
    assert "--config" in error.remedy


def test_many_projects_are_not_all_listed(root: Path) -> None:
    put(root, {f"p{number:02}/alembic.ini": INI for number in range(12)})

    assert failure(root).problem.endswith("p09/alembic.ini and 2 more.")


def test_no_project_at_all_says_how_to_make_one(root: Path) -> None:
    error = failure(root)

    assert error.problem == f"There is no Alembic project in {root}."
    assert "alembic init" in error.remedy


def test_a_working_directory_that_does_not_exist_is_named(root: Path) -> None:
    assert "does not exist" in failure(root / "nowhere").problem


def test_a_config_file_that_does_not_exist_is_named(root: Path) -> None:
    assert failure(root, config="db.ini").problem == f"--config: there is no file {root}/db.ini."


def test_a_pyproject_without_the_table_is_no_configuration(root: Path) -> None:
    put(root, {"pyproject.toml": "[tool.alembic-ci]\n"})

    assert "has no [tool.alembic] table" in failure(root, config="pyproject.toml").problem


def test_an_unknown_section_names_those_that_would_do(root: Path) -> None:
    put(root, {"alembic.ini": "[shop]\nscript_location = migrations\n[loggers]\n"})

    error = failure(root)

    assert error.problem == f"{root}/alembic.ini has no section [alembic]."
    assert error.remedy.startswith("Choose the section with --name shop,")


def test_a_section_that_only_pyproject_could_stand_for_is_refused(root: Path) -> None:
    put(root, {"pyproject.toml": TOML})

    assert failure(root, name="shop").problem.endswith("pyproject.toml has no section [shop].")
    assert "no section [DEFAULT]" in failure(root, name="DEFAULT", set=("a=b",)).problem


@pytest.mark.parametrize("text", ["[alembic]\n", "[alembic]\nscript_location =\n"])
def test_a_missing_script_location_is_named(root: Path, text: str) -> None:
    put(root, {"alembic.ini": text})

    assert failure(root).problem == (
        f"The option script_location is missing in [alembic] of {root}/alembic.ini."
    )


def test_a_script_location_that_is_no_folder_is_named(root: Path) -> None:
    put(root, {"alembic.ini": "[alembic]\nscript_location = nowhere\n"})

    error = failure(root)

    assert error.problem == f"The script_location {root}/nowhere is not a folder."
    assert f"relative to the working directory {root}" in error.meaning


def test_a_script_location_beside_the_file_is_pointed_out(root: Path) -> None:
    put(root, {"backend/db/env.py": "", "backend/alembic.ini": "[alembic]\nscript_location = db\n"})

    error = failure(root, config="backend/alembic.ini")

    assert f"--working-directory {root}/backend" in error.remedy
    assert "%(here)s/db" in error.remedy


def test_a_missing_env_file_is_named(root: Path) -> None:
    put(root, {"alembic.ini": INI})
    (root / "migrations/env.py").unlink()

    assert failure(root).problem == f"There is no env.py in {root}/migrations."


def test_an_unknown_package_is_named(root: Path) -> None:
    put(root, {"alembic.ini": "[alembic]\nscript_location = no_such_package:migrations\n"})

    assert "The package no_such_package, in which script_location" in failure(root).problem


def test_a_known_package_without_the_folder_is_named(root: Path) -> None:
    put(
        root,
        {"shop/__init__.py": "", "alembic.ini": "[alembic]\nscript_location = shop:migrations\n"},
    )

    error = failure(root)

    assert error.problem == f"The script_location {root}/shop/migrations is not a folder."
    assert "relative" not in error.meaning


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("secret\n[alembic]\n", "alembic.ini:1 is not valid"),
        ("[alembic]\na = 1\nsecret\n", "alembic.ini:3 is not valid"),
        ("[alembic]\nsecret = 1\nsecret = 2\n", "alembic.ini:3 is not valid"),
        ("[alembic]\nscript_location = secret%\n", "script_location in [alembic]"),
        ("[alembic]\nscript_location = %(secret)s\n", "script_location in [alembic]"),
        (INI + "version_locations = a\npath_separator = secret\n", "path_separator in [alembic]"),
    ],
)
def test_a_malformed_ini_file_is_named_without_quoting_it(
    root: Path, text: str, place: str
) -> None:
    put(root, {"alembic.ini": text})

    error = failure(root)

    assert place in error.problem
    assert "secret" not in error.problem + error.meaning + error.remedy


def test_a_broken_pyproject_is_named(root: Path) -> None:
    put(root, {"db/pyproject.toml": "[tool.alembic\n"})

    error = failure(root, config="db/pyproject.toml")

    assert error.problem.startswith(f"{root}/db/pyproject.toml cannot be read: ")


def test_a_package_cannot_be_asked_of_an_interpreter_that_does_not_run(root: Path) -> None:
    put(root, {"alembic.ini": "[alembic]\nscript_location = shop:db\n", "python": ""})
    (root / "python").chmod(0o755)

    assert "The package shop" in failure(root, python=str(root / "python")).problem


def test_an_ini_file_in_another_encoding_is_named(root: Path) -> None:
    (root / "alembic.ini").write_bytes(b"[alembic]\n# \xe9\n")

    assert failure(root).problem == f"{root}/alembic.ini is not written in UTF-8."


def test_an_override_with_a_stray_percent_sign_is_named(root: Path) -> None:
    put(root, {"alembic.ini": INI})

    assert failure(root, set=("file_template=%x",)).problem.startswith("--set file_template:")


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("script_location = 1\n", "script_location in [tool.alembic]"),
        ('script_location = "%(nothing)s"\n', "script_location in [tool.alembic]"),
        ('script_location = "a%"\n', "script_location in [tool.alembic]"),
        (
            'script_location = "migrations"\nrecursive_version_locations = "true"\n',
            "recursive_version_locations in [tool.alembic]",
        ),
        (
            'script_location = "migrations"\nversion_locations = "a"\n',
            "version_locations in [tool.alembic]",
        ),
        (
            'script_location = "migrations"\nversion_locations = [1]\n',
            "version_locations in [tool.alembic]",
        ),
    ],
)
def test_a_wrong_value_in_pyproject_is_named(root: Path, lines: str, problem: str) -> None:
    put(root, {"pyproject.toml": f"[tool.alembic]\n{lines}"})

    assert problem in failure(root).problem
