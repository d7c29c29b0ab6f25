"""Build outgoing messages, and read what was composed."""

from __future__ import annotations

import email
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import msgspec
from icalendar import Calendar, Event

from hub.domain.booking_status import BookingStatus
from hub.domain.messages import MessageKind
from hub.store.outbox import MessageFacts
from hub.store.outgoing import Outgoing
from hub.web.emails.compose import ComposeMail
from hub.web.emails.sender import sender
from tests.builders import NOW

PUBLIC_URL = "https://visit.example"
DAY = timedelta(days=1)

FACTS = MessageFacts(
    starts_at=NOW + DAY,
    ends_at=NOW + DAY + timedelta(minutes=30),
    window_earliest=NOW + DAY,
    window_latest=NOW + DAY + timedelta(hours=2),
    sequence=3,
    canceled=False,
)

MAIL = Outgoing(
    id="me_2",
    booking_id="bk_1",
    kind=MessageKind.BOOKED,
    facts=FACTS,
    attempts=1,
    created_at=NOW,
    first_id="me_1",
    newer_sent=False,
    status=BookingStatus.SCHEDULED,
    contact_name="Aino Aalto",
    contact_email="aino@example.org",
    contact_language="en",
    portal_name="Kaisla",
    portal_demo=False,
    address="Fredrikinkatu 20, Helsinki",
    lat=60.16,
    lon=24.94,
    time_zone="Europe/Helsinki",
    service="Boiler check",
    preparation="Clear the way to the boiler.",
    technician_name="Tero Virtanen",
)


def a_mail(kind: MessageKind | str = MessageKind.BOOKED, **changes: Any) -> Outgoing:
    """Describe a message of a kind, like `MAIL` but for the changes."""
    return msgspec.structs.replace(MAIL, kind=MessageKind(kind), **changes)


def with_before(**changes: Any) -> MessageFacts:
    """Describe a visit whose time was changed."""
    return msgspec.structs.replace(FACTS, was_earliest=NOW, was_latest=NOW + timedelta(hours=2), **changes)


def written(mail: Outgoing, mail_from: str = "") -> bytes:
    """Compose a mail as SMTP gets it."""
    content = ComposeMail(sender(mail_from, PUBLIC_URL), PUBLIC_URL)(mail, "TOKEN", NOW).content
    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))  # RFC 5322, 2.1.1
    return content


def composed(mail: Outgoing, mail_from: str = "") -> EmailMessage:
    """Compose a mail and read it as a mail program does."""
    message = email.message_from_bytes(written(mail, mail_from), policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def text_of(message: EmailMessage, subtype: str = "plain") -> str:
    """Read a mail's text or page."""
    (part,) = (part for part in message.iter_parts() if part.get_content_subtype() == subtype)
    return str(part.get_content())


def entry_of(message: EmailMessage) -> tuple[str, Calendar, Event]:
    """Read a mail's calendar entry: the method of its type, the object and the event."""
    part = list(message.iter_parts())[2]
    assert part.get_content_type() == "text/calendar"
    calendar = Calendar.from_ical(part.get_content())
    assert isinstance(calendar, Calendar)
    (event,) = calendar.events
    return str(part["Content-Type"].params["method"]), calendar, event
