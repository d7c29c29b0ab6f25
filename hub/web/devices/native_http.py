"""`POST /api/v1/pings`: one ping or up to 1,000."""

from __future__ import annotations

import math

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ping import Verdict
from hub.services.ingest_pings import Other, others
from hub.services.judge_pings import StoreAway
from hub.web.bodies import not_json, read_body
from hub.web.credentials import bearer_token, services_of
from hub.web.devices.ping_wire import TooManyPingsError, read_pings
from hub.web.problems import Problem, invalid, unauthorized
from hub.web.responses import json_response

LARGEST_FRAME = 1024 * 1024
MOST_PINGS = 1_000
STORE_TIMEOUT_S = 8.0
"""Phones give up after 10 s or so; a 503 tells them more than their own time-out."""


class Accepted(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a request's pings; `others` are those not simply accepted."""

    accepted: int
    others: list[Other] = []


async def post_pings(request: Request) -> Response:
    """Take pings; answer when they are safe."""
    services, token = services_of(request), bearer_token(request)
    device = token and await services.admission.device(token)
    if not device:
        raise unauthorized()
    if wait_s := services.rates.wait_s(device.device_id):
        raise Problem(429, "Too many pings.", headers={"Retry-After": str(math.ceil(wait_s))})
    body = await read_body(request, LARGEST_FRAME)
    try:
        pings = read_pings(body, MOST_PINGS)
    except msgspec.ValidationError as error:
        raise invalid(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise not_json() from None
    except TooManyPingsError:
        raise Problem(413, f"More than {MOST_PINGS} pings.") from None
    services.rates.count(device.device_id, len(pings))
    try:
        outcomes = await services.ingest.ingest(device, pings, STORE_TIMEOUT_S)
    except StoreAway:
        raise Problem(503, "The pings are not stored. Send them again.", headers={"Retry-After": "5"}) from None
    accepted = sum(outcome.verdict is Verdict.ACCEPTED for outcome in outcomes)
    return json_response(Accepted(accepted, others(outcomes)), 202)
