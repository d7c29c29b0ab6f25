"""The program of the technician's page: its modules under one version, the manifest and the service worker.

Modules import each other by relative addresses, so all lie under one versioned folder: a page never runs modules of
two versions, whatever a browser has kept.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.web.page_response import error_page
from hub.web.pages import static_url

FOLDER = Path(__file__).resolve().parents[3] / "static" / "technician"
VERSION_HEADER = "X-Shell"
"""On the page: which version of the program it belongs to."""
_STYLES = ("ui/tokens.css", "ui/page.css", "ui/work.css", "ui/technician.css")
_WORKER = "worker.mjs"
_TEMPLATE = FOLDER.parents[1] / "templates" / "pages" / "technician" / "page.html"
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def shell_version() -> str:
    """Name the page's program: another name wherever a part of it is another."""
    parts = [*_modules().values(), FOLDER / _WORKER, _TEMPLATE]
    return _version(tuple((part, part.stat().st_mtime_ns) for part in parts), tuple(map(static_url, _STYLES)))


def module_url(name: str) -> str:
    """Tell the address of one of the page's modules."""
    return f"/tech/app/{shell_version()}/{name}"


async def module(request: Request) -> Response:
    """Answer a module of the version that this hub has; another one is not here, rather than mixed up."""
    file = _modules().get(request.path_params["name"])
    if file is None or request.path_params["version"] != shell_version():
        return await error_page(request, 404)
    return Response(file.read_bytes(), headers=_FOR_EVER, media_type="text/javascript")


async def worker(request: Request) -> Response:
    """Answer the service worker, with what it has to keep for working offline."""
    icons = [_icon("icon-192.png")]
    urls = [*map(static_url, _STYLES), static_url("ui/icon.svg"), *icons, *(module_url(name) for name in _modules())]
    shell = msgspec.json.encode({"version": shell_version(), "urls": urls}).decode()
    text = f"self.shell = {shell};\n{(FOLDER / _WORKER).read_text()}"
    headers = {"Service-Worker-Allowed": "/tech", "Cache-Control": "no-cache"}  # without, its scope were /tech/
    return Response(text, headers=headers, media_type="text/javascript")


async def manifest(request: Request) -> Response:
    """Answer what makes the page an app on the home screen."""
    content = {
        "id": "/tech",
        "name": "Enroute",
        "short_name": "Enroute",
        "start_url": "/tech",
        "scope": "/tech",
        "display": "standalone",
        "background_color": "#f5f6f3",
        "theme_color": "#0d6b5e",
        "icons": [
            {"src": static_url("ui/icon.svg"), "type": "image/svg+xml", "sizes": "any"},
            {"src": _icon("icon-192.png"), "type": "image/png", "sizes": "192x192"},
            {"src": _icon("icon-512.png"), "type": "image/png", "sizes": "512x512"},
            {"src": _icon("maskable-512.png"), "type": "image/png", "sizes": "512x512", "purpose": "maskable"},
        ],
    }
    return Response(msgspec.json.encode(content), media_type="application/manifest+json")


def _icon(name: str) -> str:
    return static_url(f"technician/icons/{name}")


def _modules() -> dict[str, Path]:
    return {file.name: file for file in sorted(FOLDER.glob("*.mjs")) if file.name != _WORKER}


@cache
def _version(parts: tuple[tuple[Path, int], ...], styles: tuple[str, ...]) -> str:
    digest = hashlib.sha256("".join(styles).encode())
    for file, _mtime_ns in parts:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:12]
