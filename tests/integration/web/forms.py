"""A browser without script: it keeps cookies, reads forms and posts them."""

from __future__ import annotations

import re
from html import unescape

import httpx

from tests.integration.hub import RunningHub
from tests.integration.plain_http import NO_TLS

HTML = {"Accept": "text/html"}


class PlainBrowser:
    """One browser."""

    def __init__(self, hub: RunningHub) -> None:
        self.http = httpx.AsyncClient(base_url=hub.base_url, timeout=10.0, verify=NO_TLS, headers=HTML)
        self.page = ""

    async def close(self) -> None:
        """Close it."""
        await self.http.aclose()

    async def open(self, path: str) -> httpx.Response:
        """Open a page."""
        answer = await self.http.get(path)
        self.page = answer.text
        return answer

    async def post(self, path: str, *, token: str | None = None, **typed: str) -> httpx.Response:
        """Send the page's form to `path`, with its own token unless another one is given."""
        fields = {"form_token": self.token() if token is None else token} | typed
        answer = await self.http.post(path, data=fields)
        self.page = answer.text
        return answer

    def token(self) -> str:
        """Read the token of the page's first form."""
        found = re.search(r'name="form_token" value="([^"]*)"', self.page)
        return found[1] if found else ""

    def values(self, name: str) -> list[str]:
        """List what a field of the page may be."""
        return [unescape(value) for value in re.findall(rf'name="{name}" value="([^"]*)"', self.page)]
