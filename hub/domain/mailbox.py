"""E-mail addresses, as far as we must know them."""

from __future__ import annotations

import re

LONGEST = 254
"""Characters of an address (RFC 5321, erratum 1690)."""
_SIGN = r"[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]"
_ADDRESS = re.compile(f"{_SIGN}+@{_SIGN}+")
_NAMED = re.compile(r"([^<>@]*)<([^<>]*)>")


def is_address(text: str) -> bool:
    """Tell whether text is an address that may stand in a header and in SMTP; whether it exists, only a mail tells."""
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None


def split_mailbox(text: str) -> tuple[str, str]:
    """Split `Name <address>`, or an address alone, into name and address; raises ValueError for anything else."""
    named = _NAMED.fullmatch(text.strip())
    name, address = (named[1].strip(' "'), named[2]) if named else ("", text.strip())
    if not is_address(address) or not name.isprintable():
        raise ValueError("expected address@host or Name <address@host>")
    return name, address
