"""The adapter to SMTP servers: what they answer becomes a value."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.store.mailer import Accepted, Away, Envelope, RefusedForGood, RefusedForNow
from hub.store.smtp import SmtpMailer
from hub.store.smtp_url import smtp_server
from tests.integration.mail.server import MailServer, mail_server

CONTENT = b"Subject: Hello\r\nMessage-ID: <1@test>\r\n\r\n.a line that begins with a dot\r\n"


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    """Run a mail server."""
    async with mail_server() as server:
        yield server


@pytest.fixture
async def mailer(smtp: MailServer) -> AsyncIterator[SmtpMailer]:
    """Connect to it, impatiently."""
    made = SmtpMailer(smtp_server(smtp.url), "hub.test", command_s=0.3, mail_s=0.6)
    yield made
    await made.rest()


def envelope(recipient: str = "aino@example.org") -> Envelope:
    """Write a mail."""
    return Envelope(sender="noreply@hub.test", recipient=recipient, content=CONTENT)


async def test_accepted(smtp: MailServer, mailer: SmtpMailer) -> None:
    assert isinstance(await mailer.send(envelope()), Accepted)
    (mail,) = smtp.received
    assert (mail.sender, mail.recipients) == ("noreply@hub.test", ["aino@example.org"])
    assert mail.message.get_content().startswith(".a line")


async def test_one_connection_carries_mail_after_mail_refused_ones_between(
    smtp: MailServer, mailer: SmtpMailer
) -> None:
    smtp.answer_recipient = lambda address: "550 unknown" if address.startswith("bad") else "250 taken"
    assert await mailer.send(envelope("bad@example.org")) == RefusedForGood("550 unknown")
    assert isinstance(await mailer.send(envelope()), Accepted)
    assert isinstance(await mailer.send(envelope()), Accepted)
    assert smtp.connections == 1


@pytest.mark.parametrize("answer", ["450 busy", "451 try later", "452 no room"])
async def test_refused_for_now(smtp: MailServer, mailer: SmtpMailer, answer: str) -> None:
    smtp.answer_recipient = lambda address: answer
    assert await mailer.send(envelope()) == RefusedForNow(answer)
    smtp.answer_recipient, smtp.answer_data = lambda address: "250 taken", lambda number: answer
    assert await mailer.send(envelope()) == RefusedForNow(answer)


@pytest.mark.parametrize("answer", ["550 no", "552 too large", "554 spam"])
async def test_refused_for_good(smtp: MailServer, mailer: SmtpMailer, answer: str) -> None:
    smtp.answer_data = lambda number: answer
    assert await mailer.send(envelope()) == RefusedForGood(answer)


async def test_a_server_that_says_goodbye_is_away(smtp: MailServer, mailer: SmtpMailer) -> None:
    smtp.answer_recipient = lambda address: "421 going down"
    assert await mailer.send(envelope()) == Away("421 going down")


async def test_a_server_that_is_gone_silent_or_closes_is_away(smtp: MailServer, mailer: SmtpMailer) -> None:
    smtp.pause_s = 5
    assert isinstance(await mailer.send(envelope()), Away)
    smtp.pause_s, smtp.drop_after_taking = 0, 1
    assert isinstance(await mailer.send(envelope()), Away)
    await smtp.close()
    assert isinstance(await mailer.send(envelope()), Away)
    await smtp.open()
    assert isinstance(await mailer.send(envelope()), Accepted)


async def test_an_address_that_would_break_the_protocol_is_refused_here(smtp: MailServer, mailer: SmtpMailer) -> None:
    assert isinstance(await mailer.send(envelope("a@b>\r\nRCPT TO:<c@d")), RefusedForGood)
    assert smtp.asked == 0


async def test_greeting_tells_the_fault(smtp: MailServer, mailer: SmtpMailer) -> None:
    assert await mailer.greet() is None
    await smtp.close()
    fault = await mailer.greet()
    assert fault is not None
    assert str(smtp.port) in fault or "onnect" in fault


async def test_a_sign_in_that_is_refused_is_a_server_that_is_away(smtp: MailServer) -> None:
    url = smtp.url.replace("//", "//hub:hush-hush@")
    mailer = SmtpMailer(smtp_server(url), "hub.test", command_s=0.3, mail_s=0.6)
    outcome = await mailer.send(envelope())
    assert isinstance(outcome, Away)
    assert "hush-hush" not in outcome.fault
