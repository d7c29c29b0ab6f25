"""What mails say and how they are built."""

from __future__ import annotations

import email
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from email.utils import parseaddr

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.messages import MessageKind
from hub.domain.plain_text import header_name, one_line
from hub.web.emails.rendering import LONGEST_NAME, LONGEST_SUBJECT
from tests.builders import NOW
from tests.unit.web.emails.mails import DAY, FACTS, a_mail, composed, entry_of, text_of, with_before, written

FIXED = (MessageKind.BOOKED, MessageKind.RESCHEDULED, MessageKind.UNDONE)


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_every_mail_says_what_when_where_and_has_the_link(kind: MessageKind, subtype: str) -> None:
    text = text_of(composed(a_mail(kind)), subtype)
    for said in ("Boiler check", "Tuesday 24 November", "16:00–18:00", "Fredrikinkatu 20, Helsinki", "Aino Aalto"):
        assert said in text
    assert "https://visit.example/v/TOKEN" in text


@pytest.mark.parametrize("kind", MessageKind)
def test_who_comes_is_told_only_when_they_are_on_the_way(kind: MessageKind) -> None:
    told = "Tero Virtanen" in composed(a_mail(kind)).as_string()
    assert told is (kind is MessageKind.ON_THE_WAY)


@pytest.mark.parametrize("kind", ["rescheduled", "undone", "canceled"])
@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_the_time_before_is_told_where_it_changed(kind: str, subtype: str) -> None:
    assert "Monday 23 November, 16:00–18:00" in text_of(composed(a_mail(kind, facts=with_before())), subtype)
    assert "Monday 23 November" not in text_of(composed(a_mail(kind)), subtype)


@pytest.mark.parametrize("kind", FIXED)
def test_a_fixed_time_comes_as_a_request(kind: MessageKind) -> None:
    method, calendar, event = entry_of(composed(a_mail(kind)))
    assert method == str(calendar["METHOD"]) == "REQUEST"
    assert str(event["STATUS"]) == "CONFIRMED"


def test_a_freed_time_comes_as_a_cancel() -> None:
    method, calendar, event = entry_of(composed(a_mail("canceled")))
    assert method == str(calendar["METHOD"]) == "CANCEL"
    assert str(event["STATUS"]) == "CANCELLED"


@pytest.mark.parametrize("kind", ["on_the_way", "completed"])
def test_where_no_time_changes_there_is_no_calendar_entry(kind: str) -> None:
    assert [part.get_content_type() for part in composed(a_mail(kind)).iter_parts()] == ["text/plain", "text/html"]


def test_an_entry_has_one_uid_for_life_and_a_rising_sequence() -> None:
    _, _, booked = entry_of(composed(a_mail("booked")))
    later = msgspec.structs.replace(FACTS, sequence=4)
    _, _, canceled = entry_of(composed(a_mail("canceled", id="me_9", facts=later), "Other <mail@other.example>"))
    assert str(booked["UID"]) == str(canceled["UID"])
    assert (booked["SEQUENCE"], canceled["SEQUENCE"]) == (3, 4)


def test_an_entry_tells_the_promised_window_in_utc_and_who_is_asked() -> None:
    _, _, event = entry_of(composed(a_mail()))
    assert isinstance(event.start, datetime)
    assert event.start == FACTS.window_earliest
    assert event.start.utcoffset() == timedelta(0)
    assert event.end == FACTS.window_latest
    assert str(event["ATTENDEE"]) == "mailto:aino@example.org"
    assert str(event["ORGANIZER"]) == "mailto:noreply@visit.example"
    assert str(event["LOCATION"]) == "Fredrikinkatu 20, Helsinki"


def test_the_message_id_stays_and_later_mails_answer_the_first() -> None:
    later = composed(a_mail(id="me_2", first_id="me_1"))
    assert later["Message-ID"] == "<me_2@visit.example>"
    assert later["In-Reply-To"] == later["References"] == "<me_1@visit.example>"
    first = composed(a_mail(id="me_1", first_id="me_1"))
    assert first["In-Reply-To"] is None
    assert first["Auto-Submitted"] == "auto-generated"


def test_it_comes_from_the_portal_unless_the_operator_names_somebody() -> None:
    assert str(composed(a_mail())["From"]) == "Kaisla <noreply@visit.example>"
    assert str(composed(a_mail(), "Fix It <mail@fixit.example>")["From"]) == "Fix It <mail@fixit.example>"
    assert composed(a_mail(), "mail@fixit.example")["Message-ID"] == "<me_2@fixit.example>"


