"""`mail-catcher`: an SMTP server of the demo that sends nothing on and keeps what it gets."""

from __future__ import annotations

import asyncio
import signal
import socket

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from hub.store.caught_mails import CaughtMails

LARGEST_BYTES = 10 * 1024 * 1024

log = structlog.get_logger()


class Catch:
    """Keeps every mail."""

    def __init__(self, mails: CaughtMails) -> None:
        self._mails = mails

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a mail; it is acknowledged once it is in its file."""
        content = envelope.original_content or b""
        try:
            name = await asyncio.to_thread(self._mails.add, content)
        except OSError as fault:
            log.warning("mail not caught", fault=str(fault))
            return "452 no room"
        return f"250 caught as {name}"


async def run_mail_catcher(mails: CaughtMails, listener: socket.socket) -> None:
    """Catch until SIGTERM or SIGINT."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    catch = Catch(mails)
    server = await loop.create_server(
        lambda: SMTP(
            catch, hostname="catcher.localhost", ident="caught", data_size_limit=LARGEST_BYTES, enable_SMTPUTF8=True
        ),
        sock=listener,
    )
    try:
        await stopped.wait()
    finally:
        server.close()
