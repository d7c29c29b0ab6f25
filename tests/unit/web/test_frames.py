"""What a socket's door hands over is the same, in whichever pieces it comes and whichever way it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.websockets import WebSocket, WebSocketState
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from hub.web import frames
from hub.web.frames import FrameProtocol

REQUEST = (
    b"GET / HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Pipe:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written = b""
        self.closed = self.aborted = False

    def get_extra_info(self, name: str, default: object = None) -> object:
        """Know nothing."""
        return default

    def write(self, data: bytes) -> None:
        """Keep it."""
        self.written += data

    def set_write_buffer_limits(self, high: int) -> None:
        """Keep all, whatever the limit."""

    def pause_reading(self) -> None:
        """Do nothing: the test sends what it likes."""

    def is_closing(self) -> bool:
        """Tell whether it was closed."""
        return self.closed

    def close(self) -> None:
        """Remember it."""
        self.closed = True

    def abort(self) -> None:
        """Remember that nothing was waited for."""
        self.closed = self.aborted = True


class Opened(FrameProtocol):
    """A connection whose application takes messages, without a task of its own."""

    async def run_asgi(self) -> None:
        """Do nothing."""


def _opened(first: bytes) -> tuple[Opened, list[str | bytes]]:
    config = uvicorn.Config(_no_app, ws=Opened, ws_per_message_deflate=False, log_config=None)
    config.load()
    protocol = Opened(config, ServerState(), {})
    protocol.connection_made(cast(Any, Pipe()))
    protocol.data_received(first)
    protocol.queue.get_nowait()  # what tells the application of the connection
    protocol.conn.send_response(protocol.response)
    protocol.handshake_complete = True
    taken: list[str | bytes] = []
    assert protocol.door is not None
    protocol.door.take = taken.append
    return protocol, taken


async def _no_app(scope: object, receive: object, send: object) -> None:
    return None


async def _taken(pieces: Sequence[bytes], *, parser_only: bool = False) -> list[str | bytes]:
    protocol, taken = _opened(REQUEST)
    for piece in pieces:
        if parser_only:
            protocol._between_frames = False
        protocol.data_received(piece)
    protocol.connection_lost(None)
    await asyncio.sleep(0)
    return taken


def _frame(payload: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> bytes:
    return Frame(opcode, payload, fin).serialize(mask=True)


def _messages() -> st.SearchStrategy[bytes]:
    text = st.text(max_size=200).map(str.encode)
    return st.one_of(
        text.map(_frame),
        st.binary(max_size=50).map(lambda payload: _frame(payload, Opcode.BINARY)),
        st.just(_frame(b"", Opcode.PONG)),
        st.just(_frame(b"hello", Opcode.PING)),
        st.tuples(text, text).map(lambda two: _frame(two[0], fin=False) + _frame(two[1], Opcode.CONT)),
    )


def _pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    return [data[start:end] for start, end in pairwise(edges) if start < end]


@given(st.lists(_messages(), max_size=8), st.lists(st.integers(1, 600), max_size=5))
def test_messages_are_the_same_in_whichever_pieces_they_come(messages: list[bytes], cuts: list[int]) -> None:
    pieces = _pieces(b"".join(messages), cuts)

    assert asyncio.run(_taken(pieces)) == asyncio.run(_taken(pieces, parser_only=True))


@given(st.lists(_messages() | st.binary(max_size=20), max_size=6))
def test_so_they_are_when_something_is_wrong_with_them(messages: list[bytes]) -> None:
    assert asyncio.run(_taken(messages)) == asyncio.run(_taken(messages, parser_only=True))


async def test_short_texts_pass_the_parser_by(monkeypatch: pytest.MonkeyPatch) -> None:
    protocol, taken = _opened(REQUEST)
    monkeypatch.setattr(protocol.conn, "receive_data", lambda data: pytest.fail("the parser was asked"))

    protocol.data_received(_frame(b"one") + _frame(b"two"))

    assert taken == ["one", "two"]


async def test_what_comes_with_the_request_is_the_parsers_and_so_is_the_rest() -> None:
    early = _frame(b"early")
    protocol, taken = _opened(REQUEST + early[:3])

    protocol.data_received(early[3:])
    protocol.data_received(_frame(b"late"))

    assert taken == ["early", "late"]


async def test_texts_that_wait_in_the_queue_come_first() -> None:
    protocol, taken = _opened(REQUEST)
    door = protocol.door
    assert door is not None
    door.take = None

    protocol.data_received(_frame(b"first"))
    door.take = taken.append
    protocol.data_received(_frame(b"second"))

    assert taken == []
    waiting = [protocol.queue.get_nowait() for _ in range(protocol.queue.qsize())]
    assert [cast(Any, event)["text"] for event in waiting] == ["first", "second"]


def test_the_same_bytes_are_encoded_once_for_all_who_get_them() -> None:
    assert frames._frame_of(b"{}") is frames._frame_of(b"{}")


def _pipe_of(protocol: Opened) -> Pipe:
    return cast(Pipe, protocol.transport)


async def _close(protocol: Opened) -> None:
    websocket = WebSocket(cast(Any, protocol.scope), cast(Any, protocol.receive), cast(Any, protocol.send))
    websocket.client_state = websocket.application_state = WebSocketState.CONNECTED
    await asyncio.wait_for(frames.close(websocket, 1008), 5)


async def test_who_reads_is_told_why_their_socket_closes() -> None:
    protocol, _ = _opened(REQUEST)
    await _close(protocol)
    assert _pipe_of(protocol).written.endswith((1008).to_bytes(2, "big"))
    assert not _pipe_of(protocol).aborted
    protocol.close_timer.cancel()  # type: ignore[union-attr]  # it was just closed


async def test_who_reads_nothing_is_cut_off_since_the_reason_would_wait_for_them_for_ever() -> None:
    protocol, _ = _opened(REQUEST)
    protocol.pause_writing()
    await _close(protocol)
    assert _pipe_of(protocol).aborted


async def test_a_socket_that_is_closing_already_is_no_fault() -> None:
    protocol, _ = _opened(REQUEST)
    protocol.close_sent = True
    await _close(protocol)
    assert _pipe_of(protocol).aborted


async def test_who_answers_no_ping_is_cut_off_whatever_they_have_not_read() -> None:
    protocol, _ = _opened(REQUEST)
    protocol.keepalive_timeout()
    assert _pipe_of(protocol).aborted
