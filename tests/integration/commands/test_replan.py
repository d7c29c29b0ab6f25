"""`hub replan` beside a running hub: what it shows, and what it does."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, time, timedelta

from tests.integration.commands.launched import Launched, call
from tests.integration.services.test_replan_day import crossed


async def test_the_gain_is_shown_first_and_the_moves_are_made_when_told_so(shared_hub_run: Launched) -> None:
    database = shared_hub_run.database()
    day = datetime.now(UTC).date() + timedelta(days=2)
    scene = await crossed(database, datetime.combine(day, time(8), UTC))
    options = ("--portal", scene.directory.portal_id, "--date", day.isoformat())
    before = await scene.times()

    shown = await asyncio.to_thread(call, shared_hub_run.folder, "replan", *options)
    told = await asyncio.to_thread(call, shared_hub_run.folder, "replan", *options, "--json")

    assert "after 2 moves" in shown.stdout, shown.stderr
    assert "Tero Virtanen -> " in shown.stdout
    plan = json.loads(told.stdout)
    assert plan["before_s"] > plan["after_s"]
    assert len(plan["moves"]) == 2
    assert await scene.times() == before

    done = await asyncio.to_thread(call, shared_hub_run.folder, "replan", *options, "--apply")

    assert "All moves were made." in done.stdout, done.stderr
    assert await scene.times() != before
    await database.close()


async def test_only_days_to_come_of_a_known_portal_are_planned_anew(shared_hub_run: Launched) -> None:
    database = shared_hub_run.database()
    portal_id = (await crossed(database)).directory.portal_id
    await database.close()

    past = await asyncio.to_thread(call, shared_hub_run.folder, "replan", "--portal", portal_id, "--date", "2026-01-01")
    unknown = await asyncio.to_thread(call, shared_hub_run.folder, "replan", "--portal", "po_nobody")

    assert past.returncode == unknown.returncode == 1
    assert past.stderr.startswith("hub: only days to come")
    assert unknown.stderr == "hub: there is no portal po_nobody\n"
