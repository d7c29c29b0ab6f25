"""What a caught mail says, as its page shows it."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

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
        headers=[(name, _read_header(message, name, value)) for name, value in message.raw_items()],
        text=pieces(body(mail, "plain") or ""),
        has_html=body(mail, "html") is not None,
        others=[Part(_kind(part), _content(part)) for part in others if _is_other(part)],
    )


def body(mail: CaughtMail, subtype: str) -> str | None:
    """Read a mail's text (`plain`) or page (`html`); None where it has none."""
    for part in mail.message.walk():
        if _kind(part) == f"text/{subtype}":
            return _content(part)
    return None


def recipient(mail: CaughtMail) -> str:
    """Tell whom a mail is for: the address alone."""
    return parseaddr(header(mail, "To"))[1]


def header(mail: CaughtMail, name: str) -> str:
    """Read a header's first value, as it was sent where it cannot be decoded; "" where there is none."""
    found = (value for one, value in mail.message.raw_items() if one.lower() == name.lower())
    return _read_header(mail.message, name, next(found, ""))


def pieces(text: str) -> list[Piece]:
    """Find the links in a text."""
    found: list[Piece] = []
    end = 0
    for match in _LINK.finditer(text):
        found += [Piece(text[end : match.start()]), Piece(match[0], match[0])]
        end = match.end()
    return [piece for piece in [*found, Piece(text[end:])] if piece.text]


def _is_other(part: EmailMessage) -> bool:
    return _kind(part) not in ("text/plain", "text/html")


def _read_header(message: EmailMessage, name: str, value: Any) -> str:
    try:
        return str(message.policy.header_fetch_parse(name, value))
    except Exception:  # Python's parser raises whatever it stumbles over, such as a line break in an encoded name
        return str(value).encode("utf-8", "replace").decode()


def _kind(part: EmailMessage) -> str:
    try:
        return part.get_content_type()
    except Exception:  # as above
        return "text/plain"


def _content(part: EmailMessage) -> str:
    """Decode a part, whatever it claims to be."""
    try:
        raw = part.get_payload(decode=True)
    except Exception:  # as above
        raw = None
    decoded = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
    return decoded.replace("\r\n", "\n")[:LONGEST_PART]
