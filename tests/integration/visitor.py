"""A person with a browser without script: keeps cookies, opens pages and presses their buttons."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx

from tests.integration.hub import RunningHub
from tests.integration.plain_http import NO_TLS

HTML = {"Accept": "text/html"}


class Form:
    """A form of a page: where it posts to, what it sends by itself, and its buttons."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.fields: dict[str, str] = {}
        self.buttons: list[tuple[str | None, str | None]] = []


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "form":
            self.forms.append(Form(known.get("action") or ""))
        elif self.forms and tag == "input" and known.get("name"):
            self.forms[-1].fields[known["name"] or ""] = known.get("value") or ""
        elif self.forms and tag == "button":
            self.forms[-1].buttons.append((known.get("name"), known.get("value")))


def forms_of(page: httpx.Response) -> list[Form]:
    """Find the forms of a page."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.forms


class Visitor:
    """One browser; redirects are answered and not followed."""

    def __init__(self, hub: RunningHub) -> None:
        self.http = httpx.AsyncClient(base_url=hub.base_url, timeout=10.0, verify=NO_TLS, headers=HTML)

    async def __aenter__(self) -> Visitor:
        """Open the browser."""
        return self

    async def __aexit__(self, *_fault: object) -> None:
        """Close it."""
        await self.http.aclose()

    async def open(self, path: str) -> httpx.Response:
        """Open a page."""
        return await self.http.get(path)

    async def press(self, page: httpx.Response, action: str, **typed: str) -> httpx.Response:
        """Send the page's form that posts to this path, with what was typed."""
        form = next(form for form in forms_of(page) if form.action == action)
        return await self.http.post(action, data=form.fields | typed)

    async def post(self, action: str, **fields: str) -> httpx.Response:
        """Send a form that no page of ours showed."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}  # also where nothing is sent
        return await self.http.post(action, content=urlencode(fields), headers=kind)
