"""`WS /api/v1/pings`: a stream of pings, each frame answered in order when it is safe."""

from __future__ import annotations

import asyncio
import itertools

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.domain.ping import Ping, Verdict
from hub.services.authenticate import DeviceIdentity
from hub.services.bundle import Services
from hub.services.ingest_pings import Other, StoreAway, others
from hub.services.measures import DEVICES
from hub.store.database import DatabaseAway
from hub.web.credentials import bearer_token, services_of
from hub.web.devices.native_http import MOST_PINGS
from hub.web.devices.ping_wire import TooManyPingsError, read_pings
from hub.web.frames import frames_of

SUBPROTOCOL = "enroute.v1"
TOKEN_PREFIX = "bearer."  # noqa: S105 - what stands before the token in a subprotocol
STORE_TIMEOUT_S = 30.0
UNKNOWN_TOKEN, TOO_BIG, TRY_AGAIN_LATER = 4401, 1009, 1013


class Ack(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to frame number `ack` of the connection."""

    ack: int
    accepted: int
    others: list[Other] = []


_write = msgspec.json.Encoder().encode


async def ping_socket(websocket: WebSocket) -> None:
    """Take frames until the device leaves or its token is no longer valid."""
    services, token = services_of(websocket), _token(websocket)
    offered = websocket.scope["subprotocols"]
    await websocket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
    try:
        device = await services.admission.device(token) if token else None
    except DatabaseAway:
        await websocket.close(TRY_AGAIN_LATER)
        return
    if device is None:
        await websocket.close(UNKNOWN_TOKEN)
        return
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as stay:
            with (
                services.admission.device_sockets.holding(device.device_id, lambda: stay.reschedule(loop.time())),
                DEVICES.track_inprogress(),
            ):
                await _answer_frames(websocket, services, device)
    except TimeoutError:
        await websocket.close(UNKNOWN_TOKEN)
    except StoreAway:
        await websocket.close(TRY_AGAIN_LATER)
    except TooManyPingsError:
        await websocket.close(TOO_BIG)
    except WebSocketDisconnect:
        pass


async def _answer_frames(websocket: WebSocket, services: Services, device: DeviceIdentity) -> None:
    frames = frames_of(websocket)
    for number in itertools.count(1):
        pings = _read(await _receive(websocket))
        if wait_s := services.rates.wait_s(device.device_id):
            await asyncio.sleep(wait_s)
        services.rates.take(device.device_id, len(pings))
        outcomes = await services.ingest.ingest(device, pings, STORE_TIMEOUT_S)
        accepted = sum(outcome.verdict is Verdict.ACCEPTED for outcome in outcomes)
        frames.write(_write(Ack(number, accepted, others(outcomes))))
        if not frames.ready:
            await frames.drained()


async def _receive(websocket: WebSocket) -> str | bytes:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    frame: str | bytes = message.get("bytes", b"") if text is None else text
    return frame


def _read(frame: str | bytes) -> list[Ping | None]:
    """Read a frame; what is no JSON or no ping is one malformed ping."""
    try:
        return read_pings(frame, MOST_PINGS)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [None]


def _token(websocket: WebSocket) -> str | None:
    offered = websocket.scope["subprotocols"]
    named = (name.removeprefix(TOKEN_PREFIX) for name in offered if name.startswith(TOKEN_PREFIX))
    return bearer_token(websocket) or next(named, None)
