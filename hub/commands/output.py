"""How commands print what they made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


def say(content: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one JSON line, or a line per item for people."""
    if as_json:
        print(msgspec.json.encode(content).decode())
        return
    for name, value in content.items():
        print(f"{name}: {value}")
