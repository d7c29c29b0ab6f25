"""Read the credentials that a request carries."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from hub.domain.roles import Permission, allows
from hub.services.authenticate import ApiKeyIdentity, authenticate_api_key
from hub.services.bundle import Services
from hub.web.problems import Problem, unauthorized

SUBPROTOCOL = "enroute.v1"
TOKEN_PREFIX = "bearer."  # noqa: S105 - what stands before the token in a subprotocol


def services_of(connection: HTTPConnection) -> Services:
    """Find the services that the lifespan built."""
    services: Services = connection.state.services
    return services


def bearer_token(connection: HTTPConnection) -> str | None:
    """Read the token of an `Authorization: Bearer …` header."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def offered_token(websocket: WebSocket) -> str | None:
    """Read the token of a websocket: its header's, or, since browsers cannot set one, that of a subprotocol."""
    offered = websocket.scope["subprotocols"]
    named = (name.removeprefix(TOKEN_PREFIX) for name in offered if name.startswith(TOKEN_PREFIX))
    return bearer_token(websocket) or next(named, None)


def chosen_subprotocol(websocket: WebSocket) -> str | None:
    """Choose what to accept a websocket with."""
    return SUBPROTOCOL if SUBPROTOCOL in websocket.scope["subprotocols"] else None


async def authorize(connection: HTTPConnection, permission: Permission) -> ApiKeyIdentity:
    """Find the API key of a request; 401 without a valid one, 403 where its role does not allow this."""
    services, token = services_of(connection), bearer_token(connection)
    identity = token and await authenticate_api_key(services.database, token, services.clock())
    if not identity:
        raise unauthorized()
    if not allows(identity.role, permission):
        raise Problem(403, f"The role {identity.role} does not allow this.")
    return identity
