"""The loaded project and the three things that can be done with it."""

from __future__ import annotations

import alembic
import sqlalchemy

from . import command_line, protocol
from .applications import enter_applications
from .collector import patient
from .early import import_revisions
from .fence import Fence
from .loading import Project, add_import_paths
from .offline import OfflineRun
from .online import OnlineRun
from .order import keep_order
from .passwords import send_utf8
from .pools import Pools
from .protocol import Channel, Message
from .schemas import enter
from .sessions import Sessions


class Work:
    """One project, loaded; every request is one run of ``env.py``."""

    def __init__(self, channel: Channel, request: Message) -> None:
        add_import_paths(request["directory"])
        send_utf8()
        keep_order()
        enter_applications()
        if request["schema"]:
            enter(request["schema"])
        Sessions(request["sessions"]).listen()
        if request["others"]:
            Fence(request["others"]).listen()
        self._pools = Pools()
        self._channel = channel
        self._project = Project(request)
        import_revisions(self._project)

    def versions(self) -> Message:
        """Return the versions of what runs the project."""
        return {"alembic": alembic.__version__, "sqlalchemy": sqlalchemy.__version__}

    def done(self, request: Message) -> Message:
        """Do what *request* says and return the message that ends it."""
        answer = self._answer(request)
        self._pools.empty()
        return answer

    def _answer(self, request: Message) -> Message:
        if request["do"] == protocol.ONLINE:
            return OnlineRun(self._channel, self._project, request).run()
        if request["do"] == protocol.OFFLINE:
            with patient():
                return OfflineRun(self._channel, self._project, request).run()
        return command_line.run(self._channel, self._project, request)
