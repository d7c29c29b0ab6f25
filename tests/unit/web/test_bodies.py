"""Read request bodies piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.requests import Request

from hub.web import bodies
from hub.web.bodies import read_body
from hub.web.problems import Problem

Message = MutableMapping[str, Any]


def _request(*messages: Message) -> Request:
    """Build a request whose body comes in these pieces, and then nothing for ever."""
    waiting = [*messages]

    async def receive() -> Message:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


def _piece(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_pieces_are_put_together() -> None:
    assert await read_body(_request(_piece(b"ab", more=True), _piece(b"cd", more=False)), 4) == b"abcd"


async def test_more_than_the_limit_is_noticed_before_the_rest_is_read() -> None:
    with pytest.raises(Problem) as refused:
        await read_body(_request(_piece(b"abc", more=True)), 2)

    assert refused.value.status == 413


async def test_a_body_that_does_not_end_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENT_S", 0.01)

    with pytest.raises(Problem) as refused:
        await read_body(_request(_piece(b"abc", more=True)))

    assert (refused.value.status, refused.value.headers) == (408, {"Connection": "close"})


async def test_a_sender_who_leaves_is_told_so() -> None:
    with pytest.raises(Problem) as refused:
        await read_body(_request(_piece(b"abc", more=True), {"type": "http.disconnect"}))

    assert refused.value.status == 400
