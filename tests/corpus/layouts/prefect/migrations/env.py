"""Run prefect's own env.py where it wants to be: in a worker thread of an event loop."""

import runpy
from pathlib import Path

import anyio  # type: ignore[import-not-found]  # in prefect's own environment only
import anyio.to_thread  # type: ignore[import-not-found]  # same
import prefect.server.database  # type: ignore[import-not-found]  # same

ENV = Path(prefect.server.database.__file__).parent / "_migrations" / "env.py"


async def _migrate() -> None:
    await anyio.to_thread.run_sync(runpy.run_path, str(ENV))


anyio.run(_migrate)
