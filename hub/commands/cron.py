"""`hub cron`: one process that says when upkeep is due; a worker does it."""

from __future__ import annotations

import argparse

from hub.commands.logs import configure_logs
from hub.commands.single_process import single_process_settings
from hub.settings import Settings
from workers.cron import run_cron


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Run until SIGTERM."""
    settings = single_process_settings("cron", settings)
    configure_logs()
    run_cron(settings)
