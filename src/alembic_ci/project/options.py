"""Alembic's options as its own ``Config`` reads them: the ini section first, then the table."""

import os
import re
from collections.abc import Sequence
from configparser import ConfigParser, InterpolationError, ParsingError
from configparser import Error as ConfigParserError
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.errors import ProjectError
from alembic_ci.project.config_files import ConfigFiles
from alembic_ci.project.toml_table import Table, alembic_table

_SEPARATORS = {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}
_SPACE_OR_COMMA = re.compile(r", *|(?: +)")  # what Alembic splits on when no separator is set
_SPACE_COMMA_OR_COLON = re.compile(r", *|(?: +)|\:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one section. Values never reach an error message: they may hold a URL."""

    files: ConfigFiles
    ini: ConfigParser
    table: Table
    section: str

    @property
    def source(self) -> str:
        """The file and section to name when an option is missing or wrong."""
        if self.files.ini and self.ini.has_section(self.section):
            return f"[{self.section}] of {self.files.ini}"
        return f"[tool.alembic] of {self.files.toml}" if self.files.toml else "the options"

    def text(self, name: str) -> str | None:
        """Return an option that is one text, interpolated."""
        if self.ini.has_option(self.section, name):
            return self._ini_text(name)
        match self.table.get(name):
            case None:
                return None
            case str() as text:
                return self._filled(name, text)
        raise self._wrong(name, "a text")

    def truth(self, name: str) -> bool:
        """Return an option that is true or false; in an ini file only ``true`` is true."""
        if self.ini.has_option(self.section, name):
            return self._ini_text(name) == "true"
        match self.table.get(name, False):
            case bool() as value:
                return value
        raise self._wrong(name, "true or false, without quotes")

    def version_locations(self) -> tuple[str, ...]:
        """Return the folders that are listed, none when the option is absent."""
        return self._places(
            "version_locations", _SPACE_OR_COMMA, "path_separator", "version_path_separator"
        )

    def prepended_paths(self) -> tuple[str, ...]:
        """Return what the project wants at the front of ``sys.path``."""
        return self._places("prepend_sys_path", _SPACE_COMMA_OR_COLON, "path_separator")

    def databases(self) -> tuple[str, ...]:
        """Return the engines that the multidb template's env.py goes through."""
        if not self.ini.has_option(self.section, "databases"):
            return ()
        names = re.split(r",\s*", self._ini_text("databases").strip())
        return tuple(name for name in names if name)

    def _places(self, name: str, legacy: re.Pattern[str], *separators: str) -> tuple[str, ...]:
        text = self._ini_text(name) if self.ini.has_option(self.section, name) else ""
        if not text:
            return self._table_places(name)
        separator = self._separator(separators)
        parts = text.split(separator) if separator else legacy.split(text)
        return tuple(part.strip() for part in parts if part.strip())

    def _separator(self, names: Sequence[str]) -> str | None:
        name = next((name for name in names if self.ini.has_option(self.section, name)), None)
        if name is None:
            return None
        word = self._ini_text(name)
        if word in _SEPARATORS:
            return _SEPARATORS[word]
        raise self._wrong(name, f"one of {', '.join(_SEPARATORS)}")

    def _table_places(self, name: str) -> tuple[str, ...]:
        match self.table.get(name, []):
            case list() as items:
                texts = [item for item in items if isinstance(item, str)]
                if len(texts) == len(items):
                    return tuple(self._filled(name, text) for text in texts)
        raise self._wrong(name, "a list of texts")

    def _ini_text(self, name: str) -> str:
        try:
            return self.ini.get(self.section, name)
        except InterpolationError as error:
            raise self._unfillable(name) from error

    def _filled(self, name: str, text: str) -> str:
        here = self.files.toml.parent.as_posix() if self.files.toml else ""
        try:
            return text % {"here": here}
        except (KeyError, TypeError, ValueError) as error:
            raise self._unfillable(name) from error

    def _unfillable(self, name: str) -> ProjectError:
        return ProjectError(
            f"The option {name} in {self.source} holds a % that stands for nothing.",
            meaning="%(name)s is replaced by the option of that name, %(here)s by the file's "
            "folder, and %% means one %.",
            remedy="Double the %, or correct the name in the parentheses.",
        )

    def _wrong(self, name: str, expected: str) -> ProjectError:
        return ProjectError(
            f"The option {name} in {self.source} is not {expected}.",
            remedy=f"Make it {expected}.",
        )


def read_options(files: ConfigFiles, section: str, overrides: Sequence[tuple[str, str]]) -> Options:
    """Read *files* and lay *overrides* over the section, as ``Config.set_main_option`` does.

    Raises:
        ProjectError: a file or an override is malformed.
    """
    folder = files.ini.parent if files.ini else files.directory
    ini = ConfigParser({"here": folder.as_posix()})
    if files.ini:
        _load(ini, files.ini)
    for key, value in overrides:
        _override(ini, section, key, value)
    table = alembic_table(files.toml) if files.toml else {}
    return Options(files=files, ini=ini, table=table, section=section)


def _load(ini: ConfigParser, file: Path) -> None:
    try:
        ini.read_string(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProjectError(
            f"{file} cannot be read: {error.strerror}.", remedy="Check the file's permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise ProjectError(
            f"{file} is not written in UTF-8.", remedy="Save the file as UTF-8."
        ) from error
    except ConfigParserError as error:
        raise ProjectError(
            f"{file}{_line(error)} is not valid in a configuration file.",
            meaning="A line belongs to no section, is no `name = value`, or repeats a name.",
            remedy="Correct the line.",
        ) from error


def _line(error: ConfigParserError) -> str:
    """Return ``:12``; the rest of the parser's message quotes lines that may hold a password."""
    line = getattr(error, "lineno", None)
    if line is None and isinstance(error, ParsingError):
        line = error.errors[0][0]
    return f":{line}" if line else ""


def _override(ini: ConfigParser, section: str, key: str, value: str) -> None:
    if section not in ini:
        ini.add_section(section)
    try:
        ini.set(section, key, value)
    except ValueError as error:
        raise ProjectError(
            f"--set {key}: the value holds a % that stands for nothing.",
            meaning="The value is read like one in alembic.ini, where %% means one %.",
            remedy="Double the %.",
        ) from error
