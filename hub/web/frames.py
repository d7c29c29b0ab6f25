"""A second door of uvicorn's websockets: whole messages, taken and written at once and without a task.

ASGI's `receive` and `send` pass through a queue, a task and five coroutines for each message. Pings, positions and
acknowledgements are most of what the hub hears and says, so this protocol offers a direct way as an ASGI extension.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from hub.web.streams import keep_little_unread
from hub.web.whole_frames import ends_whole, text_frame, whole_texts

EXTENSION = "enroute.frames"

Take = Callable[[str | bytes], None]


class Frames:
    """Takes messages from one socket and writes text frames to it, after it was accepted."""

    __slots__ = ("_protocol", "_request", "_transport", "full", "on_ready", "take")

    def __init__(self, protocol: WebSocketsSansIOProtocol, request: Request) -> None:
        self._protocol, self._request, self._transport = protocol, request, protocol.transport
        self.take: Take | None = None
        """Called with each message; while it is None they wait for ASGI's `receive`. Must not raise."""
        self.on_ready: Callable[[], None] = lambda: None
        """Called when the socket takes frames again."""
        self.full = False
        """Whether what is written now would go onto a heap that the other side does not read."""

    @property
    def ready(self) -> bool:
        """Tell whether a frame written now goes out."""
        return not (self.full or self.closing)

    @property
    def closing(self) -> bool:
        """Tell whether nothing goes out any more."""
        return self._protocol.close_sent or self._protocol.disconnected

    def offer(self, text: bytes) -> bool:
        """Write one text frame if it goes out now, and tell whether it did: done for each watcher and position."""
        if self.full or self._protocol.close_sent or self._transport.is_closing():
            return False
        self._transport.write(_frame_of(text))
        return True

    def write(self, text: bytes) -> None:
        """Write one text frame; nothing happens once the socket closes."""
        if not (self._protocol.close_sent or self._transport.is_closing()):
            self._transport.write(_frame_of(text))

    def forget_handshake(self) -> None:
        """Let go of what is no longer needed once the socket is open, which may be for hours."""
        self._protocol.response = None  # type: ignore[assignment]  # read by uvicorn while it accepts only
        self._protocol.scope["headers"] = []
        self._request.headers.clear()  # the parser keeps the request itself

    def cut(self) -> None:
        """Drop the connection with all that waits to be sent."""
        self._transport.abort()

    def hold(self, *, hold: bool) -> None:
        """Stop reading from the socket, so that the other side has to wait, or go on with it."""
        protocol = self._protocol
        if hold is not protocol.read_paused and not self.closing:
            protocol.read_paused = hold
            (self._transport.pause_reading if hold else self._transport.resume_reading)()


_frame_of = lru_cache(maxsize=8)(text_frame)
"""Encodes once for all watchers of a visit, who are written the same bytes one after the other."""


class FrameProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, with `Frames` in the scope's extensions."""

    door: Frames | None = None
    _between_frames = False
    """Whether what comes next begins with a frame; once that is no longer known it stays so."""

    def data_received(self, data: bytes) -> None:
        """Take whole messages at a glance, as long as that is what comes; leave all else to the parser."""
        if not self._between_frames:
            opening = self.door is None
            super().data_received(data)
            # Nothing may follow the request, else the parser has begun with it.
            self._between_frames = opening and self.door is not None and data.endswith(b"\r\n\r\n")
            return
        take = self._take()
        texts = None if take is None else whole_texts(data)
        if take is None or texts is None:
            self._between_frames = ends_whole(data)
            super().data_received(data)
            return
        for text in texts:
            take(text)

    def handle_connect(self, event: Request) -> None:
        """Begin a connection; the application starts only after this."""
        super().handle_connect(event)
        if hasattr(self, "scope"):  # else the handshake was refused
            self.door = Frames(self, event)
            keep_little_unread(self.transport)
            self.scope["extensions"][EXTENSION] = self.door  # type: ignore[assignment]  # uvicorn names no others

    def send_receive_event_to_app(self) -> None:
        """Hand over a whole message, directly where that is wanted and none waits in the queue before it."""
        take = self._take()
        message = None if take is None else self._message()
        if take is None or message is None:
            super().send_receive_event_to_app()
            return
        self.frames = []
        take(message)

    def keepalive_timeout(self) -> None:
        """Give up somebody who answers no ping, without waiting until they have read what is left."""
        super().keepalive_timeout()
        self.transport.abort()

    def pause_writing(self) -> None:
        """Let watchers wait until the other side reads."""
        super().pause_writing()
        if self.door:
            self.door.full = True

    def resume_writing(self) -> None:
        """Go on when the other side reads again."""
        super().resume_writing()
        if self.door:
            self.door.full = False
            self.door.on_ready()

    def _take(self) -> Take | None:
        """Give the function that takes messages now, if none waits in the queue before them."""
        return None if self.door is None or self.close_sent or not self.queue.empty() else self.door.take

    def _message(self) -> str | bytes | None:
        """Join the frames of a message; None for a text that is no UTF-8, whose sender uvicorn closes with 1007."""
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        try:
            return data.decode() if self.curr_msg_data_type == "text" else bytes(data)
        except UnicodeDecodeError:
            return None


def frames_of(websocket: WebSocket) -> Frames:
    """Find the door of an accepted socket."""
    frames: Frames = websocket.scope["extensions"][EXTENSION]
    return frames


async def close(websocket: WebSocket, code: int) -> None:
    """Close an accepted socket with this code, or cut it off where the code would wait behind what nobody reads."""
    frames = frames_of(websocket)
    if frames.ready:
        await websocket.close(code)
    else:
        frames.cut()


async def take_until_gone(websocket: WebSocket, take: Take) -> None:
    """Give each message to `take`, which must not raise, until the other side leaves."""
    frames = frames_of(websocket)
    frames.take = take
    frames.forget_handshake()
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        text = message.get("text")
        take(message.get("bytes", b"") if text is None else text)
