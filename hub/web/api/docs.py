"""`/api/openapi.json` and `/api/docs`: the server's own description."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hub.web.api.document import openapi_document
from hub.web.page_response import page_response
from hub.web.responses import json_response


async def openapi(request: Request) -> Response:
    """Answer the OpenAPI document."""
    return json_response(openapi_document())


async def api_docs(request: Request) -> Response:
    """Show the document as a page."""
    return await page_response(request, "api_docs.html", document=openapi_document())
