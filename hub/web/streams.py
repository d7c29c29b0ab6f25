"""A second door of uvicorn's HTTP: responses that last for hours, to readers who may stop reading.

ASGI offers no way to drop a connection: an application that ends amid what nobody reads leaves the rest to the server,
which waits for the reader for ever.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION = "enroute.connection"
UNREAD_BYTES = 16_384
"""So much may be on its way to somebody who reads nothing, some dozen positions: what is newer takes the place of what
waits only as long as that is with us. Linux doubles it for its own needs."""


class StreamProtocol(HttpToolsProtocol):
    """uvicorn's own protocol, with the connection in the scope's extensions."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: self.transport}  # type: ignore[dict-item]  # uvicorn names no others


def connection_of(scope: Scope) -> asyncio.Transport:
    """Find the connection that a request came over."""
    transport: asyncio.Transport = scope["extensions"][EXTENSION]
    return transport


def keep_little_unread(transport: asyncio.Transport) -> None:
    """Let whoever writes wait, or skip what is outdated, as soon as the other side does not read."""
    transport.set_write_buffer_limits(high=0)
    if (found := transport.get_extra_info("socket")) is not None:
        with suppress(OSError):  # it may have been closed meanwhile
            found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNREAD_BYTES)
