"""`WS /api/v1/pings`: a stream of pings, each frame answered in order when it is safe."""

from __future__ import annotations

from starlette.websockets import WebSocket

from hub.services.authenticate import DeviceIdentity
from hub.services.bundle import Services
from hub.services.judge_pings import StoreAway
from hub.services.measures import DEVICES
from hub.store.database import DatabaseAway
from hub.web.credentials import chosen_subprotocol, offered_token, services_of
from hub.web.devices.device_line import DeviceLine
from hub.web.devices.ping_wire import TooManyPingsError
from hub.web.frames import close, frames_of, take_until_gone
from hub.web.interruptible import interruptible

UNKNOWN_TOKEN, TOO_BIG, TRY_AGAIN_LATER = 4401, 1009, 1013


class TokenInvalidError(Exception):
    """The token was unknown from the start, or stopped being valid."""


async def ping_socket(websocket: WebSocket) -> None:
    """Take frames until the device leaves or its token is no longer valid."""
    services, token = services_of(websocket), offered_token(websocket)
    await websocket.accept(chosen_subprotocol(websocket))
    try:
        device = await services.admission.device(token) if token else None
        if device is None:
            raise TokenInvalidError
        await _serve(websocket, services, device)
    except TokenInvalidError:
        await close(websocket, UNKNOWN_TOKEN)
    except TooManyPingsError:
        await close(websocket, TOO_BIG)
    except (StoreAway, DatabaseAway):
        await close(websocket, TRY_AGAIN_LATER)


async def _serve(websocket: WebSocket, services: Services, device: DeviceIdentity) -> None:
    frames = frames_of(websocket)
    async with interruptible() as leave:
        line = DeviceLine(frames, services.ingest, services.rates, device, leave)
        frames.on_ready = line.go_on

        def refuse() -> None:
            line.end()
            leave(TokenInvalidError())

        with services.admission.device_sockets.holding(device.device_id, refuse), DEVICES.track_inprogress():
            await take_until_gone(websocket, line.take)
