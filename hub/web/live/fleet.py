"""`WS /api/v1/fleet/live`: every technician now, then changes, for staff and programs that may watch the fleet."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

import msgspec
from starlette.websockets import WebSocket

from hub.domain.roles import Permission, allows
from hub.services.authenticate import authenticate_api_key
from hub.services.open_sockets import OpenSockets
from hub.store.database import DatabaseAway
from hub.web.credentials import chosen_subprotocol, offered_token, services_of
from hub.web.frames import close, take_until_gone
from hub.web.interruptible import interruptible
from hub.web.live.viewport_line import ViewportLine
from hub.web.live.watching import TooSlowError, let_watch
from hub.web.sessions import STAFF_COOKIE

BAD_CREDENTIALS, UNKNOWN_TERRITORY, TOO_SLOW, TRY_AGAIN_LATER = 4401, 4404, 1008, 1013


class CredentialsInvalidError(Exception):
    """The credentials were unknown or not enough from the start, or stopped being valid."""


class TerritoryUnknownError(Exception):
    """The portal has no such territory."""


class _Onlooker(msgspec.Struct, frozen=True):
    portal_id: str
    credential_id: str
    sockets: OpenSockets


async def fleet_socket(websocket: WebSocket) -> None:
    """Serve one who watches until they leave or their credentials stop being valid."""
    await websocket.accept(chosen_subprotocol(websocket))
    try:
        onlooker = await _onlooker(websocket)
        if onlooker is None:
            raise CredentialsInvalidError
        await _serve(websocket, onlooker)
    except CredentialsInvalidError:
        await close(websocket, BAD_CREDENTIALS)
    except TerritoryUnknownError:
        await close(websocket, UNKNOWN_TERRITORY)
    except TooSlowError:
        await close(websocket, TOO_SLOW)
    except DatabaseAway:
        await close(websocket, TRY_AGAIN_LATER)


async def _serve(websocket: WebSocket, onlooker: _Onlooker) -> None:
    services, territory = services_of(websocket), websocket.query_params.get("territory") or None
    async with interruptible() as leave:
        with onlooker.sockets.holding(onlooker.credential_id, partial(leave, CredentialsInvalidError())):
            async with services.fleet.watch(onlooker.portal_id, territory) as taken:
                if taken is None:
                    raise TerritoryUnknownError
                watcher, room, snapshot = taken
                watcher.leave = partial(leave, TooSlowError())
                line = ViewportLine(lambda viewport: room.look_at(watcher, viewport, services.clock()))
                let_watch(websocket, watcher, snapshot)
                try:
                    await take_until_gone(websocket, line.take)
                finally:
                    line.end()


async def _onlooker(websocket: WebSocket) -> _Onlooker | None:
    """Find who asks: a program by its key, else a browser in which staff are signed in."""
    services = services_of(websocket)
    if token := offered_token(websocket):
        key = await authenticate_api_key(services.database, token, services.clock())
        if key is None or not allows(key.role, Permission.WATCH_FLEET):
            return None
        return _Onlooker(key.portal_id, key.api_key_id, services.admission.key_sockets)
    cookie = websocket.cookies.get(STAFF_COOKIE)
    if not cookie or not _from_a_page_of_ours(websocket):
        return None
    person = await services.sign_in.staff_of(cookie)
    if person is None or not allows(person.role, Permission.WATCH_FLEET):
        return None
    return _Onlooker(person.portal_id, person.id, services.admission.session_sockets)


def _from_a_page_of_ours(websocket: WebSocket) -> bool:
    """Tell whether one of our pages opened the socket: browsers send cookies with whatever site does."""
    ours = {websocket.headers.get("host", ""), urlsplit(services_of(websocket).settings.public_url).netloc}
    try:
        return urlsplit(websocket.headers.get("origin", "")).netloc in ours - {""}
    except ValueError:  # as for an address in brackets that do not close
        return False
