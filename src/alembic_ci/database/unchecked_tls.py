"""PyMySQL's connections, made in half the time where no certificate is to be checked."""

import ssl
from collections.abc import Callable

from pymysql.connections import Connection
from sqlalchemy import Engine, event


def without_authorities(engine: Engine) -> None:
    """Let *engine*, which is PyMySQL's, read no certificate authorities that it does not ask."""

    @event.listens_for(engine, "do_connect")
    def connect(
        _dialect: object, _record: object, arguments: tuple[object, ...], named: dict[str, object]
    ) -> object:
        made: Callable[..., object] = _Connection
        return made(*arguments, **named)


class _Connection(Connection):
    """One that encrypts if the server can.

    PyMySQL reads all authorities of the machine for that, which takes up to 30 ms
    (https://github.com/python/cpython/issues/95031), and then checks nothing. Overridden for speed
    only: were the method renamed, the result would stay the same.
    """

    def _create_ssl_ctx(self, wanted: object) -> ssl.SSLContext:
        if wanted:
            made: ssl.SSLContext = super()._create_ssl_ctx(wanted)  # type: ignore[misc] # in no stub
            return made
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
