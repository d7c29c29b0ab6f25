"""Compose the mail of a message: headers, text, HTML and, where a time is fixed or freed, a calendar entry."""

from __future__ import annotations

from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from hub.domain.mailbox import is_address
from hub.domain.messages import MessageKind
from hub.domain.plain_text import header_name, one_line, without_encoded_words
from hub.store.mailer import Envelope
from hub.store.outgoing import Outgoing
from hub.web.emails.headers import MAIL_POLICY
from hub.web.emails.invitation import Invitation, Method, Party, invitation_bytes
from hub.web.emails.rendering import LONGEST_LINE, LONGEST_NAME, Rendered, render_mail
from hub.web.emails.sender import Sender

_METHODS = {
    MessageKind.BOOKED: Method.REQUEST,
    MessageKind.RESCHEDULED: Method.REQUEST,
    MessageKind.UNDONE: Method.REQUEST,
    MessageKind.CANCELED: Method.CANCEL,
}


class ComposeMail:
    """Knows who the mails come from and where their links lead."""

    def __init__(self, sender: Sender, public_url: str) -> None:
        self._sender, self._public_url = sender, public_url

    def __call__(self, mail: Outgoing, token: str, now: datetime) -> Envelope:
        """Compose a mail with the link of `token`; raises ValueError where the contact has no usable address."""
        recipient = _address(mail.contact_email or "")
        url = f"{self._public_url}/v/{token}"
        words = render_mail(mail, url)
        message = self._headed(mail, words, recipient, now)
        message.set_content(words.text, cte="quoted-printable")
        message.add_alternative(words.html, subtype="html", cte="quoted-printable")
        if method := _METHODS.get(mail.kind):
            entry = invitation_bytes(self._invitation(mail, words, recipient, url), method)
            message.add_alternative(entry, maintype="text", subtype="calendar", cte="base64")
            calendar = message.get_payload()[-1]  # type: ignore[index]
            # The same method as inside, or Outlook refuses the entry.
            for name, value in (("charset", "utf-8"), ("method", method.value), ("name", "invite.ics")):
                calendar.set_param(name, value)  # type: ignore[union-attr]
        message["Content-Language"] = words.lang  # last, since the text's arrival would push it out
        return Envelope(sender=self._sender.address, recipient=recipient, content=message.as_bytes())

    def message_id(self, outbox_id: str) -> str:
        """Name the mail of a message: the same, however often it is sent."""
        return f"<{outbox_id}@{self._sender.domain}>"

    def _headed(self, mail: Outgoing, words: Rendered, recipient: str, now: datetime) -> EmailMessage:
        message = EmailMessage(policy=MAIL_POLICY)
        message["From"] = _mailbox(self._sender.name or mail.portal_name, self._sender.address)
        message["To"] = _mailbox(mail.contact_name, recipient)
        message["Subject"] = without_encoded_words(words.subject)
        message["Date"] = format_datetime(now)
        message["Message-ID"] = self.message_id(mail.id)
        if mail.first_id != mail.id:
            message["In-Reply-To"] = message["References"] = self.message_id(mail.first_id)
        message["Auto-Submitted"] = "auto-generated"
        return message

    def _invitation(self, mail: Outgoing, words: Rendered, recipient: str, url: str) -> Invitation:
        portal = one_line(mail.portal_name, LONGEST_NAME)
        return Invitation(
            booking_id=mail.booking_id,
            sequence=mail.facts.sequence,
            written_at=mail.created_at,
            starts_at=mail.facts.window_earliest,
            ends_at=mail.facts.window_latest,
            summary=f"{one_line(mail.service, LONGEST_NAME)} · {portal}",
            description=f"{words.subject}\n{url}",
            address=one_line(mail.address, LONGEST_LINE),
            lat=mail.lat,
            lon=mail.lon,
            url=url,
            organizer=Party(one_line(self._sender.name, LONGEST_NAME) or portal, self._sender.address),
            attendee=Party(one_line(mail.contact_name, LONGEST_NAME) or recipient, recipient),
        )


def _address(email: str) -> str:
    """Write an address in ASCII; raises ValueError for one that no mail can be sent to."""
    local, _, domain = email.strip().rpartition("@")
    try:
        address = f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
        usable = local.isascii() and is_address(address) and Address(addr_spec=address).addr_spec == address
    except (HeaderParseError, ValueError):  # UnicodeError and the defects of headers are ValueErrors
        usable = False
    if not usable:
        raise ValueError("the contact's e-mail address cannot be used")
    return address


def _mailbox(name: str, address: str) -> Address:
    return Address(header_name(name, LONGEST_NAME), addr_spec=address)
