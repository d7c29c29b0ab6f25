"""Static files compressed once a process, not once a reader: the map's library alone takes 60 ms each time."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import Scope

TEXT = frozenset({".mjs", ".js", ".css", ".svg", ".geojson"})
SMALLEST = 1_024
"""Bytes below which packing gains nothing on the wire."""
MOST_FILES = 256


async def packed(response: Response, scope: Scope) -> Response:
    """Answer a whole text file compressed, to those who understand it; everything else as it is."""
    if not isinstance(response, FileResponse) or response.stat_result is None:
        return response
    headers = Headers(scope=scope)
    file, size = Path(response.path), response.stat_result.st_size
    if (
        file.suffix not in TEXT
        or size < SMALLEST
        or "range" in headers
        or "gzip" not in headers.get("accept-encoding", "")
    ):
        return response
    content = await to_thread.run_sync(_pack, file, response.stat_result.st_mtime_ns)
    kept = {name: response.headers[name] for name in ("content-type", "etag", "last-modified")}
    return Response(content, headers=kept | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})


@lru_cache(MOST_FILES)
def _pack(file: Path, _mtime_ns: int) -> bytes:
    return gzip.compress(file.read_bytes(), 9, mtime=0)
