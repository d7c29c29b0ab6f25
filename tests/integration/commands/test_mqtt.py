"""`hub mqtt`: as a process of its own, beside a real broker."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
import httpx
import msgspec
import psutil
from sqlalchemy import func, select

from hub.store.tables import track_point
from tests.integration.commands.launched import ROOT, Launched, call, clean_environment, hub_command, launched, wait_for
from tests.integration.commands.scenes import scene_of
from tests.integration.mosquitto import TestMosquitto, broker
from tests.integration.plain_http import NO_TLS

__all__ = ["broker"]

KILLS = 3
PER_KILL = 60


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _kill_bridge(hub: Launched) -> None:
    """Kill the bridge, as soon as it runs again after the last time."""

    def killed() -> bool:
        try:
            hub.child("hub mqtt").kill()
        except (LookupError, psutil.NoSuchProcess):
            return False
        return True

    wait_for(killed, 40)


async def _recorded(hub: Launched) -> tuple[int, int]:
    """Count the points of the history, and the different times among them."""
    database = hub.database()
    try:
        async with database.read() as tx:
            counts = select(func.count(), func.count(func.distinct(track_point.c.at))).select_from(track_point)
            all_of_them, different = (await tx.execute(counts)).one()
            return all_of_them, different
    finally:
        await database.close()


async def test_a_bridge_that_is_killed_again_and_again_loses_nothing(folder: Path, broker: TestMosquitto) -> None:
    began_at = int(datetime.now(UTC).timestamp()) - 3_600
    total = KILLS * PER_KILL
    with launched(folder, "--port", "0", HUB_MQTT_URL=broker.url) as hub:
        scene = await scene_of(hub.database())
        topic = json.loads(call(folder, "mqtt", "--access", scene.device_id, "--json").stdout)["topic"]
        wait_for(lambda: "broker connected" in hub.said(), 40)  # from then on the broker keeps what is missed
        async with aiomqtt.Client("127.0.0.1", broker.port) as phone:
            for kill in range(KILLS):
                for number in range(kill * PER_KILL, (kill + 1) * PER_KILL):
                    place = {"lat": 60 + number / 100_000, "lon": 24.94, "tst": began_at + number}
                    await phone.publish(topic, msgspec.json.encode({"_type": "location", **place}), qos=1)
                    if number % PER_KILL == PER_KILL // 2:
                        _kill_bridge(hub)

        async with asyncio.timeout(40):
            while (await _recorded(hub))[1] < total:  # noqa: ASYNC110 - it happens in other processes
                await asyncio.sleep(0.1)
        assert await _recorded(hub) == (total, total)
        assert hub.stop() == 0


def test_a_bridge_of_its_own_tells_its_metrics_and_ends_when_asked(
    shared_hub_run: Launched, broker: TestMosquitto
) -> None:
    folder = shared_hub_run.folder
    port = _free_port()

    def connected() -> bool:
        with contextlib.suppress(httpx.HTTPError):
            told = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False, verify=NO_TLS).text
            return "hub_mqtt_connected 1.0" in told
        return False

    stores = {
        "HUB_MQTT_URL": broker.url,
        "HUB_REDIS_URL": shared_hub_run.run_file.redis_url,
        "HUB_DATABASE_URL": f"sqlite:///{folder / 'hub.db'}",
        "HUB_SECRET_KEY": (folder / "secret.key").read_text().strip(),
    }
    alone = subprocess.Popen(  # noqa: S603 - our own program
        hub_command("mqtt", "--metrics-port", str(port)), env=clean_environment(folder, **stores), cwd=ROOT
    )
    try:
        wait_for(connected, 40)
        alone.terminate()
        assert alone.wait(10) == 0
    finally:
        alone.kill()


def test_a_bridge_without_a_broker_refuses_to_start(folder: Path) -> None:
    said = call(folder, "mqtt")

    assert said.returncode == 1
    assert said.stderr == "hub: HUB_MQTT_URL: `hub mqtt` needs it\n"


def test_check_names_a_broker_that_does_not_answer(folder: Path) -> None:
    said = call(folder, "check", HUB_MQTT_URL="mqtt://hub:pass-word@127.0.0.1:1").stderr

    assert "hub: HUB_MQTT_URL: " in said
    assert "pass-word" not in said


def test_the_access_of_an_unknown_device_is_not_told(shared_hub_run: Launched) -> None:
    said = call(shared_hub_run.folder, "mqtt", "--access", "de_none")

    assert said.returncode == 1
    assert said.stderr == "hub: there is no device de_none\n"
