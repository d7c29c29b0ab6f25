"""An SMTP server that misbehaves on demand."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 taken"


class Received(msgspec.Struct, frozen=True):
    """One mail that was accepted."""

    sender: str
    recipients: list[str]
    message: EmailMessage

    @property
    def message_id(self) -> str:
        """Tell the mail's Message-ID."""
        return str(self.message["Message-ID"])


class MailServer:
    """Accepts everything, until `answer_recipient` or `answer_data` say otherwise."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.asked = 0
        """How often a recipient was named."""
        self.answer_recipient: Callable[[str], str] = lambda address: OK
        self.answer_data: Callable[[int], str] = lambda number: OK
        """Answers the n-th mail, from 1 on."""
        self.pause_s = 0.0
        """Before each answer to a mail."""
        self.drop_after_taking = 0
        """So many mails are taken and the connection is then lost before the answer."""
        self._number = 0
        self._server: asyncio.Server | None = None
        self._protocols: set[SMTP] = set()
        self.port = 0
        self.connections = 0

    @property
    def url(self) -> str:
        """Tell where it answers."""
        return f"smtp://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """Listen, at the same port as before."""
        self._server = await asyncio.get_running_loop().create_server(self._protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """End all connections and refuse new ones."""
        if self._server:
            self._server.close()
            self._server = None
        for protocol in self._protocols:
            _cut_off(protocol)
        self._protocols.clear()
        await asyncio.sleep(0)

    async def until(self, number: int, within_s: float = 60.0) -> None:
        """Wait until so many mails were accepted."""
        async with asyncio.timeout(within_s):
            while len(self.received) < number:  # noqa: ASYNC110 - mails come when they come
                await asyncio.sleep(0.02)

    def times(self) -> Counter[str]:
        """Count how often each Message-ID was accepted."""
        return Counter(mail.message_id for mail in self.received)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer a recipient."""
        self.asked += 1
        answer = self.answer_recipient(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer a mail."""
        self._number += 1
        answer = self.answer_data(self._number)
        if self.pause_s:
            await asyncio.sleep(self.pause_s)
        if answer != OK:
            return answer
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(Received(envelope.mail_from or "", list(envelope.rcpt_tos), message))
        if self.drop_after_taking > 0:
            self.drop_after_taking -= 1
            _cut_off(server)
        return answer

    def _protocol(self) -> SMTP:
        self.connections += 1
        protocol = SMTP(self, hostname="mail.test", enable_SMTPUTF8=True, loop=asyncio.get_running_loop())
        self._protocols.add(protocol)
        return protocol


def _cut_off(protocol: SMTP) -> None:
    if isinstance(protocol.transport, asyncio.Transport):
        protocol.transport.abort()


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """Run a server until the end of the block."""
    server = MailServer()
    await server.open()
    try:
        yield server
    finally:
        await server.close()
