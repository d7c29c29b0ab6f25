"""Book by the pages as a browser without script does."""

from __future__ import annotations

from typing import Any

import httpx
from sqlalchemy import Table, select

from hub.store.tables import portal
from tests.builders import BuiltDirectory, build_bookable, build_directory
from tests.integration.hub import RunningHub
from tests.integration.web.forms import PlainBrowser

HOME = {"address": "Bulevardi 15 <b>", "lat": "60.165", "lon": "24.94"}
AINO = {"name": "Aino\u2028Aalto <script>", "email": "aino@example.org", "phone": "", "notes": "Ring & wait"}


async def open_to_everybody(hub: RunningHub, *, technicians: int = 1, **switches: Any) -> BuiltDirectory:
    """Build a portal where everybody may book."""
    async with hub.database.write() as tx:
        built = await build_directory(tx)
        for _ in range(technicians):
            await build_bookable(tx, built.portal_id)
        await tx.execute(portal.update().values(switches={"public_booking": True} | switches))
    return built


class Booker:
    """Somebody who books."""

    def __init__(self, browser: PlainBrowser, directory: BuiltDirectory, path: str = "/book") -> None:
        self.browser, self.directory, self.path = browser, directory, path

    async def open(self, step: str) -> httpx.Response:
        """Open a step."""
        return await self.browser.open(f"{self.path}/{step}")

    async def post(self, step: str, **typed: str) -> httpx.Response:
        """Open a step and send its form."""
        await self.open(step)
        return await self.browser.post(f"{self.path}/{step}", **typed)

    async def until_time(self, **details: str) -> None:
        """Answer what comes before the time, and look at the times."""
        await self.post("service", service=self.directory.service_type_id)
        answer = await self.post("details", **(HOME | AINO | details))
        assert answer.headers["location"] == f"{self.path}/time"
        await self.open("time")

    async def until_confirm(self, number: int = 1) -> None:
        """Choose a time too, and look at everything once more."""
        await self.until_time()
        answer = await self.post("time", slot_id=self.browser.values("slot_id")[number])
        assert answer.headers["location"] == f"{self.path}/confirm"
        await self.open("confirm")

    async def confirm(self) -> httpx.Response:
        """Press the button that books."""
        token = self.browser.page.split(f'action="{self.path}/confirm"')[1].split('value="')[1].split('"')[0]
        return await self.browser.post(f"{self.path}/confirm", token=token)


async def rows_of(hub: RunningHub, table: Table) -> list[Any]:
    """Read all rows of a table."""
    async with hub.database.read() as tx:
        return list(await tx.execute(select(table)))
