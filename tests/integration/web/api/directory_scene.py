"""A portal whose directory is filled by API."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from hub.domain.roles import Role
from hub.store.ids import new_id
from hub.store.portals import Portal, insert_portals
from tests.builders import build_api_key
from tests.integration.hub import RunningHub

SQUARE = [[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.2], [24.9, 60.1]]
BASE = {"lat": 60.17, "lon": 24.94}


class Caller(msgspec.Struct, frozen=True):
    """Somebody with an API key."""

    hub: RunningHub
    portal_id: str
    key: str

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call an operation."""
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        return await self.hub.http.request(method, f"/api/v1/{path}", headers=headers, **more)

    async def make(self, kind: str, /, **entry: Any) -> str:
        """Make an entry and give its id."""
        made = await self.call("POST", kind, json=entry)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def with_role(self, role: Role) -> Caller:
        """Give somebody else a key of the same portal."""
        async with self.hub.database.write() as tx:
            _, key = await build_api_key(tx, self.portal_id, role=role)
        return Caller(self.hub, self.portal_id, key)

    async def one_of_each(self) -> dict[str, str]:
        """Make one entry of every kind and give their ids by kind."""
        made = {"characteristics": await self.make("characteristics", name="Gas")}
        made["territories"] = await self.make(
            "territories", name="Centre", area={"type": "Polygon", "coordinates": [SQUARE]}
        )
        held = [{"characteristic": made["characteristics"], "rating": 3, "expires_at": "2027-01-01T00:00:00+02:00"}]
        made["resources"] = await self.make(
            "resources",
            name="Tero",
            base=BASE,
            characteristics=held,
            territories=[made["territories"]],
            working_hours=[{"weekday": 0, "starts_s": 28_800, "ends_s": 43_200}],
        )
        made["service-types"] = await self.make(
            "service-types",
            name="Boiler",
            duration_s=3600,
            display_names={"fi": "Kattila"},
            roles=[{"name": "Lead", "requirements": [{"characteristic": made["characteristics"], "min_rating": 2}]}],
        )
        made["accounts"] = await self.make(
            "accounts", name="Aalto", preferences=[{"resource": made["resources"], "kind": "preferred"}]
        )
        account = made["accounts"]
        made["contacts"] = await self.make("contacts", account=account, name="Aino", email="aino@example.org")
        made["locations"] = await self.make("locations", account=account, address="Kotikatu 1", lat=60.16, lon=24.93)
        made["assets"] = await self.make("assets", account=account, location=made["locations"], name="Boiler 7")
        return made


async def new_caller(hub: RunningHub, role: Role = Role.ADMIN) -> Caller:
    """Build a portal without anything, and a key of it."""
    portal = Portal(id=new_id("po"), name="Fix It", time_zone="Europe/Helsinki")
    async with hub.database.write() as tx:
        await insert_portals(tx, [portal])
        _, key = await build_api_key(tx, portal.id, role=role)
    return Caller(hub, portal.id, key)
