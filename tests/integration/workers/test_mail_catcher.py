"""The demo's catcher of mails."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

from hub.commands.listen import listening_socket
from hub.store.caught_mails import CaughtMails
from hub.store.mailer import Accepted, Envelope
from hub.store.smtp import SmtpMailer
from hub.store.smtp_url import smtp_server
from tests.integration.commands.launched import ROOT, clean_environment, hub_command
from tests.unit.web.emails.mails import a_mail, written


async def test_what_is_sent_to_the_catcher_is_kept(tmp_path: Path) -> None:
    with listening_socket("127.0.0.1", 0) as listener:
        port, descriptor = listener.getsockname()[1], listener.fileno()
        process = subprocess.Popen(  # noqa: S603, ASYNC220 - our own program
            hub_command("mail-catcher", "--fd", str(descriptor)),
            env=clean_environment(tmp_path),
            cwd=ROOT,
            pass_fds=[descriptor],
        )
    try:
        mailer = SmtpMailer(smtp_server(f"smtp://127.0.0.1:{port}"), "hub.test")
        content = written(a_mail())
        outcome = await mailer.send(Envelope(sender="a@b", recipient="aino@example.org", content=content))
        await mailer.rest()
    finally:
        process.terminate()
        code = await asyncio.to_thread(process.wait, 10)
    assert isinstance(outcome, Accepted)
    assert code == 0
    (mail,) = CaughtMails(tmp_path / "mail").newest(10)
    assert mail.message["Message-ID"] == "<me_2@visit.example>"
