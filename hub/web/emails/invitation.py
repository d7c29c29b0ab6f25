"""A visit as an iCalendar object: an invitation to keep, its withdrawal, or an entry to take along."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec
from icalendar import Calendar, Event, vCalAddress, vGeo, vText

PRODUCT = "-//Enroute//Visits//EN"


class Method(StrEnum):
    """What a mail program does with it."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


class Party(msgspec.Struct, frozen=True):
    """Somebody with an address."""

    name: str
    email: str


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """What the entry says; times are the promised window, since that is when somebody should be there."""

    booking_id: str
    sequence: int
    written_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    address: str
    lat: float
    lon: float
    url: str
    canceled: bool = False
    organizer: Party | None = None
    attendee: Party | None = None
    """Both are needed for an invitation, and neither for an entry to take along."""


def calendar_uid(booking_id: str) -> str:
    """Name a booking's entry, the same for life: it must not depend on any setting."""
    return f"{booking_id}@visits.enroute"


def invitation_bytes(invitation: Invitation, method: Method) -> bytes:
    """Write the object (RFC 5545, RFC 5546), times in UTC."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    calendar.add_component(_event(invitation, method))
    written: bytes = calendar.to_ical()
    return written


def _event(invitation: Invitation, method: Method) -> Event:
    event = Event()
    event.add("uid", calendar_uid(invitation.booking_id))
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.written_at)
    event.add("dtstart", invitation.starts_at)
    event.add("dtend", invitation.ends_at)
    event.add("status", "CANCELLED" if invitation.canceled or method is Method.CANCEL else "CONFIRMED")
    event.add("summary", invitation.summary)
    event.add("description", invitation.description)
    event.add("location", invitation.address)
    event.add("geo", vGeo((invitation.lat, invitation.lon)))
    event.add("url", invitation.url)
    event.add("transp", "OPAQUE")
    if invitation.organizer:
        event.add("organizer", _address(invitation.organizer), encode=False)
    if invitation.attendee:
        attendee = _address(invitation.attendee)
        # Nobody reads answers: the link in the mail is how a visit is changed.
        attendee.params |= {"ROLE": vText("REQ-PARTICIPANT"), "PARTSTAT": vText("ACCEPTED"), "RSVP": vText("FALSE")}
        event.add("attendee", attendee, encode=False)
    return event


def _address(party: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{party.email}")
    address.params["CN"] = vText(party.name.replace('"', "'"))
    return address
