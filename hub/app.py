"""Build the web application: routes, middleware, lifespan; no logic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.services.bundle import Services, State
from hub.services.follow_map_style import MapStyle
from hub.settings import Settings
from hub.store.database import DatabaseAway
from hub.web.api.docs import api_docs, openapi
from hub.web.api.operations import OPERATIONS
from hub.web.base_map import REGION
from hub.web.devices.native_socket import ping_socket
from hub.web.inbox.pages import inbox_page, mail_html, mail_page
from hub.web.live.events import get_events
from hub.web.live.fleet import fleet_socket
from hub.web.live.socket import live_socket
from hub.web.not_found import answer_database_away, answer_http_exception, answer_server_error
from hub.web.operations import healthz, metrics, readyz
from hub.web.portal.routes import BOOKING_ROUTES
from hub.web.problems import Problem, answer_problem
from hub.web.security_headers import SecurityHeaders, content_security_policy
from hub.web.staff_routes import STAFF_ROUTES, TECHNICIAN_ROUTES
from hub.web.start_page import start_page
from hub.web.static_files import UNPACKED, CachedFiles, OneFile, VendorFiles
from hub.web.visit.changes import cancel_page, feedback_page, undo_page
from hub.web.visit.page import visit_page
from hub.web.visit.reschedule import reschedule_page
from hub.web.visit.share import share_page
from hub.wiring import running_services

ROOT = Path(__file__).resolve().parent.parent

RunServices = Callable[[Settings], AbstractAsyncContextManager[Services]]


def build_app(settings: Settings, run_services: RunServices = running_services) -> ASGIApp:
    """Build the application; `run_services` opens what it needs when it starts."""
    style = MapStyle(settings.map_style_url)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        async with run_services(settings) as services, style.followed():
            yield State(services=services)

    app = Starlette(
        routes=[
            Route("/", start_page),
            *BOOKING_ROUTES,
            Route("/v/{token}", visit_page),
            Route("/v/{token}/reschedule", reschedule_page, methods=["GET"]),
            Route("/v/{token}/cancel", cancel_page, methods=["GET"]),
            Route("/v/{token}/undo", undo_page, methods=["GET"]),
            Route("/v/{token}/feedback", feedback_page, methods=["GET"]),
            Route("/v/{token}/share", share_page, methods=["GET"]),
            Route("/v/{token}/events", get_events),
            WebSocketRoute("/v/{token}/live", live_socket),
            WebSocketRoute("/api/v1/pings", ping_socket),
            WebSocketRoute("/api/v1/fleet/live", fleet_socket),
            *STAFF_ROUTES,
            *TECHNICIAN_ROUTES,
            *(operation.route() for operation in OPERATIONS),
            Route("/api/openapi.json", openapi),
            Route("/api/docs", api_docs),
            Route("/dev/mail", inbox_page),
            Route("/dev/mail/{name}", mail_page),
            Route("/dev/mail/{name}/html", mail_html),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Mount("/static/vendor/maplibre-gl", VendorFiles(ROOT / "node_modules" / "maplibre-gl" / "dist")),
            Mount("/static/vendor/pmtiles", VendorFiles(ROOT / "node_modules" / "pmtiles" / "dist")),
            Mount("/static", CachedFiles(ROOT / "static")),
            *([Route(REGION, OneFile(Path(settings.basemap)))] if settings.basemap else []),
            Mount("/basemap", CachedFiles(Path(settings.demo_city) / "basemap")),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=1024, exclude_content_types=UNPACKED)],
        exception_handlers={
            Problem: answer_problem,
            HTTPException: answer_http_exception,
            DatabaseAway: answer_database_away,
            Exception: answer_server_error,
        },
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # Starlette would redirect to whatever host the caller names
    # Around Starlette's own answers to faults, where no middleware reaches.
    return SecurityHeaders(_past_middleware(app), lambda: content_security_policy(style.origins))


def _past_middleware(app: Starlette) -> ASGIApp:
    """Lead websockets to their routes directly: middleware looks at answers, and would only stay in their memory."""

    def lead(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "websocket":
            return app(scope, receive, send)
        scope["app"] = app
        return app.router(scope, receive, send)

    return lead
