"""Eight processes book, hold, move and cancel at once and are killed at random: no time is taken twice or lost."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path

import pytest

from hub.store import crews, resources, service_types
from hub.store.database import Database
from hub.store.ids import new_id
from tests.builders import NOW, build_bookable, build_directory
from tests.chaos.booking_checks import faults_in, read_rows
from tests.chaos.booking_hammer import STORY, Target, hammer_with_kills, said_by_all
from tests.integration.commands.launched import tell

LASTS_S = 5.0 if os.environ.get("CHAOS") == "short" else 30.0
TECHNICIANS = 4


@pytest.mark.timeout(240)
async def test_book_at_once(db: Database, database_url: str, tmp_path: Path) -> None:
    async with db.write() as tx:
        directory = await build_directory(tx)
        technicians = [await build_bookable(tx, directory.portal_id) for _ in range(TECHNICIANS)]
        crew = resources.Resource(
            id=new_id("re"), portal_id=directory.portal_id, name="Crew", base_lat=60.17, base_lon=24.94, kind="crew"
        )
        await resources.insert_resources(tx, [crew])
        members = [crews.CrewMember(crew_id=crew.id, resource_id=id_) for id_ in technicians[:2]]
        await crews.insert_crew_members(tx, members)
        longer, together = (
            service_types.ServiceType(
                id=new_id("st"), portal_id=directory.portal_id, name=name, duration_s=3_600, buffer_s=600
            )
            for name in ("Repair", "Two carry a boiler")
        )
        await service_types.insert_service_types(tx, [longer, together])
        roles = [
            service_types.ServiceRole(id=new_id("ro"), service_type_id=together.id, name=name, position=position)
            for position, name in enumerate(("Fitter", "Helper"))
        ]
        await service_types.insert_roles(tx, roles)
    (tmp_path / "said").mkdir()
    target = Target(
        database_url=database_url,
        portal_id=directory.portal_id,
        service_type_ids=(directory.service_type_id, longer.id, together.id),
        technicians=(*technicians, crew.id),
        lasts_s=LASTS_S,
        folder=str(tmp_path / "said"),
    )

    count = await asyncio.to_thread(hammer_with_kills, target)

    said = said_by_all(tmp_path / "said")
    async with db.read() as tx:
        rows = await read_rows(tx)
    tell(f"{dict(count)}; acknowledged: {dict(Counter(one.what for one in said))}; {len(rows.bookings)} bookings")
    assert count["hung"] == count["failed"] == 0
    assert faults_in(rows, said, NOW + STORY) == []
    assert rows.bookings
