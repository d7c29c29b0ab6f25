"""Keep the directory by API: every kind in the same way."""

from __future__ import annotations

from typing import Any

import pytest

from hub.domain.roles import Role
from hub.store.directory.kinds import KINDS
from tests.builders import build_visit
from tests.integration.hub import RunningHub
from tests.integration.web.api.directory_scene import BASE, SQUARE, new_caller


async def test_every_kind_is_made_read_listed_changed_and_deleted(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    made = await caller.one_of_each()
    assert set(made) == set(KINDS)

    for kind, id_ in made.items():
        read = (await caller.call("GET", f"{kind}/{id_}")).json()
        assert read["id"] == id_
        listed = (await caller.call("GET", kind)).json()
        assert listed == {"items": [read], "next_cursor": None}
        changed = await caller.call("PATCH", f"{kind}/{id_}", json={"external_id": "X-1", "unknown": 1})
        assert (changed.status_code, changed.json()) == (200, read | {"external_id": "X-1"})
        found = (await caller.call("GET", f"{kind}?external_id=X-1")).json()["items"]
        assert [one["id"] for one in found] == [id_]
        assert (await caller.call("GET", f"{kind}?external_id=X-2")).json()["items"] == []

    for kind in ("assets", "contacts", "locations", "accounts", "service-types", "resources", *KINDS):
        gone = await caller.call("DELETE", f"{kind}/{made[kind]}")
        assert gone.status_code in (204, 404), (kind, gone.text)
        assert (await caller.call("GET", f"{kind}/{made[kind]}")).status_code == 404


async def test_a_resource_is_answered_as_it_was_made_with_times_in_utc(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    gas, centre = await caller.make("characteristics", name="Gas"), await caller.make("territories", name="Centre")
    tero = await caller.make("resources", name="Tero", base=BASE)
    sent = {
        "external_id": "R-1",
        "name": "Lift crew",
        "kind": "crew",
        "photo_url": "https://example.org/t.png",
        "phone": "+358401234567",
        "base": BASE,
        "active": True,
        "working_hours": [
            {"weekday": 0, "starts_s": 28_800, "ends_s": 43_200},
            {"weekday": 0, "starts_s": 45_000, "ends_s": 86_400},
        ],
        "time_off": [{"starts_at": "2026-12-24T00:00:00+02:00", "ends_at": "2026-12-27T00:00:00Z", "reason": "Yule"}],
        "characteristics": [{"characteristic": gas, "rating": 3, "expires_at": "2027-01-01T00:00:00+02:00"}],
        "territories": [centre],
        "members": [tero],
    }

    crew = await caller.make("resources", **sent)

    read = (await caller.call("GET", f"resources/{crew}")).json()
    assert read["time_off"][0]["starts_at"] == "2026-12-23T22:00:00Z"
    assert read["characteristics"][0]["expires_at"] == "2026-12-31T22:00:00Z"
    assert read == sent | {"id": crew, "time_off": read["time_off"], "characteristics": read["characteristics"]}
    emptied: dict[str, list[str]] = {
        "working_hours": [],
        "time_off": [],
        "characteristics": [],
        "territories": [],
        "members": [],
    }
    changed = (await caller.call("PATCH", f"resources/{crew}", json=emptied)).json()
    assert changed == read | emptied


async def test_roles_keep_their_requirements_and_may_come_and_go(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    gas, lift = await caller.make("characteristics", name="Gas"), await caller.make("characteristics", name="Lifting")
    roles: list[dict[str, Any]] = [
        {"name": "Lead", "kind": None, "requirements": [{"characteristic": gas, "min_rating": 2}]},
        {"name": "Crane", "kind": "equipment", "requirements": []},
    ]
    service = await caller.make(
        "service-types",
        name="Chimney",
        duration_s=7200,
        roles=roles,
        requirements=[{"characteristic": lift}],
        time_groups=[{"starts_s": 28_800, "ends_s": 43_200}],
        radius_m=20_000,
    )

    read = (await caller.call("GET", f"service-types/{service}")).json()
    assert (read["roles"], read["requirements"]) == (roles, [{"characteristic": lift, "min_rating": 1}])
    renewed = [roles[1] | {"requirements": [{"characteristic": gas, "min_rating": 1}]}, roles[0] | {"name": "Mate"}]
    changed = (await caller.call("PATCH", f"service-types/{service}", json={"roles": renewed})).json()
    assert changed == read | {"roles": renewed}


async def test_pages_go_on_where_the_last_one_ended(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    made = [await caller.make("accounts", name=f"Account {number}") for number in range(5)]

    seen, cursor = [], ""
    while True:
        page = (await caller.call("GET", f"accounts?limit=2{cursor}")).json()
        seen += [one["id"] for one in page["items"]]
        assert len(page["items"]) <= 2
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert sorted(seen) == sorted(made)
    for bad in ("limit=501", "limit=0", "limit=x", "cursor=%00", "cursor=eHh4", "cursor=é", "external_id=%00"):
        assert (await caller.call("GET", f"accounts?{bad}")).status_code == 422


async def test_the_same_key_makes_an_entry_once(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    once = {"Idempotency-Key": "a-1"}

    first = await caller.call("POST", "accounts", json={"name": "Aalto"}, headers=once)
    again = await caller.call("POST", "accounts", json={"name": "Aalto"}, headers=once)
    other = await caller.call("POST", "accounts", json={"name": "Salo"}, headers=once)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == again.json()
    assert len((await caller.call("GET", "accounts")).json()["items"]) == 1


async def test_what_is_in_use_is_not_deleted_and_it_is_said_by_what(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    made = await caller.one_of_each()

    for kind, by in {
        "territories": "resource territory",
        "characteristics": "requirement, resource characteristic",
        "resources": "preference",
        "accounts": "asset, contact, location",
        "locations": "asset",
    }.items():
        refused = await caller.call("DELETE", f"{kind}/{made[kind]}")
        assert refused.status_code == 409
        assert f"({by})" in refused.json()["detail"]
    assert "`active`" in (await caller.call("DELETE", f"resources/{made['resources']}")).json()["detail"]


async def test_who_was_ever_booked_stays_and_can_be_deactivated(hub: RunningHub) -> None:
    scene = await hub.scene(role=Role.ADMIN)
    headers = {"Authorization": f"Bearer {scene.api_key}"}
    for kind, id_ in {
        "resources": scene.visit.directory.resource_id,
        "service-types": scene.visit.directory.service_type_id,
    }.items():
        url = f"/api/v1/{kind}/{id_}"
        assert (await hub.http.delete(url, headers=headers)).status_code == 409
        changed = await hub.http.patch(url, headers=headers, json={"active": False})
        assert changed.json()["active"] is False


async def test_an_external_id_is_taken_once_in_each_portal(hub: RunningHub) -> None:
    caller, other = await new_caller(hub), await new_caller(hub)
    await caller.make("accounts", name="Aalto", external_id="C-1")
    salo = await caller.make("accounts", name="Salo", external_id="C-2")

    assert (await caller.call("POST", "accounts", json={"name": "x", "external_id": "C-1"})).status_code == 409
    assert (await caller.call("PATCH", f"accounts/{salo}", json={"external_id": "C-1"})).status_code == 409
    assert (await caller.call("PATCH", f"accounts/{salo}", json={"external_id": "C-2"})).status_code == 200
    await other.make("accounts", name="Aalto", external_id="C-1")


@pytest.mark.parametrize(
    ("role", "reads", "changes"),
    [
        (Role.ADMIN, 200, 201),
        (Role.DISPATCHER, 200, 201),
        (Role.INTEGRATION, 200, 201),
        (Role.VIEWER, 200, 403),
    ],
)
async def test_what_each_role_may_do(hub: RunningHub, role: Role, reads: int, changes: int) -> None:
    admin = await new_caller(hub)
    made = await admin.one_of_each()
    caller = await admin.with_role(role)

    assert (await caller.call("POST", "accounts", json={"name": "New"})).status_code == changes
    for kind, id_ in made.items():
        assert (await caller.call("GET", kind)).status_code == reads
        assert (await caller.call("GET", f"{kind}/{id_}")).status_code == reads
        changed = await caller.call("PATCH", f"{kind}/{id_}", json={})
        assert changed.status_code == (200 if changes == 201 else 403)
        if changes == 403:
            assert (await caller.call("DELETE", f"{kind}/{id_}")).status_code == 403


async def test_another_portals_entries_are_unknown(hub: RunningHub) -> None:
    caller, stranger = await new_caller(hub), await new_caller(hub)
    made = await caller.one_of_each()

    for kind, id_ in made.items():
        for method in ("GET", "PATCH", "DELETE"):
            body: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
            assert (await stranger.call(method, f"{kind}/{id_}", **body)).status_code == 404, (method, kind)
        assert (await stranger.call("GET", kind)).json()["items"] == []
    bodies: dict[str, dict[str, Any]] = {
        "contacts": {"account": made["accounts"], "name": "x"},
        "assets": {"account": made["accounts"], "name": "x"},
        "accounts": {"name": "x", "preferences": [{"resource": made["resources"], "kind": "must"}]},
        "resources": {"name": "x", "base": BASE, "territories": [made["territories"]]},
        "service-types": {"name": "x", "duration_s": 60, "requirements": [{"characteristic": made["characteristics"]}]},
    }
    for kind, body in bodies.items():
        refused = await stranger.call("POST", kind, json=body)
        assert refused.status_code == 422
        assert "there is no such" in refused.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("kind", "body", "at"),
    [
        ("accounts", {}, "$.name"),
        ("accounts", {"name": ""}, "$.name"),
        ("accounts", {"name": " "}, "$.name"),
        ("accounts", {"name": "a\nb"}, "$.name"),
        ("accounts", {"name": "a\u0000"}, "$.name"),
        ("accounts", {"name": "x" * 201}, "$.name"),
        ("accounts", [], "$"),
        ("contacts", {"name": "x"}, "$.account"),
        ("contacts", {"account": "nobody", "name": "x"}, "$.account"),
        ("contacts", {"account": "nobody", "name": "x", "email": "no address"}, "$.email"),
        ("locations", {"account": "nobody", "address": "x", "lat": 91, "lon": 0}, "$.lat"),
        ("locations", {"account": "nobody", "address": "x", "lat": 60}, "$.lon"),
        ("locations", {"account": "nobody", "address": "x", "lat": 60, "lon": 24, "time_zone": "Mars"}, "$.time_zone"),
        ("locations", {"account": "nobody", "address": "Kotikatu 1"}, "$.lat"),
        ("resources", {"name": "x"}, "$.base"),
        ("resources", {"name": "x", "base": BASE, "kind": "robot"}, "$.kind"),
        ("resources", {"name": "x", "base": BASE, "photo_url": "javascript:alert(1)"}, "$.photo_url"),
        ("resources", {"name": "x", "base": BASE, "members": ["re_1"]}, "$.members"),
        ("service-types", {"name": "x", "duration_s": 0}, "$.duration_s"),
        ("service-types", {"name": "x", "duration_s": 3600, "lead_min_s": 7200, "lead_max_s": 60}, "$.lead_max_s"),
        ("service-types", {"name": "x", "duration_s": 3600, "display_names": {"no language": "x"}}, "$.display_names"),
        ("territories", {"name": "x", "area": {"type": "Point", "coordinates": [24, 60]}}, "$.area.type"),
        ("territories", {"name": "x", "area": {"type": "Polygon", "coordinates": [SQUARE[:-1]]}}, "$.area"),
    ],
)
async def test_what_does_not_fit_is_named(hub: RunningHub, kind: str, body: Any, at: str) -> None:
    caller = await new_caller(hub)

    refused = await caller.call("POST", kind, json=body)

    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert [fault["at"] for fault in refused.json()["errors"]] == [at]


async def test_something_of_an_account_stays_with_it(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    made, other = await caller.one_of_each(), await caller.make("accounts", name="Salo")
    home = await caller.make("locations", account=other, address="Kotikatu 2", lat=60.1, lon=24.9)

    for kind in ("contacts", "locations", "assets"):
        refused = await caller.call("PATCH", f"{kind}/{made[kind]}", json={"account": other})
        assert (refused.status_code, refused.json()["errors"][0]["at"]) == (422, "$.account")
    refused = await caller.call("PATCH", f"assets/{made['assets']}", json={"location": home})
    assert refused.json()["errors"] == [{"at": "$.location", "message": "belongs to another account"}]


async def test_a_crew_has_no_crews_among_its_members(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    tero = await caller.make("resources", name="Tero", base=BASE)
    crew = await caller.make("resources", name="Crew", base=BASE, kind="crew", members=[tero])

    nested = await caller.call("POST", "resources", json={"name": "x", "base": BASE, "kind": "crew", "members": [crew]})
    assert nested.json()["errors"][0]["at"] == "$.members[0]"
    itself = await caller.call("PATCH", f"resources/{crew}", json={"members": [crew]})
    assert itself.json()["errors"][0]["at"] == "$.members"
    promoted = await caller.call("PATCH", f"resources/{tero}", json={"kind": "crew"})
    assert promoted.json()["errors"][0]["at"] == "$.kind"


async def test_a_location_has_the_portals_time_zone_unless_it_says_another(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    account = await caller.make("accounts", name="Aalto")
    place = {"account": account, "address": "x", "lat": -31.5, "lon": 159.1}

    here = await caller.make("locations", **place)
    there = await caller.make("locations", **place, time_zone="Australia/Lord_Howe")

    zones = [(await caller.call("GET", f"locations/{id_}")).json()["time_zone"] for id_ in (here, there)]
    assert zones == ["Europe/Helsinki", "Australia/Lord_Howe"]


async def test_rubbish_is_refused_and_never_a_fault_of_ours(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    made = await caller.one_of_each()
    rubbish = [b"", b"{", b"[]", b"null", b'"\xff"', b'{"name": NaN}', b"[" * 5_000, b'{"name": "\\ud800"}', b"\x00"]
    odd: list[Any] = [None, True, -1, 1e308, 10**30, "", "x", "\u0000", [], [None], {}, {"": None}, "9999-12-31"]
    moments = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]

    for kind, id_ in made.items():
        for method, path in (("POST", kind), ("PATCH", f"{kind}/{id_}")):
            for content in rubbish:
                answer = await caller.call(method, path, content=content)
                assert answer.status_code in (400, 422), (method, kind, content)
            too_large = await caller.call(method, path, content=b" " * (1024 * 1024 + 1))
            assert too_large.status_code == 413
        for name in KINDS[kind].entry.__struct_fields__:
            for value in odd:
                changed = await caller.call("PATCH", f"{kind}/{id_}", json={name: value})
                assert changed.status_code in (200, 422), (kind, name, value, changed.text)
        for path in (f"{kind}/%00", f"{kind}/x", f"{kind}/{'x' * 3_000}"):
            assert (await caller.call("DELETE", path)).status_code == 404
    for at in moments:
        off = [{"starts_at": at, "ends_at": "2026-01-01T00:00:00Z"}]
        assert (await caller.call("PATCH", f"resources/{made['resources']}", json={"time_off": off})).status_code == 422


async def test_an_asset_that_work_was_done_on_stays(hub: RunningHub) -> None:
    caller = await new_caller(hub)
    made = await caller.one_of_each()
    async with hub.database.write() as tx:
        await build_visit(tx)
        await tx.exec_driver_sql(f"UPDATE work_order SET asset_id = '{made['assets']}'")  # noqa: S608  # an id of ours

    refused = await caller.call("DELETE", f"assets/{made['assets']}")

    assert (refused.status_code, "work order" in refused.json()["detail"]) == (409, True)
