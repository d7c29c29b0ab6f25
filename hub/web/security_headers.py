"""Headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable, Set
from functools import cache

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.domain.map_style import origin_of

ALWAYS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@cache
def content_security_policy(style_origins: Set[str]) -> str:
    """Write the policy: everything from our own origin, map data also from those that a map style names.

    Raises ValueError for what is no origin: it would say something else than it seems to.
    """
    if odd := [origin for origin in style_origins if origin != origin_of(origin)]:
        raise ValueError(f"no origins: {odd}")
    map_data = "".join(f" {origin}" for origin in sorted(style_origins))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; manifest-src 'self'; "
        f"img-src 'self' data:{map_data}; connect-src 'self'{map_data}; worker-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class SecurityHeaders:
    """Adds the headers; links are bearers of rights, so their pages are never cached either."""

    def __init__(self, app: ASGIApp, policy: Callable[[], str]) -> None:
        """Ask for the policy with every answer: a map style may be read while the hub runs."""
        self._app, self._policy = app, policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and its answer's head through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", self._policy())  # a page may forbid more itself
                if not scope["path"].startswith(("/static/", "/basemap/")):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)
