"""`hub replay FILE --token T`: send a recorded trace as if it were driven now."""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
import time
from pathlib import Path

from hub.clients.ping_line import BadToken, HubAway, ping_line
from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.data_dir import settings_beside
from hub.replay.fixes import Trace, TraceError
from hub.replay.play import Progress, play
from hub.replay.read import read_trace
from hub.settings import Settings

SHOW_EVERY_S = 0.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("file", metavar="FILE", type=Path, help="GPX, CSV (lat, lon, at, …) or JSON lines")
    parser.add_argument("--token", required=True, help="the device's token")
    parser.add_argument("--speed", type=_speed, default=1.0, metavar="N", help="N times as fast; times shrink alike")
    parser.add_argument("--trip", help="choose one trip of a CSV that has a column `trip`")
    parser.add_argument("--url", help="the hub's address (default: the hub that runs here)")


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed <= 1_000_000:
        raise argparse.ArgumentTypeError("expected a number above 0")
    return speed


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Send all of it; exit 1 with the reason when that fails."""
    url = (arguments.url or settings_beside(settings).public_url).rstrip("/")
    try:
        trace = read_trace(arguments.file, arguments.trip)
        if trace.unreadable:
            print(f"{len(trace.unreadable)} left out, the first is {trace.unreadable[0]}", file=sys.stderr)
        progress = asyncio.run(_play(url, arguments, trace))
    except (TraceError, BadToken, HubAway) as error:
        raise CommandError(str(error)) from None
    print(f"{progress.sent} sent: {_counts(progress)}")


async def _play(url: str, arguments: argparse.Namespace, trace: Trace) -> Progress:
    show = ProgressLine()
    async with ping_line(url, arguments.token) as line:
        try:
            return await play(line, trace.fixes, arguments.speed, system_clock, show)
        finally:
            show.end()


class ProgressLine:
    """One line that is written over on a terminal; elsewhere a line for every tenth of the way."""

    def __init__(self) -> None:
        self._is_terminal = sys.stdout.isatty()
        self._shown_at_s, self._tenth, self._began = -SHOW_EVERY_S, 0, False

    def __call__(self, progress: Progress) -> None:
        """Show how far it is."""
        line = f"{progress.percent:3} %  {progress.sent}/{progress.total}  {_counts(progress)}"
        if self._is_terminal:
            done = progress.sent == progress.total
            if done or time.monotonic() - self._shown_at_s >= SHOW_EVERY_S:
                self._shown_at_s, self._began = time.monotonic(), True
                print(f"\r{line}\x1b[K", end="", flush=True)
        elif progress.percent // 10 > self._tenth:
            self._tenth = progress.percent // 10
            print(line, flush=True)

    def end(self) -> None:
        """Leave the line that was written over."""
        if self._began:
            print(flush=True)


def _counts(progress: Progress) -> str:
    verdicts = ", ".join(f"{count} {name}" for name, count in progress.verdicts.items() if count)
    reasons = ", ".join(f"{name} {count}" for name, count in progress.reasons.most_common())
    return f"{verdicts} ({reasons})" if reasons else verdicts
