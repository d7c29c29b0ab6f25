"""What customers are told of service types, and what those with a key see."""

from __future__ import annotations

from hub.domain.roles import Role
from tests.integration.hub import RunningHub
from tests.integration.web.api.directory_scene import new_caller


async def test_customers_read_names_in_their_language_of_what_they_may_book(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    await caller.call("PATCH", f"portals/{caller.portal_id}", json={"public_booking": True})
    boiler = await caller.make(
        "service-types",
        name="Boiler 2h",
        duration_s=7200,
        display_names={"fi": "Kattila"},
        preparation="Clear the way.",
    )
    await caller.make("service-types", name="Inside job", duration_s=60, online_bookable=False)
    await caller.make("service-types", name="Gone", duration_s=60, active=False)

    def told(name: str) -> dict[str, object]:
        return {"id": boiler, "name": name, "duration_s": 7200, "preparation": "Clear the way."}

    for language, name in {"fi-FI,fi;q=0.9": "Kattila", "sv": "Boiler 2h", "": "Boiler 2h"}.items():
        answer = await hub.http.get("/api/v1/service-types", headers={"Accept-Language": language})
        assert answer.json() == {"items": [told(name)], "next_cursor": None}


async def test_a_key_sees_all_of_its_portal_and_everything_about_them(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    for name in ("a", "b", "c"):
        await caller.make("service-types", name=name, duration_s=60, active=name != "c", display_names={"fi": "x"})
    viewer = await caller.with_role(Role.VIEWER)

    page = (await viewer.call("GET", "service-types?limit=2", headers={"Accept-Language": "fi"})).json()
    rest = (await viewer.call("GET", f"service-types?cursor={page['next_cursor']}")).json()

    assert sorted(one["name"] for one in page["items"] + rest["items"]) == ["a", "b", "c"]
    assert {"roles", "lead_max_s", "active"} <= set(page["items"][0])
    assert rest["next_cursor"] is None


async def test_nobody_is_told_where_no_portal_lets_everybody_book(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    await caller.make("service-types", name="a", duration_s=60)

    assert (await hub.http.get("/api/v1/service-types")).json()["items"] == []
