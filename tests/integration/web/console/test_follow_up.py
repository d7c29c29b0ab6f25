"""Book another visit for the same work from the visit's page."""

from __future__ import annotations

from sqlalchemy import update

from hub.domain.booking_status import BookingStatus
from hub.domain.work_order import WorkOrderStatus
from hub.store import bookings
from hub.store.tables import work_order
from tests.builders import build_bookable, build_visit
from tests.integration.hub import RunningHub
from tests.integration.visitor import forms_of
from tests.integration.web.console.test_today import dispatcher


async def test_unfinished_work_gets_another_visit_for_the_same_contact(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        async with hub.database.write() as tx:
            await build_bookable(tx, directory.portal_id)
            first = await build_visit(tx, directory=directory, status=BookingStatus.COMPLETED)
            await tx.execute(update(work_order).values(status=WorkOrderStatus.UNSCHEDULED))
        path = f"/staff/visits/{first.booking_id}"
        assert "another visit is needed" in (await visitor.open(path)).text

        form = next(
            one for one in forms_of(await visitor.open(f"{path}/follow-up")) if one.action.endswith("follow-up")
        )
        nothing = await visitor.http.post(form.action, data={"form_token": form.fields["form_token"]})
        made = await visitor.http.post(form.action, data=form.fields)

        assert (nothing.status_code, made.status_code) == (422, 303)
        assert "Booked." in (await visitor.open(made.headers["location"])).text
        assert (await visitor.open("/staff/visits/bk_nobody/follow-up")).status_code == 404
    new_id = made.headers["location"].removeprefix("/staff/visits/").removesuffix("?done=booked")
    async with hub.database.read() as tx:
        second = await bookings.get(tx, new_id)
    assert second is not None
    assert (second.work_order_id, second.work_order_status) == (first.work_order_id, "scheduled")
