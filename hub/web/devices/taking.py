"""What all requests with pings share: who sends, how fast and how much, and that pings are safe before the answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from hub.domain.ping import KEPT, Ping
from hub.domain.silence import Silence
from hub.services.authenticate import DeviceIdentity
from hub.services.bundle import Services
from hub.services.judge_pings import Outcome, StoreAway
from hub.web.problems import Fault, Problem, unauthorized

LARGEST_BODY = 1024 * 1024
MOST_PINGS = 1_000
STORE_TIMEOUT_S = 8.0
"""Phones give up after 10 s or so; a 503 tells them more than their own time-out."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a message of another app says."""

    pings: list[Ping | None] = []
    """In the order in which they shall be judged; None is a malformed one. Empty: the phone is alive, no more."""
    fault: Fault | None = None
    """What is wrong with the only position of the message."""
    battery: float | None = None
    """0 to 1; counts where there is no ping to tell it."""
    silence: Silence | None = None
    """Why nothing will come."""


async def sender_of(services: Services, token: str | None, scheme: str = "Bearer") -> DeviceIdentity:
    """Find the device that sends; 401 without one, naming the `scheme` of its credentials, 429 while it is too fast."""
    device = token and await services.admission.device(token)
    if not device:
        raise unauthorized(scheme)
    if wait_s := services.rates.wait_s(device.device_id):
        raise Problem(429, "Too many pings.", headers={"Retry-After": str(math.ceil(wait_s))})
    return device


async def take_pings(services: Services, device: DeviceIdentity, pings: Sequence[Ping | None]) -> list[Outcome]:
    """Count and take pings, and return once they are safe; 503 where that fails."""
    services.rates.count(device.device_id, max(1, len(pings)))  # an empty list is a message, too
    try:
        return await services.ingest.ingest(device, pings, STORE_TIMEOUT_S)
    except StoreAway:
        raise Problem(503, "The pings are not stored. Send them again.", headers={"Retry-After": "5"}) from None


async def take_told(services: Services, device: DeviceIdentity, told: Told, app: str) -> None:
    """Take what another app's message says; `app` is that app's name."""
    now = services.clock()
    if told.pings:
        outcomes = await take_pings(services, device, told.pings)
        if any(outcome.verdict in KEPT for outcome in outcomes):
            services.devices.heard(device.device_id, now, app=app)
        return
    services.rates.count(device.device_id)  # else messages without a position had no limit
    if not services.hours.tracked(device.resource_id, now):
        return  # outside tracking hours a sign of life would be a trace, too
    if told.silence is None:
        services.devices.heard(device.device_id, now, app=app, battery=told.battery)
    else:
        await services.devices.silent(device.device_id, told.silence, now)


def refuse_unreadable(told: Told) -> None:
    """Answer 422 where the only position of a message was malformed: for apps that do not send it again for ever."""
    if told.fault is not None:
        raise Problem(422, "The position cannot be read.", errors=[told.fault])


def refuse_too_many(unread: Sequence[object]) -> None:
    """Answer 413 where a message holds more pings than it may; call it before each is read, which takes longest."""
    if len(unread) > MOST_PINGS:
        raise Problem(413, f"More than {MOST_PINGS} pings.")


def first_of(parameters: Mapping[str, str], *names: str) -> str | None:
    """Find the first of these parameters that says something."""
    return next((text for name in names if (text := parameters.get(name, "").strip())), None)
