"""Send pings as a device does: one websocket, one frame at a time, each answered when it is safe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

MOST_PINGS_PER_FRAME = 1_000
OPEN_S = 10.0
ANSWER_S = 45.0
"""The hub closes a line after 30 s without its store."""
BAD_TOKEN = 4401


class SentPing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ping on the wire; None is unknown and left out."""

    lat: float
    lon: float
    at: datetime
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    altitude_m: float | None = None
    battery: float | None = None


class Other(msgspec.Struct, frozen=True):
    """A ping of a frame that was not simply accepted."""

    index: int
    verdict: str
    reasons: list[str] = []


class Ack(msgspec.Struct, frozen=True):
    """The hub's answer to a frame: its pings need not be kept any more."""

    ack: int
    accepted: int
    others: list[Other] = []


class BadToken(Exception):
    """The hub does not know the device's token, or no longer."""


class HubAway(Exception):
    """Nobody answers, or the line broke; what was not answered must be sent again."""


class PingLine:
    """An open line."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, pings: Sequence[SentPing]) -> Ack:
        """Send up to 1,000 pings in one frame and wait until they are safe. Raises BadToken or HubAway."""
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._socket.send(msgspec.json.encode(pings).decode())
                return msgspec.json.decode(await self._socket.recv(), type=Ack)
        except ConnectionClosed as closed:
            raise _fault(closed) from None
        except TimeoutError:
            raise HubAway(f"no answer within {ANSWER_S:g} s") from None
        except msgspec.DecodeError as error:
            raise HubAway(f"what answers is no hub: {error}") from None

    async def wait_closed(self) -> None:
        """Wait until the other side closes the line."""
        await self._socket.wait_closed()


@asynccontextmanager
async def ping_line(base_url: str, token: str) -> AsyncIterator[PingLine]:
    """Open a line for as long as the block lasts. Raises HubAway; a bad token shows when the first frame is sent."""
    scheme, _, rest = base_url.partition("://")
    url = f"{'wss' if scheme == 'https' else 'ws'}://{rest}/api/v1/pings"
    headers = {"Authorization": f"Bearer {token}"}
    try:
        socket = await connect(url, additional_headers=headers, open_timeout=OPEN_S, close_timeout=2, proxy=None)
    except (OSError, TimeoutError, InvalidHandshake, InvalidURI, ConnectionClosed, ValueError) as error:
        raise HubAway(f"{base_url} does not answer as a hub ({str(error) or type(error).__name__})") from None
    async with socket:
        yield PingLine(socket)


def _fault(closed: ConnectionClosed) -> BadToken | HubAway:
    code = closed.rcvd.code if closed.rcvd else 1006
    return BadToken("the hub does not know this device token") if code == BAD_TOKEN else HubAway(f"closed with {code}")
