"""`hub relay`: one process that brings messages from the outbox to the workers."""

from __future__ import annotations

import argparse
import asyncio

from hub.commands.lease import add_lease
from hub.commands.logs import configure_logs
from hub.commands.single_process import single_process_settings
from hub.settings import Settings
from workers.relay import run_relay


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_lease(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Relay until SIGTERM."""
    settings = single_process_settings("relay", settings)
    configure_logs()
    asyncio.run(run_relay(settings, arguments.lease))
