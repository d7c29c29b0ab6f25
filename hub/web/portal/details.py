"""`/book/details`: where it is needed, who somebody is, and what should be known."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.geodesy import Point
from hub.store.geocoders.port import NoPlace
from hub.web.api.customer_bodies import ContactBody
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, read_form
from hub.web.portal.answers import Answers, fits
from hub.web.portal.opened import Opened, go_on, is_busy, nothing_to_book, open_booking, release, show_step
from hub.web.portal.places import chosen_place, may_type, offered_places

ADDRESS, NOTES = 500, 2_000
"""How long they may be."""
OTHER = "other"
"""Said where none of the offered places is meant."""


async def details_page(request: Request) -> Response:
    """Ask for the details."""
    opened = await open_booking(request)
    if opened is None:
        return await nothing_to_book(request)
    if opened.service is None:
        return RedirectResponse(f"{opened.visitor.path}/service", 303)
    return await _ask(request, opened)


async def post_details(request: Request) -> Response:
    """Keep them, and go on where they fit."""
    opened = await open_booking(request)
    if opened is None:
        return await nothing_to_book(request)
    if opened.service is None:
        return RedirectResponse(f"{opened.visitor.path}/service", 303)
    try:
        typed = await read_form(request)
    except FormRefused:
        return await _ask(request, opened, 422, error="expired")
    answers = _typed(opened, typed)
    again = replace(opened, answers=answers)
    if is_busy(request, opened):
        return await _ask(request, again, 429, error="busy")
    answers, faults = await _placed(request, opened, answers)
    again = replace(opened, answers=answers)
    if opened.visitor.contact is None:
        faults |= _contact_faults(answers)
    if not fits(answers):
        faults["notes"] = "long"
    if faults:
        return await _ask(request, again, 422, faults=faults)
    if again.place != opened.place:
        await release(request, opened)
        answers = replace(answers, hold_id="", starts_at=None)
    return go_on(request, opened, answers, opened.after("details"))


async def _ask(
    request: Request, opened: Opened, status: int = 200, *, error: str | None = None, faults: Mapping[str, str] = {}
) -> Response:
    geocodes = services_of(request).settings.geocoder_url != ""
    answers = opened.answers
    return await show_step(
        request,
        opened,
        "details",
        status,
        error=error,
        faults=faults,
        places=offered_places(opened.visitor),
        may_type=may_type(opened.visitor),
        asks_position=not geocodes or "position" in faults or bool(answers.lat or answers.lon),
        geocodes=geocodes,
        notes_at_most=NOTES,
    )


def _typed(opened: Opened, typed: Mapping[str, str]) -> Answers:
    """Take what was typed, as far as it is text that a database keeps."""
    sent = {name: value.replace("\x00", "").strip() for name, value in typed.items()}
    names = ("address", "lat", "lon", "name", "email", "phone", "notes")
    given = {name: sent[name] for name in names if name in sent}
    place = sent.get("place", "")
    return replace(opened.answers, place="" if place == OTHER else place, **given)


async def _placed(request: Request, opened: Opened, answers: Answers) -> tuple[Answers, dict[str, str]]:
    """Find where it is: what was chosen, the position that was typed, or what the geocoder says of the address."""
    if not answers.place and answers.address != opened.answers.address and answers.lat == opened.answers.lat:
        answers = replace(answers, lat="", lon="")  # the position was that of another address
    if chosen_place(opened.visitor, answers):
        return answers, {}
    if answers.place or not may_type(opened.visitor):
        return answers, {"place": "choose"}
    if not answers.address:
        return answers, {"address": "missing"}
    if len(answers.address) > ADDRESS:
        return answers, {"address": "long"}
    if answers.lat or answers.lon or not services_of(request).settings.geocoder_url:
        return answers, {"position": "wrong" if answers.lat or answers.lon else "missing"}
    found = await services_of(request).geocode.find(answers.address)
    if isinstance(found, Point):
        return replace(answers, lat=str(found.lat), lon=str(found.lon)), {}
    return answers, {"position": "unknown" if found is NoPlace.UNKNOWN else "down"}


def _contact_faults(answers: Answers) -> dict[str, str]:
    """Tell what is wrong with who somebody is, field by field."""
    faults = {}
    for name in ("name", "email", "phone"):
        value = getattr(answers, name)
        if not value and name != "phone":
            faults[name] = "missing"
        elif value:
            try:
                msgspec.convert({"name": "Somebody", name: value}, ContactBody)
            except msgspec.ValidationError:
                faults[name] = "wrong"
    return faults
