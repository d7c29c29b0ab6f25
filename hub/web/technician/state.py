"""`GET /tech/state`: what the technician's page asks every few seconds."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import cache

import msgspec
from babel.support import NullTranslations
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import BookingStatus
from hub.domain.geofence import OBJECT_FOR, Arrival
from hub.domain.link_scope import LinkScope
from hub.domain.visibility import is_area
from hub.services.bundle import Services
from hub.store import crossings
from hub.store.day_visits import DayVisit
from hub.store.sessions import TechnicianSession
from hub.web.credentials import services_of
from hub.web.languages import reader_language
from hub.web.pages import translations_of
from hub.web.problems import Problem
from hub.web.sessions import signed_in_technician
from hub.web.technician.day import mark_of, read_day
from hub.web.technician.shell import shell_version


class ArrivalState(msgspec.Struct, frozen=True, kw_only=True):
    """An arrival that the technician has not answered yet."""

    booking: str
    name: str
    at: datetime
    in_s: int | None
    """In how many seconds the hub believes it by itself; None where it never does."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows beside its visits."""

    shell: str
    """The version of the page's program."""
    device: str
    day: str
    """Names the visits as they are: another name, and the page is out of date."""
    traveling: bool
    tracked: bool
    """Whether positions may be taken now."""
    seen: str
    """Whether the customer sees the technician now.

    `yes`, `area` (only roughly where), `lost` (nothing new came), `paused` (the technician turned sharing off),
    `closed` (the map has closed) or `no` (nobody may).
    """
    looking: int
    """How many live maps of this journey are open."""
    looking_words: str
    arrival: ArrivalState | None


async def technician_state(request: Request) -> Response:
    """Tell what has changed, or with 304 that nothing has."""
    technician = await signed_in_technician(request)
    if technician is None:
        raise Problem(401, "This phone is not enrolled.")
    language = reader_language(request)
    content = msgspec.json.encode(await _read(services_of(request), technician, language))
    tag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Vary": "Accept-Language, Cookie", "Content-Language": language}
    if request.headers.get("if-none-match", "").removeprefix("W/") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


async def _read(services: Services, technician: TechnicianSession, language: str) -> State:
    now = services.clock()
    async with services.database.read() as tx:
        visits = await read_day(tx, technician, now)
        arrival = await _arrival(tx, services, technician, visits, now)
    traveling = next((visit for visit in visits if visit.status is BookingStatus.TRAVELING), None)
    looking = await services.audience.of_visit(traveling.booking_id) if traveling else 0
    return State(
        shell=shell_version(),
        device=technician.device_id,
        day=mark_of(visits, technician, now),
        traveling=traveling is not None,
        tracked=services.hours.tracked(technician.resource_id, now),
        seen=await _seen(services, traveling.booking_id) if traveling else "no",
        looking=looking,
        looking_words=_looking_words(looking, language) if traveling else "",
        arrival=arrival,
    )


async def _seen(services: Services, booking_id: str) -> str:
    """Look with a customer's eyes."""
    looked = await services.watch.see(booking_id, LinkScope.TRACK)
    if looked is None or looked[1].technician is None:
        return "closed" if looked else "lost"
    if looked[1].paused is True:
        return "paused"
    position = looked[1].position
    if position is None:
        return "lost"
    return "area" if is_area(position) else "yes"


async def _arrival(
    tx: AsyncConnection, services: Services, technician: TechnicianSession, visits: list[DayVisit], now: datetime
) -> ArrivalState | None:
    names = {visit.booking_id: visit.customer_name for visit in visits}
    for arrival in await crossings.open_arrivals(tx, technician.resource_id):
        if arrival.booking_id in names:
            in_s = None
            if services.settings.arrival is Arrival.AUTOMATIC:
                heard_at = max(arrival.at, await crossings.told_at(tx, arrival))
                in_s = max(0, (heard_at + OBJECT_FOR - now) // timedelta(seconds=1))
            return ArrivalState(booking=arrival.booking_id, name=names[arrival.booking_id], at=arrival.at, in_s=in_s)
    return None


def _looking_words(looking: int, language: str) -> str:
    translations = _translations(language)
    if not looking:
        return translations.gettext("Nobody is looking at the moment.")
    words = translations.ngettext("%(num)s person is looking.", "%(num)s people are looking.", looking)
    return words % {"num": looking}


@cache
def _translations(language: str) -> NullTranslations:
    """Keep a catalogue: it is asked for every few seconds."""
    return translations_of(language)
