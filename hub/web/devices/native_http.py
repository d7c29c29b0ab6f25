"""`POST /api/v1/pings`: one ping or up to 1,000."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ping import Verdict
from hub.services.ingest_pings import Other, others
from hub.web.bodies import not_json, read_body
from hub.web.credentials import bearer_token, services_of
from hub.web.devices.ping_wire import TooManyPingsError, read_pings
from hub.web.devices.taking import LARGEST_BODY, MOST_PINGS, sender_of, take_pings
from hub.web.problems import Problem, invalid
from hub.web.responses import json_response


class Accepted(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a request's pings; `others` are those not simply accepted."""

    accepted: int
    others: list[Other] = []


async def post_pings(request: Request) -> Response:
    """Take pings; answer when they are safe."""
    services = services_of(request)
    device = await sender_of(services, bearer_token(request))
    body = await read_body(request, LARGEST_BODY)
    try:
        pings = read_pings(body, MOST_PINGS)
    except msgspec.ValidationError as error:
        raise invalid(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise not_json() from None
    except TooManyPingsError:
        raise Problem(413, f"More than {MOST_PINGS} pings.") from None
    outcomes = await take_pings(services, device, pings)
    accepted = sum(outcome.verdict is Verdict.ACCEPTED for outcome in outcomes)
    return json_response(Accepted(accepted, others(outcomes)), 202)
