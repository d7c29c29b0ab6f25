"""What somebody who books has answered so far: kept by their browser in a signed cookie, so that no address tells it.

Going back, another tab or a lost connection loses nothing, and the hub stores nothing about whoever does not book.
"""

from __future__ import annotations

import base64
import hmac
import zlib
from datetime import datetime, timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.web.credentials import services_of
from hub.web.forms import set_cookie

COOKIE = "enroute_booking"
KEPT_FOR = timedelta(hours=12)
LONGEST = 3_600
"""Characters; browsers keep cookies of up to 4,096 with their names and attributes."""
_MAC_BYTES = 32


class Answers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answers; empty where there is none yet."""

    asset: str | None = None
    """Empty: none of those that are known."""
    service: str = ""
    place: str = ""
    """A place that was offered; empty where one was typed."""
    address: str = ""
    lat: str = ""
    lon: str = ""
    """As typed, or as found for the address."""
    name: str = ""
    email: str = ""
    phone: str = ""
    notes: str = ""
    hold_id: str = ""
    starts_at: datetime | None = None
    """When the chosen time starts."""


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    until: datetime
    answers: Answers


def read_answers(request: Request, whose: str) -> Answers:
    """Read what this browser's visitor has answered."""
    services = services_of(request)
    try:
        raw = base64.urlsafe_b64decode(request.cookies.get(COOKIE, "").encode("ascii"))
    except ValueError:
        return Answers()
    mac, packed = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(services.settings.secret, whose, packed)):
        return Answers()
    kept = msgspec.json.decode(zlib.decompress(packed), type=_Kept)
    return kept.answers if services.clock() < kept.until else Answers()


def fits(answers: Answers) -> bool:
    """Tell whether a browser keeps so much."""
    packed = zlib.compress(msgspec.json.encode(answers))
    return (_MAC_BYTES + len(packed) + 64) * 4 / 3 < LONGEST


def keep_answers(request: Request, response: Response, whose: str, answers: Answers) -> Response:
    """Have the browser keep answers until they are changed, used or half a day old."""
    services = services_of(request)
    packed = zlib.compress(msgspec.json.encode(_Kept(services.clock() + KEPT_FOR, answers)))
    value = base64.urlsafe_b64encode(_mac(services.settings.secret, whose, packed) + packed).decode("ascii")
    set_cookie(request, response, COOKIE, value, path="/book")
    return response


def forget_answers(response: Response) -> Response:
    """Have the browser forget them."""
    response.delete_cookie(COOKIE, path="/book")
    return response


def _mac(secret: bytes, whose: str, packed: bytes) -> bytes:
    return hmac.digest(secret, b"booking answers:" + whose.encode() + b":" + packed, "sha256")
