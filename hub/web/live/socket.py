"""`WS /v/{token}/live`: a snapshot, then whatever is newer."""

from __future__ import annotations

from starlette.websockets import WebSocket

from hub.store.database import DatabaseAway
from hub.web.credentials import services_of
from hub.web.frames import close, take_until_gone
from hub.web.live.watching import LinkInvalidError, TooSlowError, let_watch, seat, write

UNKNOWN_LINK, TOO_SLOW, TRY_AGAIN_LATER = 4404, 1008, 1013


async def live_socket(websocket: WebSocket) -> None:
    """Serve one watcher until they leave or the link stops being valid."""
    services = services_of(websocket)
    await websocket.accept()
    try:
        link = await services.admission.link(websocket.path_params["token"])
        if link is None:
            raise LinkInvalidError
        async with seat(services, link) as (watcher, snapshot):
            let_watch(websocket, watcher, write(snapshot))
            await take_until_gone(websocket, _ignore)
    except LinkInvalidError:
        await close(websocket, UNKNOWN_LINK)
    except TooSlowError:
        await close(websocket, TOO_SLOW)
    except DatabaseAway:
        await close(websocket, TRY_AGAIN_LATER)


def _ignore(_message: str | bytes) -> None:
    """Take whatever a watcher says."""
