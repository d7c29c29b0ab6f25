"""`GET /api/v1/resources/{id}/track`: where a technician was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hub.domain.ping import Reason, Verdict
from hub.domain.roles import Permission
from hub.services.change_status import CLOCK_TOLERANCE
from hub.store import resources, track_history
from hub.store.cursors import BadCursorError
from hub.store.database import Database
from hub.store.track_history import TrackPage, TrackPoint
from hub.web.accept import preferred
from hub.web.credentials import authorize, services_of
from hub.web.problems import Fault, Problem
from hub.web.queries import MOST_ITEMS, moment, page_limit, path_id
from hub.web.responses import json_response
from hub.web.track_files import FILE_KINDS, written

JSON = "application/json"
DEFAULT = timedelta(days=1)
LONGEST = timedelta(days=31)


class TrackItem(msgspec.Struct, frozen=True, kw_only=True):
    """One ping that was kept; null is unknown."""

    at: datetime
    lat: float
    lon: float
    verdict: Verdict
    reasons: list[Reason]
    accuracy_m: float | None
    speed_mps: float | None
    heading_deg: float | None
    altitude_m: float | None
    battery: float | None
    mock: bool
    """Whether the phone said that an app made the position up."""
    received_at: datetime
    device: str


class TrackList(msgspec.Struct, frozen=True):
    """A page of a track, by time."""

    items: list[TrackItem]
    next_cursor: str | None


async def get_resource_track(request: Request) -> Response:
    """Read a technician's track; all of it as GeoJSON, GPX or CSV where `Accept` asks for that."""
    key = await authorize(request, Permission.READ_TRACKS)
    services, resource_id = services_of(request), path_id(request)
    query = request.query_params
    from_, to = _interval(query, services.clock())
    kind = FILE_KINDS.get(preferred(request.headers.get("accept", ""), [JSON, *FILE_KINDS]))
    limit = MOST_ITEMS if kind else page_limit(query)
    async with services.database.read() as tx:
        found = await resources.get_resource(tx, resource_id)
        if found is None or found.portal_id != key.portal_id:
            raise Problem(404, "There is no such resource.")
        try:
            cursor = None if kind else query.get("cursor")
            page = await track_history.track(tx, resource_id, from_=from_, to=to, cursor=cursor, limit=limit)
        except BadCursorError:
            raise Problem(422, "Unknown cursor.", errors=[Fault("$.cursor", "unknown")]) from None
    if kind is None:
        return json_response(TrackList([_item(point) for point in page.items], page.next_cursor), headers=_VARY)
    return StreamingResponse(
        written(kind, resource_id, _pages(services.database, resource_id, page, from_, to)),
        media_type=kind.media_type,
        headers=_VARY | {"Content-Disposition": f'attachment; filename="track.{kind.ending}"'},
    )


_VARY = {"Vary": "Accept"}


async def _pages(
    database: Database, resource_id: str, page: TrackPage, from_: datetime, to: datetime
) -> AsyncIterator[Sequence[TrackPoint]]:
    """Read on, each page in a transaction of its own: a slow reader must not hold one open."""
    yield page.items
    while page.next_cursor:
        async with database.read() as tx:
            page = await track_history.track(
                tx, resource_id, from_=from_, to=to, cursor=page.next_cursor, limit=MOST_ITEMS
            )
        yield page.items


def _interval(query: QueryParams, now: datetime) -> tuple[datetime, datetime]:
    """Read from when to when: the last day unless said otherwise."""
    from_, to = moment(query, "from"), moment(query, "to")
    to = to or now + CLOCK_TOLERANCE  # a phone's clock may be ahead a little
    try:
        from_ = from_ or to - DEFAULT
    except OverflowError:
        raise _unfit("$.to", "expected a moment of the calendar") from None
    if to <= from_:
        raise _unfit("$.to", "not after `from`")
    if to - from_ > LONGEST + CLOCK_TOLERANCE:
        raise _unfit("$.from", f"at most {LONGEST.days} days before `to`")
    return from_, to


def _unfit(at: str, message: str) -> Problem:
    return Problem(422, "The query does not fit.", errors=[Fault(at, message)])


def _item(point: TrackPoint) -> TrackItem:
    return TrackItem(
        at=point.at,
        lat=point.lat,
        lon=point.lon,
        verdict=Verdict(point.verdict),
        reasons=[Reason(reason) for reason in point.reasons],
        accuracy_m=point.accuracy_m,
        speed_mps=point.speed_mps,
        heading_deg=point.heading_deg,
        altitude_m=point.altitude_m,
        battery=point.battery,
        mock=point.mock,
        received_at=point.received_at,
        device=point.device_id,
    )
