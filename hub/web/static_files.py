"""Static files, cached for long: pages name them with their content's hash."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from hub.web.packed import packed

PMTILES = "application/vnd.pmtiles"
MEDIA_TYPES = {".mjs": "text/javascript", ".geojson": "application/geo+json", ".pmtiles": PMTILES}
UNPACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, PMTILES)
"""What is not compressed on its way: ranges of a file are ranges of its own bytes."""


class CachedFiles(StaticFiles):
    """A folder of files; one that is missing is an empty folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer a file: named with its content's hash it never changes, else browsers ask each time if it did."""
        response = await packed(await super().get_response(path, scope), scope)
        versioned = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if versioned else "no-cache"
        return response

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Name types that not every system knows."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if media_type := MEDIA_TYPES.get(Path(full_path).suffix):
            response.headers["Content-Type"] = media_type
        return response


class VendorFiles(CachedFiles):
    """A package's folder, of which only scripts and styles are served."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file of the allowed kinds."""
        return super().lookup_path(path) if path.endswith((".mjs", ".css", "pmtiles.js")) else ("", None)


class OneFile(CachedFiles):
    """One file that the operator named, whatever is asked for; in ranges, since browsers want a few tiles of it."""

    def __init__(self, file: Path) -> None:
        super().__init__(file.parent)
        self._file = file

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find the file."""
        try:
            return str(self._file), self._file.stat()
        except OSError:
            return "", None

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Name the type whatever the file is called."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Content-Type"] = PMTILES
        return response
