"""How long relay and worker lease messages for."""

from __future__ import annotations

import argparse
from datetime import timedelta

from hub.services.hold_leases import LEASE


def add_lease(parser: argparse.ArgumentParser) -> None:
    """Describe `--lease`."""
    parser.add_argument(
        "--lease",
        type=_seconds,
        default=LEASE,
        metavar="SECONDS",
        help=f"after so long a lost message is taken up again (default {LEASE.total_seconds():.0f})",
    )


def _seconds(text: str) -> timedelta:
    seconds = float(text)
    if not 1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("expected 1 to 3600")
    return timedelta(seconds=seconds)
