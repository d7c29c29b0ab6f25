"""Read a URL whose scheme may name the interface that is spoken there, as in `valhalla+https://…`."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

Interface = TypeVar("Interface", bound=StrEnum)


def interface_url(url: str, default: Interface) -> tuple[Interface, str]:
    """Split a URL into the interface, an enum of which `default` is the one without a name, and the plain URL.

    Raises ValueError for anything but http or https, and for interfaces that the enum does not know.
    """
    interfaces = type(default)
    named, plus, transport = url.partition("://")[0].partition("+")
    base_url = url.removeprefix(f"{named}+") if plus else url
    try:
        interface = interfaces(named) if plus else default
        parts = urlsplit(base_url)
        is_web = (transport if plus else named) in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # raises where it is no number
    except ValueError:
        is_web = False
    if not is_web:
        names = " or ".join(f"{one}+" for one in interfaces)
        raise ValueError(f"expected http://… or https://…, with {names} before it")
    return interface, base_url
