"""`/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.web.credentials import services_of
from hub.web.responses import json_response


async def healthz(request: Request) -> Response:
    """Answer while the process is alive, whatever its stores do."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """Answer 200 when all stores answer, else 503; in either case with each check."""
    checks = await services_of(request).readiness.checks()
    ready = all(result == "ok" for result in checks.values())
    content = {"ready": ready, "checks": checks}
    return json_response(content, 200 if ready else 503, {"Cache-Control": "no-store"})


async def metrics(request: Request) -> Response:
    """Answer this process's measures for Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
