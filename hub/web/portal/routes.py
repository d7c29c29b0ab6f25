"""Where the pages are by which customers book: everybody below `/book`, who was invited below `/book/{token}`."""

from __future__ import annotations

from starlette.routing import Route

from hub.web.portal.confirm import confirm_page, post_confirm, post_extension
from hub.web.portal.details import details_page, post_details
from hub.web.portal.first_steps import asset_page, begin, post_asset, post_service, service_page
from hub.web.portal.times import post_time, time_page

_STEPS = {
    "asset": (asset_page, post_asset),
    "service": (service_page, post_service),
    "details": (details_page, post_details),
    "time": (time_page, post_time),
    "confirm": (confirm_page, post_confirm),
}


def _below(path: str) -> list[Route]:
    steps = [
        route
        for step, (show, take) in _STEPS.items()
        for route in (
            Route(f"{path}/{step}", show, methods=["GET"]),
            Route(f"{path}/{step}", take, methods=["POST"]),
        )
    ]
    return [*steps, Route(f"{path}/extend", post_extension, methods=["POST"]), Route(path, begin, methods=["GET"])]


BOOKING_ROUTES = (*_below("/book"), *_below("/book/{token}"))
