"""`hub recorder`: one process that keeps the track history."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
from pathlib import Path

from hub.commands.logs import configure_logs
from hub.commands.single_process import single_process_settings
from hub.settings import Settings
from workers.recorder import run_recorder

POLITENESS = 19
"""The history can wait, in the stream; people who watch cannot. Where both want the processor, they go first."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--name", help="its name among several recorders (default: the host's)")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Record until SIGTERM."""
    settings = single_process_settings("recorder", settings)
    configure_logs()
    _step_back()
    asyncio.run(run_recorder(settings, arguments.name))


def _step_back() -> None:
    """Let the other processes go first."""
    os.nice(POLITENESS)
    with contextlib.suppress(AttributeError, OSError):  # not Linux
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # a core on which only this runs counts as free
    with contextlib.suppress(OSError):  # not Linux, or a kernel without it
        Path("/proc/self/autogroup").write_text(str(POLITENESS))  # there, sessions are weighed before processes
