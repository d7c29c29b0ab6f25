"""Which places a MapLibre style has browsers ask, so that a page's policy can name them and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any
from urllib.parse import urljoin, urlsplit

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_PMTILES = "pmtiles://"
MOST_ORIGINS = 30
"""More would be no style but a list; the policy is a header of every answer."""


def origin_of(url: str) -> str | None:
    """Tell the origin of an http or https address as a policy writes it; None for anything else."""
    try:
        parts = urlsplit(url.removeprefix(_PMTILES))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    host = f"[{host}]" if ":" in host else host
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")


def style_origins(style: Any, base: str) -> Set[str]:
    """Name the origins of a style's (or a TileJSON's) tiles, data, pictures, letters and sprites.

    `base` is where it was read: addresses may be relative to that. What makes no sense is left out.
    """
    origins = (origin_of(urljoin(base, url)) for url in _addresses(style))
    return frozenset(origin for origin in origins if origin is not None)


def tile_jsons(style: Any, base: str) -> list[str]:
    """List the addresses of further descriptions (TileJSON) that a style refers to; they name tiles of their own."""
    found = (source.get("url") for source in _sources(style))
    return [urljoin(base, url) for url in found if isinstance(url, str) and not url.startswith(_PMTILES)]


def _addresses(style: Any) -> Iterator[str]:
    if not isinstance(style, Mapping):
        return
    sprite = style.get("sprite")
    sprites = [one.get("url") for one in sprite if isinstance(one, Mapping)] if isinstance(sprite, list) else [sprite]
    candidates = [style.get("glyphs"), *sprites, *_listed(style)]
    for source in _sources(style):
        candidates += [source.get("url"), source.get("data"), *_listed(source), *_texts(source.get("urls"))]
    yield from (text for text in candidates if isinstance(text, str))


def _sources(style: Any) -> Iterator[Mapping[str, Any]]:
    sources = style.get("sources") if isinstance(style, Mapping) else None
    if isinstance(sources, Mapping):
        yield from (source for source in sources.values() if isinstance(source, Mapping))


def _listed(described: Mapping[str, Any]) -> list[Any]:
    return _texts(described.get("tiles"))


def _texts(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else []
