"""Draw a QR code on a page."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """Draw a QR code as SVG for a page: black on white, also where the page is dark, since cameras expect that."""
    drawn = segno.make_qr(text, error="m").svg_inline(omitsize=True, dark="#000", light="#fff", border=4)
    return Markup(drawn)  # noqa: S704 - made of squares, whatever the text is
