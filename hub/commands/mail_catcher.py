"""`hub mail-catcher`: an SMTP server that keeps mails in `HUB_DATA_DIR` instead of sending them."""

from __future__ import annotations

import argparse
import asyncio
import socket

from hub.commands.listen import listening_socket
from hub.commands.logs import configure_logs
from hub.data_dir import DataDir
from hub.settings import Settings
from hub.store.caught_mails import CaughtMails
from workers.mail_catcher import run_mail_catcher


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--port", type=int, default=1025, help="port on this machine to listen on")
    parser.add_argument("--fd", type=int, help="listen on this open socket instead")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Catch until SIGTERM."""
    configure_logs()
    if arguments.fd is None:
        listener = listening_socket("127.0.0.1", arguments.port)
    else:
        listener = socket.socket(fileno=arguments.fd)
    asyncio.run(run_mail_catcher(CaughtMails(DataDir(settings.data_dir).mail_folder), listener))
