"""`GET /api/v1/service-types`: what everybody may book, and for those with a key everything about it."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.roles import Permission
from hub.services.public_booking import bookable_services
from hub.store.directory.kinds import SERVICE_TYPES
from hub.store.service_types import ServiceType
from hub.web.api.callers import caller_of
from hub.web.api.directory import answer_page
from hub.web.api.directory_types import types_of
from hub.web.credentials import services_of
from hub.web.languages import choose_language
from hub.web.responses import json_response

_TYPES: Any = types_of(SERVICE_TYPES)
ServiceTypeList: Any = msgspec.defstruct(
    "ServiceTypeList",
    [("items", list[_TYPES.some]), ("next_cursor", str | None, None)],
    namespace={"__doc__": "Service types; without a key only what customers are told of those they may book."},
    module=__name__,
    frozen=True,
    kw_only=True,
)


async def list_service_types(request: Request) -> Response:
    """List what can be booked; with a key, all service types."""
    caller = await caller_of(request, Permission.READ_DIRECTORY)
    if caller.portal_id is not None:
        return await answer_page(request, SERVICE_TYPES, caller.portal_id)
    language = choose_language(request.headers.get("accept-language"))
    found = await bookable_services(services_of(request).database, None, language)
    return json_response(ServiceTypeList(items=[_told(one) for one in found]))


def _told(service: ServiceType) -> Any:
    return _TYPES.some(id=service.id, name=service.name, duration_s=service.duration_s, preparation=service.preparation)
