"""Draw a QR code in a terminal."""

from __future__ import annotations

import io
import sys

import segno


def qr_code(text: str) -> list[str]:
    """Draw a QR code, white where it must be: a terminal with a light background would turn it inside out."""
    drawn = io.StringIO()
    segno.make_qr(text, error="l").terminal(drawn, compact=True)
    rows = drawn.getvalue().splitlines()
    return [f"\x1b[97;40m{row}\x1b[0m" for row in rows] if sys.stdout.isatty() else rows
