"""`GET /v/{token}/calendar.ics`: the visit, to take along into one's own calendar."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import BookingStatus
from hub.domain.plain_text import one_line
from hub.store import bookings
from hub.web.credentials import services_of
from hub.web.emails.invitation import Invitation, Method, invitation_bytes
from hub.web.emails.rendering import LONGEST_LINE, LONGEST_NAME
from hub.web.live.snapshot import no_such_link
from hub.web.visit.opened import opened_or_problem


async def get_calendar(request: Request) -> Response:
    """Answer the visit as an iCalendar object; the same entry as the mails' one, which replace each other."""
    opened = await opened_or_problem(request)
    services, visit = services_of(request), opened.visit
    async with services.database.read() as tx:
        booking = await bookings.get(tx, visit.booking_id)
    if booking is None:
        raise no_such_link()
    url = services.settings.public_url + opened.path
    entry = Invitation(
        booking_id=visit.booking_id,
        sequence=booking.sequence,
        written_at=booking.updated_at,
        starts_at=visit.window_earliest,
        ends_at=visit.window_latest,
        summary=f"{one_line(visit.service, LONGEST_NAME)} · {one_line(visit.portal_name, LONGEST_NAME)}",
        description=url,
        address=one_line(visit.address, LONGEST_LINE),
        lat=visit.place.lat,
        lon=visit.place.lon,
        url=url,
        canceled=visit.status is BookingStatus.CANCELED,
    )
    headers = {"Content-Disposition": 'attachment; filename="visit.ics"'}
    content = invitation_bytes(entry, Method.PUBLISH)
    return Response(content, headers=headers, media_type="text/calendar; charset=utf-8; method=PUBLISH")
