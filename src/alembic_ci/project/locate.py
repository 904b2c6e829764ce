"""Find the Alembic project, without importing anything of it."""

from dataclasses import dataclass
from pathlib import Path

from alembic_ci.errors import ProjectError
from alembic_ci.project.config_files import config_files
from alembic_ci.project.interpreter import interpreter
from alembic_ci.project.options import Options, read_options
from alembic_ci.project.packages import import_paths, is_packaged, packaged_folder
from alembic_ci.settings import Settings

_DEFAULT_SECTION = "alembic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Where everything is; paths are absolute.

    *directory* is where Alembic is called from (below ``--working-directory`` when the project
    was found there). *config_file* is the ini file, *toml_file* a pyproject.toml with
    ``[tool.alembic]``; at least one of them is there. *engines* are the names in the multidb
    template's option ``databases``. *options* overrides the section's, *x* is Alembic's ``-x``.
    """

    directory: Path
    config_file: Path | None
    toml_file: Path | None
    section: str
    script_location: Path
    env_file: Path
    version_locations: tuple[Path, ...]
    recursive: bool
    sourceless: bool
    engines: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    x: tuple[str, ...]


def locate(settings: Settings) -> Project:
    """Find the project that *settings* speak of, by the rules of Alembic >= 1.16.

    Raises:
        ProjectError: there is none, there are several, or a part of it is missing.
    """
    files = config_files(settings.working_directory.resolve(), settings.config)
    options = read_options(files, settings.name, settings.set)
    _refuse_unknown_section(options)
    beside = _beside_the_file(options)
    directory = beside.parent if beside else files.directory
    places = _Places(options, settings.python, directory)
    script_location = beside or places.script_location()
    listed = tuple(places.folder("version_locations", p) for p in options.version_locations())
    return Project(
        directory=directory,
        config_file=files.ini,
        toml_file=files.toml,
        section=settings.name,
        script_location=script_location,
        env_file=_env_file(script_location),
        version_locations=listed or (script_location / "versions",),
        recursive=options.truth("recursive_version_locations"),
        sourceless=options.truth("sourceless"),
        engines=options.databases(),
        options=(("script_location", str(beside)), *settings.set) if beside else settings.set,
        x=settings.x,
    )


def _refuse_unknown_section(options: Options) -> None:
    """Stop when the section is not there; only the default one may be left to pyproject.toml."""
    section, ini = options.section, options.ini
    if ini.has_section(section) or (section == _DEFAULT_SECTION and options.table):
        return
    useful = [name for name in ini.sections() if ini.has_option(name, "script_location")]
    choice = f"--name {' or --name '.join(useful)}" if useful else "--name"
    raise ProjectError(
        f"{options.files.ini or options.files.toml} has no section [{section}].",
        meaning="--name (default: alembic) chooses the section of the ini file that configures "
        "Alembic.",
        remedy=f"Choose the section with {choice}, or another file with --config.",
    )


def _env_file(script_location: Path) -> Path:
    file = script_location / "env.py"
    if file.is_file():
        return file
    raise ProjectError(
        f"There is no env.py in {script_location}.",
        meaning="env.py is the script through which Alembic connects and migrates; the folder may "
        "be the wrong one, or the file was never committed.",
        remedy="Correct script_location, restore the file, or make a new one with `alembic init`.",
    )


def _beside_the_file(options: Options) -> Path | None:
    """Return the folder of an ini file that names none and has env.py beside it.

    Flask-Migrate keeps both in one folder, tells Alembic so, and is called from the folder above.
    """
    ini = options.files.ini
    if options.text("script_location") or ini is None or not (ini.parent / "env.py").is_file():
        return None
    return ini.parent.resolve()


class _Places:
    """Turns the folders named in the options into paths."""

    def __init__(self, options: Options, python: str, directory: Path) -> None:
        self._options = options
        self._python = python
        self._directory = directory

    def script_location(self) -> Path:
        place = self._options.text("script_location")
        if not place:
            raise ProjectError(
                f"The option script_location is missing in {self._options.source}.",
                meaning="It names the folder that holds env.py and the revisions.",
                remedy="Add it, for example `script_location = %(here)s/migrations`, or pass "
                "--set script_location=FOLDER.",
            )
        folder = self.folder("script_location", place)
        if folder.is_dir():
            return folder
        raise ProjectError(
            f"The script_location {folder} is not a folder.",
            meaning=f"{self._options.source} names it{self._relative_to(place)}.",
            remedy=self._remedy(place),
        )

    def folder(self, option: str, place: str) -> Path:
        """Return the path of *place*, a path or ``package:folder``."""
        if not is_packaged(place):
            return self._directory / place
        found = packaged_folder(place, self._own_paths()) or packaged_folder(
            place, import_paths(interpreter(self._python, self._directory))
        )
        if found:
            return found
        package = place.partition(":")[0]
        raise ProjectError(
            f"The package {package}, in which {option} lies, cannot be found.",
            meaning=f"{self._options.source} names {place!r}: a folder inside a Python package. "
            "It is neither in the project's folders nor installed for its interpreter.",
            remedy="Install the project for the interpreter that --python names, or pass "
            f"--set {option}=FOLDER.",
        )

    def _own_paths(self) -> tuple[Path, ...]:
        prepended = (self._directory / path for path in self._options.prepended_paths())
        return (*prepended, self._directory, self._directory / "src")

    def _relative_to(self, place: str) -> str:
        if is_packaged(place) or Path(place).is_absolute():
            return ""
        return f" relative to the working directory {self._directory}"

    def _remedy(self, place: str) -> str:
        """Point out the folder beside the ini file, where such a path usually leads."""
        ini = self._options.files.ini
        if ini and ini.parent != self._directory and (ini.parent / place).is_dir():
            return (
                f"It exists beside the file: use --working-directory {ini.parent}, or write "
                f"%(here)s/{place} in the file."
            )
        return "Correct script_location, or check that the folder is committed and checked out."
