"""`hub simulate`: technicians driving the demo city."""

from __future__ import annotations

import argparse
import asyncio

from hub.clients.ping_line import BadToken
from hub.commands.fail import CommandError
from hub.commands.logs import configure_logs
from hub.data_dir import settings_beside
from hub.demo.clerk import BadKey
from hub.demo.seeded import SeedRefused
from hub.demo.simulate import simulate
from hub.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Drive until stopped."""
    configure_logs()
    try:
        asyncio.run(simulate(settings_beside(settings)))
    except SeedRefused as error:
        raise CommandError(str(error)) from None
    except ExceptionGroup as group:
        if group.subgroup((BadToken, BadKey)) is None:
            raise
        raise CommandError("the hub refuses the simulator's credentials; start it again for fresh ones") from None
