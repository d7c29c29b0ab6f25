"""Where mails go, as the services see it: what the server answers is a value, not an exception."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as SMTP needs it."""

    sender: str
    recipient: str
    content: bytes
    """Headers and body, lines ending with CRLF."""


class Accepted(msgspec.Struct, frozen=True):
    """The server has taken responsibility."""

    reply: str


class RefusedForGood(msgspec.Struct, frozen=True):
    """The server will never take this mail."""

    reply: str


class RefusedForNow(msgspec.Struct, frozen=True):
    """The server may take this mail later; others it may take now."""

    reply: str


class Away(msgspec.Struct, frozen=True):
    """The server takes no mail at all now: unreachable, silent, or not letting us in."""

    fault: str


SendOutcome = Accepted | RefusedForGood | RefusedForNow | Away


class Mailer(Protocol):
    """Where mails go."""

    async def send(self, envelope: Envelope) -> SendOutcome:
        """Hand over one mail, within `smtp.MAIL_S`."""

    async def rest(self) -> None:
        """Close what is kept open between mails."""
