"""What a caught mail says, as its page shows it."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import parseaddr

import msgspec

from hub.store.caught_mails import CaughtMail

_LINK = re.compile(r"https?://[^\s<>\"]+")
LONGEST_PART = 200_000
"""Characters of a part that a page shows."""


class Piece(msgspec.Struct, frozen=True):
    """A part of a text, with the address that it is a link to."""

    text: str
    url: str | None = None


class Part(msgspec.Struct, frozen=True):
    """A part of a mail that is neither its text nor its HTML."""

    kind: str
    text: str


class ShownMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail, taken apart."""

    headers: list[tuple[str, str]]
    text: list[Piece]
    has_html: bool
    others: list[Part]


def show_mail(mail: CaughtMail) -> ShownMail:
    """Take a mail apart."""
    message = mail.message
    others = [part for part in message.walk() if not part.is_multipart()]
    return ShownMail(
        headers=[(name, str(value)) for name, value in message.items()],
        text=pieces(body(mail, "plain") or ""),
        has_html=body(mail, "html") is not None,
        others=[Part(part.get_content_type(), _content(part)) for part in others if _is_other(part)],
    )


def body(mail: CaughtMail, subtype: str) -> str | None:
    """Read a mail's text (`plain`) or page (`html`); None where it has none."""
    for part in mail.message.walk():
        if part.get_content_type() == f"text/{subtype}":
            return _content(part)
    return None


def recipient(mail: CaughtMail) -> str:
    """Tell whom a mail is for: the address alone."""
    return parseaddr(str(mail.message["To"] or ""))[1]


def pieces(text: str) -> list[Piece]:
    """Find the links in a text."""
    found: list[Piece] = []
    end = 0
    for match in _LINK.finditer(text):
        found += [Piece(text[end : match.start()]), Piece(match[0], match[0])]
        end = match.end()
    return [piece for piece in [*found, Piece(text[end:])] if piece.text]


def _is_other(part: EmailMessage) -> bool:
    return part.get_content_type() not in ("text/plain", "text/html")


def _content(part: EmailMessage) -> str:
    """Decode a part, whatever it claims to be."""
    raw = part.get_payload(decode=True)
    decoded = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
    return decoded.replace("\r\n", "\n")[:LONGEST_PART]
