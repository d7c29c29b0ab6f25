"""`/dev/mail`: the demo's inbox. Without a demo there is none: mails are private."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.store import portals
from hub.store.caught_mails import CaughtMail
from hub.web.credentials import services_of
from hub.web.inbox.reading import body, header, recipient, show_mail
from hub.web.page_response import page_response

MOST_LISTED = 100
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""For a mail's own page: its style is in it, and nothing in it may run or load."""


async def inbox_page(request: Request) -> Response:
    """List the newest mails."""
    await _only_in_a_demo(request)
    mails = await asyncio.to_thread(services_of(request).inbox.newest, MOST_LISTED)
    listed = [
        {
            "url": f"/dev/mail/{mail.name}",
            "subject": header(mail, "Subject"),
            "to": recipient(mail),
            "caught_at": mail.caught_at,
        }
        for mail in mails
    ]
    return await page_response(request, "inbox/list.html", mails=listed, zone=await _zone(request))


async def mail_page(request: Request) -> Response:
    """Show one mail: its headers, its text with links, its other parts as text."""
    mail = await _mail(request)
    return await page_response(
        request,
        "inbox/mail.html",
        html_url=f"{request.url.path}/html",
        subject=header(mail, "Subject"),
        mail=show_mail(mail),
    )


async def mail_html(request: Request) -> Response:
    """Show a mail's own page, as a mail program would."""
    content = body(await _mail(request), "html")
    if content is None:
        raise HTTPException(404)
    return HTMLResponse(content, headers={"Content-Security-Policy": MAIL_POLICY})


async def _mail(request: Request) -> CaughtMail:
    await _only_in_a_demo(request)
    mail = await asyncio.to_thread(services_of(request).inbox.get, request.path_params["name"])
    if mail is None:
        raise HTTPException(404)
    return mail


async def _zone(request: Request) -> str:
    """Tell in whose time zone the demo's customers live."""
    async with services_of(request).database.read() as tx:
        found = await portals.list_portals(tx)
    return next((portal.time_zone for portal in found if portal.demo), "UTC")


async def _only_in_a_demo(request: Request) -> None:
    if not await services_of(request).demo.runs():
        raise HTTPException(404)
