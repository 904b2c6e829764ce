"""Build Alembic's Config and ScriptDirectory for the project, with the URL the tool chose."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, Dict, List, Optional

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from .protocol import Message


class Project:
    """The project as Alembic sees it, loaded once for any number of runs of ``env.py``."""

    def __init__(self, request: Message) -> None:
        self.request = request
        self.urls: Dict[str, str] = request["urls"]
        self.config = self.configured()
        self.script = ScriptDirectory.from_config(self.config)

    def configured(self, options: Optional[argparse.Namespace] = None) -> Config:
        """Return a fresh Config; *options* are Alembic's own parsed arguments, if any."""
        request = self.request
        arguments: Dict[str, Any] = {"file_": request["config_file"]}
        if request["toml_file"]:
            arguments["toml_file"] = request["toml_file"]
        config = Config(ini_section=request["section"], **arguments)
        config.cmd_opts = options or command_options(request, command.upgrade, "heads")
        self.inject(config)
        return config

    def inject(self, config: Config) -> None:
        """Set the overridden options and every URL; ``%`` is doubled for the ini parser."""
        for key, value in self.request["options"]:
            config.set_main_option(key, value)
        for section, url in self.urls.items():
            escaped = url.replace("%", "%%")
            if section:
                config.set_section_option(section, "sqlalchemy.url", escaped)
            else:
                config.set_main_option("sqlalchemy.url", escaped)

    def places(self) -> List[str]:
        """Folders whose files are the project's, most telling first."""
        versions = [str(place) for place in self.request["version_locations"]]
        return [*versions, self.script.dir, self.request["directory"]]


def command_options(request: Message, function: Any, target: str) -> argparse.Namespace:
    """Stand in for the arguments of ``alembic upgrade TARGET``, which some env.py look at."""
    return argparse.Namespace(
        config=request["config_file"],
        name=request["section"],
        x=list(request["x"]) or None,
        raiseerr=True,
        quiet=False,
        sql=False,
        tag=None,
        revision=target,
        cmd=(function, ["revision"], ["sql", "tag"]),
    )


def add_import_paths(directory: str) -> None:
    """Let env.py import the project without installing it; what is installed comes first."""
    for folder in (directory, os.path.join(directory, "src")):
        if os.path.isdir(folder) and folder not in sys.path:
            sys.path.append(folder)
