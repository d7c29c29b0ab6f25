"""`/staff/durations`: the evidence, and a button that plans it."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.domain.work_durations import DurationProposal
from hub.store import service_types, work_durations
from hub.web.console.durations import PATH
from tests.builders import BuiltDirectory
from tests.integration.hub import RunningHub
from tests.integration.visitor import forms_of
from tests.integration.web.console.test_today import dispatcher


async def _propose(hub: RunningHub, directory: BuiltDirectory, proposed_s: int) -> None:
    proposal = DurationProposal(proposed_s=proposed_s, samples=12, p50_s=2_700, p80_s=3_300)
    async with hub.database.write() as tx:
        await work_durations.replace(tx, {directory.service_type_id: proposal}, datetime.now(UTC))


async def _planned_s(hub: RunningHub, directory: BuiltDirectory) -> int | None:
    async with hub.database.read() as tx:
        service = await service_types.get_service_type(tx, directory.service_type_id)
    return service.duration_s if service else None


async def test_staff_see_the_evidence_and_plan_what_is_proposed(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await _propose(hub, directory, 2_400)
        page = await visitor.open(PATH)
        assert "Planned 30 min, proposed 40 min" in page.text
        assert "12 visits: half took at most 45 min, four of five at most 55 min" in page.text
        (form,) = [one for one in forms_of(page) if one.action.startswith(PATH)]

        answer = await visitor.http.post(form.action, data=form.fields)

        assert answer.headers["location"] == f"{PATH}?done=accepted"
        assert await _planned_s(hub, directory) == 2_400


async def test_a_proposal_that_changed_meanwhile_is_not_taken_for_the_one_seen(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await _propose(hub, directory, 2_400)
        (form,) = [one for one in forms_of(await visitor.open(PATH)) if one.action.startswith(PATH)]
        await _propose(hub, directory, 3_000)

        answer = await visitor.http.post(form.action, data=form.fields)

        assert answer.headers["location"] == f"{PATH}?done=changed"
        assert await _planned_s(hub, directory) == 1_800


async def test_what_is_no_number_or_comes_from_elsewhere_changes_nothing(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await _propose(hub, directory, 2_400)
        (form,) = [one for one in forms_of(await visitor.open(PATH)) if one.action.startswith(PATH)]

        assert (await visitor.http.post(form.action, data=form.fields | {"proposed_s": "-1"})).status_code == 404
        assert (await visitor.http.post(form.action, data={"proposed_s": "2400"})).status_code == 403
        assert await _planned_s(hub, directory) == 1_800
