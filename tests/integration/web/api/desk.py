"""A portal where everybody may book, as a client written from the contract alone sees it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from hub.domain.roles import Role
from hub.store.tables import portal
from tests.builders import BuiltDirectory, build_api_key, build_bookable, build_directory
from tests.integration.hub import RunningHub

CONTACT = {"name": "Aino Aalto", "email": "aino@example.org", "phone": "+358401234567", "language": "fi"}
HOME = {"address": "Bulevardi 15, Helsinki", "lat": 60.165, "lon": 24.94}


class Desk:
    """A portal where everybody may book, and a key of its dispatcher."""

    def __init__(self, hub: RunningHub, directory: BuiltDirectory, api_key: str, technician: str) -> None:
        self.hub, self.directory, self.technician = hub, directory, technician
        self.key = {"Authorization": f"Bearer {api_key}"}

    async def slots(self, query: dict[str, str] | None = None, *, key: bool = False) -> list[dict[str, Any]]:
        """Ask for slots at home."""
        asked = {"service_type": self.directory.service_type_id, "location": "60.165,24.94"} | (query or {})
        answer = await self.hub.http.get("/api/v1/slots", params=asked, headers=self.key if key else {})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["slots"]
        return found

    async def book(self, body: dict[str, Any], **headers: str) -> httpx.Response:
        """Book, as anybody."""
        wanted = {"service_type": self.directory.service_type_id, "location": HOME, "contact": CONTACT} | body
        return await self.hub.http.post("/api/v1/bookings", json=wanted, headers=headers)

    async def get(self, path: str) -> httpx.Response:
        """Read something."""
        return await self.hub.http.get(path, headers=self.key)

    async def post(self, path: str, body: Any, *, key: bool = True) -> httpx.Response:
        """Post something."""
        return await self.hub.http.post(path, json=body, headers=self.key if key else {})


@pytest.fixture
async def desk(hub: RunningHub) -> Desk:
    """Build a desk."""
    async with hub.database.write() as tx:
        directory = await build_directory(tx)
        technician = await build_bookable(tx, directory.portal_id)
        await tx.execute(portal.update().values(switches={"public_booking": True}))
        _, api_key = await build_api_key(tx, directory.portal_id, role=Role.DISPATCHER)
    return Desk(hub, directory, api_key, technician)
