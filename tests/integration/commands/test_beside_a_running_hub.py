"""Commands on the folder of a running hub: their JSON is the contract's, and what they make works at once."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from tests.integration.commands.launched import Launched, call, wait_for
from tests.integration.commands.scenes import Scene, scene_of
from tests.integration.hub import ping_at
from tests.integration.plain_http import NO_TLS


def answer(folder: Path, *arguments: str) -> dict[str, Any]:
    """Run a command that answers JSON."""
    done = call(folder, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    content: dict[str, Any] = json.loads(done.stdout)
    return content


@pytest.fixture
async def scene(shared_hub_run: Launched) -> Scene:
    """Build a visit under way."""
    return await scene_of(shared_hub_run.database())


def status_of(url: str, token: str = "") -> int:
    """Get something and give the status of the answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.get(url, headers=headers, trust_env=False, verify=NO_TLS).status_code


def status_of_a_ping(hub: Launched, token: str) -> int:
    """Post a ping and give the status of the answer."""
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{hub.base_url}/api/v1/pings"
    return httpx.post(url, json=ping_at(), headers=headers, trust_env=False, verify=NO_TLS).status_code


async def test_a_new_device_may_send_until_it_is_revoked(shared_hub_run: Launched, scene: Scene) -> None:
    hub = shared_hub_run
    made = answer(hub.folder, "device", "add", scene.resource_id)
    assert set(made) == {"device_id", "device_token"}
    assert status_of_a_ping(hub, made["device_token"]) == 202
    assert call(hub.folder, "device", "revoke", made["device_id"]).returncode == 0
    wait_for(lambda: status_of_a_ping(hub, made["device_token"]) == 401, 5)


async def test_a_name_is_cut_to_what_fits_the_qr_code(shared_hub_run: Launched, scene: Scene) -> None:
    said = call(
        shared_hub_run.folder, "device", "add", scene.resource_id, "--name", "Aino's\nvery " + "long " * 600 + "phone"
    )

    assert (said.returncode, said.stderr) == (0, "")
    assert "device_id=Aino%27s%20very%20long" in said.stdout


async def test_a_new_device_is_shown_with_what_apps_are_told(shared_hub_run: Launched, scene: Scene) -> None:
    hub = shared_hub_run
    said = call(hub.folder, "device", "add", scene.resource_id, "--name", "van").stdout
    token = re.search(r"^device_token: (\S+)$", said, re.MULTILINE)
    inline = re.search(r"^owntracks:///config\?inline=(\S+)$", said, re.MULTILINE)
    assert token
    assert inline
    told = json.loads(base64.b64decode(unquote(inline[1])))
    assert (told["url"], told["password"]) == (f"{hub.base_url}/api/v1/owntracks", token[1])
    assert "█" in said or "▄" in said
    async with httpx.AsyncClient(auth=(told["username"], told["password"]), trust_env=False) as owntracks:
        assert (await owntracks.post(told["url"], content=b"")).json() == []


async def test_a_new_link_opens_its_visit_until_it_is_revoked(shared_hub_run: Launched, scene: Scene) -> None:
    hub = shared_hub_run
    made = answer(hub.folder, "link", scene.booking_id, "--scope", "track", "--expires", "2h")
    assert set(made) == {"id", "url", "expires_at"}
    in_2_h = datetime.now(UTC) + timedelta(hours=2)
    assert abs(datetime.fromisoformat(made["expires_at"]) - in_2_h) < timedelta(minutes=2)
    assert made["url"].startswith(f"{hub.base_url}/v/")
    assert status_of(made["url"]) == 200
    assert call(hub.folder, "link", "revoke", made["id"]).returncode == 0
    wait_for(lambda: status_of(made["url"]) == 404, 5)


async def test_an_api_key_of_the_portal_that_is_there_works_until_it_is_revoked(
    shared_hub_run: Launched, scene: Scene
) -> None:
    hub = shared_hub_run
    database = hub.database()
    async with database.read() as tx:
        portal = (await tx.exec_driver_sql("SELECT id FROM portal ORDER BY id LIMIT 1")).scalar()
    await database.close()
    made = answer(hub.folder, "api-key", "add", "night shift", "--role", "dispatcher", "--portal", str(portal))
    assert set(made) == {"api_key"}
    assert status_of(f"{hub.base_url}/api/v1/bookings", made["api_key"]) == 200

    listed = [
        line for line in call(hub.folder, "api-key", "list").stdout.splitlines() if line.endswith("  night shift")
    ]
    [(key_id, role, state)] = [line.split()[:3] for line in listed]
    assert (role, state) == ("dispatcher", "valid")
    assert call(hub.folder, "api-key", "revoke", key_id).returncode == 0
    assert status_of(f"{hub.base_url}/api/v1/bookings", made["api_key"]) == 401
    assert f"{key_id}  dispatcher   revoked  night shift\n" in call(hub.folder, "api-key", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("device", "add", "re_nobody"), "there is no active resource re_nobody"),
        (("device", "add", "re_nobody", "--name", "\n"), "--name: a name is needed"),
        (("device", "revoke", "de_nobody"), "there is no device de_nobody"),
        (("link", "bk_nobody"), "there is no booking bk_nobody"),
        (("link", "revoke", "li_nobody"), "there is no link li_nobody"),
        (("api-key", "revoke", "ak_nobody"), "there is no API key ak_nobody"),
        (("api-key", "add", "x", "--role", "viewer", "--portal", "po_nobody"), "there is no portal po_nobody"),
    ],
)
def test_what_is_unknown_is_a_clear_message(shared_hub_run: Launched, arguments: tuple[str, ...], message: str) -> None:
    done = call(shared_hub_run.folder, *arguments)
    assert done.returncode == 1
    assert done.stderr == f"hub: {message}\n"


def test_migrating_again_changes_nothing(shared_hub_run: Launched) -> None:
    assert call(shared_hub_run.folder, "migrate").returncode == 0
    assert shared_hub_run.ready()


def test_the_first_key_of_a_fresh_store_makes_its_portal(folder: Path) -> None:
    assert call(folder, "migrate").returncode == 0
    assert set(answer(folder, "api-key", "add", "first", "--role", "admin")) == {"api_key"}
    assert set(answer(folder, "api-key", "add", "second", "--role", "viewer")) == {"api_key"}