def test_a_mail_speaks_the_contacts_language_and_tells_times_in_the_visits_zone() -> None:
    message = composed(a_mail(contact_language="fi"))
    assert message["Content-Language"] == "fi"
    assert '<html lang="fi" dir="ltr">' in text_of(message, "html")
    assert "tiistai" in text_of(message)
    assert "16.00–18.00" in text_of(message)
    assert "09:00–11:00" in text_of(composed(a_mail(time_zone="America/New_York")))


@pytest.mark.parametrize("language", ["ar", "he"])
@pytest.mark.parametrize("kind", MessageKind)
def test_a_mail_in_arabic_or_hebrew_runs_from_right_to_left_even_where_only_its_body_is_kept(
    kind: MessageKind, language: str
) -> None:
    body = text_of(composed(a_mail(kind, contact_language=language)), "html")
    assert f'<html lang="{language}" dir="rtl">' in body
    assert f'<div class="letter" lang="{language}" dir="rtl">' in body


@pytest.mark.parametrize("language", ["FI-fi", "FI", "fi_FI", "Fi"])
def test_however_a_language_is_spelled_the_mail_speaks_it(language: str) -> None:
    assert composed(a_mail(contact_language=language))["Content-Language"] == "fi"


@pytest.mark.parametrize("language", ["tlh\r\nX: y", "TLH", "tlh-FI", ""])
def test_an_unknown_language_is_told_in_english(language: str) -> None:
    assert composed(a_mail(contact_language=language))["Content-Language"] == "en"


def test_a_demo_says_that_it_is_one() -> None:
    assert "This is a demo" in text_of(composed(a_mail(portal_demo=True)))
    assert "This is a demo" not in text_of(composed(a_mail()))


NASTY = (
    "Aino\r\nBcc: everyone@example.org\r\n\r\n<script>alert(1)</script>",
    "x" * 10_000,
    "\0\u202e\ud800",
    'Ääkkö, "A" <b@c>',
    "=?utf-8?q?=0d=0aBcc:x?=",
    "=\0?utf-8?q?=0d=0aBcc:x?\0=",
)


@pytest.mark.parametrize("name", NASTY)
def test_names_break_neither_headers_nor_pages(name: str) -> None:
    fields = dict.fromkeys(
        ("contact_name", "portal_name", "address", "service", "technician_name", "preparation"), name
    )
    message = composed(a_mail("on_the_way", **fields))
    assert [address.addr_spec for address in message["To"].addresses] == ["aino@example.org"]
    assert [address.addr_spec for address in message["From"].addresses] == ["noreply@visit.example"]
    assert "=0d=0a" not in message.as_string().lower()
    assert message["Bcc"] is None
    assert len(str(message["Subject"])) <= 200
    assert "<script" not in text_of(message, "html")
    assert len(text_of(message)) < 10_000
    _, _, event = entry_of(composed(a_mail("booked", **fields)))
    assert str(event["ATTENDEE"]) == "mailto:aino@example.org"


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
@settings(max_examples=200, deadline=None)
def test_headers_say_exactly_what_was_meant(name: str, service: str) -> None:
    content = written(a_mail("completed", contact_name=name, portal_name=name, service=service))
    raw = email.message_from_bytes(content)  # Python's newer parser puts spaces into encoded names
    for header in ("To", "From"):
        assert decoded(parseaddr(raw[header])[0]) == header_name(name, LONGEST_NAME)
    said = f"Done: {one_line(service, LONGEST_NAME)}, Tuesday 24 November"
    assert decoded(raw["Subject"]) == one_line(said, LONGEST_SUBJECT)


def decoded(text: str) -> str:
    """Decode encoded words."""
    return str(make_header(decode_header(text)))


def test_names_do_not_advertise() -> None:
    text = text_of(composed(a_mail(contact_name="Win at https://evil.example", address="www.evil.example")))
    assert "https://evil" not in text
    assert "www." not in text


UNUSABLE = (
    *("", "nobody", "a@b\r\nRCPT TO:<c@d>", "a@b, c@d", "......@example.org", ".a@example.org", "a.@example.org"),
    *("a..b@example.org", "a@a..b.org", "a@b.", "a@.b", "äiti@example.org", "a@ä..b.org", "a@" + "ü" * 70 + ".org"),
)


@pytest.mark.parametrize("address", UNUSABLE)
def test_an_address_that_cannot_be_used_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        composed(a_mail(contact_email=address))


def test_a_foreign_domain_is_written_in_ascii() -> None:
    assert composed(a_mail(contact_email="a@münchen.example"))["To"].addresses[0].domain == "xn--mnchen-3ya.example"


def test_a_window_over_midnight_is_told_by_its_first_day() -> None:
    late = msgspec.structs.replace(
        FACTS, window_earliest=NOW + DAY + timedelta(hours=7), window_latest=NOW + DAY + timedelta(hours=9)
    )
    assert "Tuesday 24 November, 23:00–01:00" in text_of(composed(a_mail(facts=late)))
