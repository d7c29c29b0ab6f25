"""`hub worker`: one process that sends mails and does chores of upkeep."""

from __future__ import annotations

import argparse

from hub.commands.lease import add_lease
from hub.commands.logs import configure_logs
from hub.commands.single_process import single_process_settings
from hub.settings import Settings
from workers.worker import run_worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_lease(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Work until SIGTERM."""
    settings = single_process_settings("worker", settings)
    configure_logs()
    run_worker(settings, arguments.lease)
