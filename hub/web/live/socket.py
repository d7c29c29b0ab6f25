"""`WS /v/{token}/live`: a snapshot, then whatever is newer."""

from __future__ import annotations

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.domain.live_messages import Snapshot
from hub.services.watcher import Watcher
from hub.store.database import DatabaseAway
from hub.web.credentials import services_of
from hub.web.live.watching import LinkInvalidError, TooSlowError, seat, write

UNKNOWN_LINK, TOO_SLOW, TRY_AGAIN_LATER = 4404, 1008, 1013


async def live_socket(websocket: WebSocket) -> None:
    """Serve one watcher until they leave or the link stops being valid."""
    services = services_of(websocket)
    await websocket.accept()
    code = None
    try:
        link = await services.admission.link(websocket.path_params["token"])
        if link is None:
            raise LinkInvalidError
        async with seat(services, link) as (watcher, snapshot), asyncio.TaskGroup() as tasks:
            tasks.create_task(_read_until_gone(websocket))
            tasks.create_task(_write(websocket, watcher, snapshot))
    except* LinkInvalidError:
        code = UNKNOWN_LINK
    except* TooSlowError:
        code = TOO_SLOW
    except* DatabaseAway:
        code = TRY_AGAIN_LATER
    except* WebSocketDisconnect:
        pass
    if code is not None:
        await websocket.close(code)


async def _write(websocket: WebSocket, watcher: Watcher, snapshot: Snapshot) -> None:
    message = write(snapshot)
    while True:
        await websocket.send_text(message.decode())
        message = await watcher.next()


async def _read_until_gone(websocket: WebSocket) -> None:
    """Ignore whatever a watcher says."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass
    raise WebSocketDisconnect
