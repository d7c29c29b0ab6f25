"""A second door of uvicorn's websockets: whole text frames, written at once and without a task.

ASGI's `send` passes through five coroutines for each message. Positions and acknowledgements are most of what the
hub sends, so their frames go straight to the transport, which this protocol offers as an ASGI extension.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request

EXTENSION = "enroute.frames"


class Frames:
    """Writes text frames to one socket, after it was accepted."""

    def __init__(self, protocol: WebSocketsSansIOProtocol) -> None:
        self._protocol = protocol
        self.on_ready: Callable[[], None] = lambda: None
        """Called when the socket takes frames again."""

    @property
    def ready(self) -> bool:
        """Tell whether a frame written now goes out, rather than onto a heap that the other side does not read."""
        protocol = self._protocol
        return protocol.writable.is_set() and not (protocol.close_sent or protocol.disconnected)

    def write(self, text: bytes) -> None:
        """Write one text frame; nothing happens once the socket closes."""
        protocol = self._protocol
        if not (protocol.close_sent or protocol.disconnected or protocol.transport.is_closing()):
            protocol.transport.write(Frame(Opcode.TEXT, text).serialize(mask=False))

    async def drained(self) -> None:
        """Wait until the socket takes frames again."""
        await self._protocol.writable.wait()


class FrameProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, with `Frames` in the scope's extensions."""

    door: Frames | None = None

    def handle_connect(self, event: Request) -> None:
        """Begin a connection; the application starts only after this."""
        super().handle_connect(event)
        if hasattr(self, "scope"):  # else the handshake was refused
            self.door = Frames(self)
            self.scope["extensions"][EXTENSION] = self.door  # type: ignore[assignment]  # uvicorn names no others

    def resume_writing(self) -> None:
        """Go on when the other side reads again."""
        super().resume_writing()
        if self.door:
            self.door.on_ready()


def frames_of(websocket: WebSocket) -> Frames:
    """Find the door of an accepted socket."""
    frames: Frames = websocket.scope["extensions"][EXTENSION]
    return frames
