"""Hand mails to an SMTP server."""

from __future__ import annotations

import asyncio
import contextlib

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from aiosmtplib.errors import SMTPDataError

from hub.domain.mailbox import is_address
from hub.store.mailer import Accepted, Away, Envelope, RefusedForGood, RefusedForNow, SendOutcome
from hub.store.smtp_url import SmtpServer

COMMAND_S = 8.0
"""How long a server may take to connect and to answer one command."""
MAIL_S = 12.0
"""How long one mail may take altogether; much less than a lease."""
_SERVICE_CLOSES = 421


class SmtpMailer:
    """Keeps connections open from one mail to the next; as many as are sent at once."""

    def __init__(self, server: SmtpServer, own_name: str, command_s: float = COMMAND_S, mail_s: float = MAIL_S) -> None:
        """Send through `server`, greeting as `own_name`."""
        self._server, self._own_name = server, own_name
        self._command_s, self._mail_s = command_s, mail_s
        self._idle: list[SMTP] = []

    async def send(self, envelope: Envelope) -> SendOutcome:
        """Hand over one mail; a connection after which anything is unclear is not used again."""
        client: SMTP | None = None
        outcome: SendOutcome = Away("interrupted")
        try:
            async with asyncio.timeout(self._mail_s):
                client = await self._connected()
                outcome = await _hand_over(client, envelope)
        except (SMTPException, OSError, TimeoutError) as fault:
            outcome = Away(_words(fault))
        finally:
            if client is not None and isinstance(outcome, Away):
                client.close()
            elif client is not None:
                self._idle.append(client)
        return outcome

    async def rest(self) -> None:
        """Say goodbye on all connections."""
        idle, self._idle = self._idle, []
        for client in idle:
            with contextlib.suppress(SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(1.0):
                    await client.quit()
            client.close()

    async def greet(self) -> str | None:
        """Connect, sign in where told to, and say goodbye; answers the fault, None where all is well."""
        try:
            async with asyncio.timeout(self._mail_s):
                self._idle.append(await self._connect())
        except (SMTPException, OSError, TimeoutError) as fault:
            return _words(fault)
        await self.rest()
        return None

    async def _connected(self) -> SMTP:
        """Take a connection that is open, else make one. One that was idle may have been closed by the server."""
        while self._idle:
            client = self._idle.pop()
            if client.is_connected:
                return client
            client.close()
        return await self._connect()

    async def _connect(self) -> SMTP:
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            start_tls=server.start_tls,
            username=server.username,
            password=server.password,
            local_hostname=self._own_name,  # else the name service is asked for it
            timeout=self._command_s,
        )
        await client.connect()
        return client


async def _hand_over(client: SMTP, envelope: Envelope) -> SendOutcome:
    """Send one mail; raises what leaves the connection in an unknown state."""
    if not is_address(envelope.recipient):
        return RefusedForGood("not an address")  # the library would take what looks like one out of it
    options = [] if envelope.recipient.isascii() else ["smtputf8"]
    try:
        _, reply = await client.sendmail(envelope.sender, [envelope.recipient], envelope.content, mail_options=options)
    except SMTPRecipientsRefused as refused:
        return _refusal(refused.recipients[0])
    except SMTPSenderRefused as refused:
        # The fault is ours or the operator's: it hits every mail alike, and no mail must be lost by it.
        return Away(_words(refused)) if refused.code == _SERVICE_CLOSES else RefusedForNow(_words(refused))
    except SMTPDataError as refused:
        return _refusal(refused)
    except (SMTPNotSupported, ValueError) as fault:
        return RefusedForGood(_words(fault))
    return Accepted(reply)


def _refusal(refused: SMTPResponseException) -> SendOutcome:
    if refused.code == _SERVICE_CLOSES:
        return Away(_words(refused))
    return RefusedForGood(_words(refused)) if refused.code >= 500 else RefusedForNow(_words(refused))


def _words(fault: Exception) -> str:
    """Say what happened in one line, without names or passwords of ours."""
    if isinstance(fault, SMTPResponseException):
        return f"{fault.code} {' '.join(str(fault.message).split())}"
    return " ".join(f"{type(fault).__name__}: {fault}".split())
