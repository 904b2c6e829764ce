"""Set keystone's configuration up, as keystone-manage does, then run its own env.py."""

import runpy
from pathlib import Path

import keystone.conf  # type: ignore[import-not-found]  # in keystone's own environment only
from alembic import context
from keystone.common import sql  # type: ignore[import-not-found]  # same

keystone.conf.configure()
keystone.conf.CONF([], project="keystone", default_config_files=[])
context.config.attributes["configure_logger"] = False
runpy.run_path(str(Path(sql.__file__).parent / "migrations" / "env.py"))
