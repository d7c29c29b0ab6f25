"""Measure bookings: how fast they are, and how soon their mails are accepted, while positions are recorded beside."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from aiosmtpd.controller import Controller
from sqlalchemy import select

from benchmarks.running import KIT, Measured, free_port, measured_hub
from hub.store.database import opened
from hub.store.tables import message
from tests.postgres import running_postgres

PACED_PER_S, PACED_S = 20, 10
CUSTOMERS_AT_ONCE = 8
PINGS_PER_S = 500
HOME = {"address": "Bulevardi 15", "lat": 60.1642, "lon": 24.9362}


class Sink:
    """An SMTP server that takes everything at once."""

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        """Accept a mail."""
        return "250 OK"


def measure_bookings() -> dict[str, dict[str, float]]:
    """Measure on SQLite and on PostgreSQL; figures by name and database."""
    with _sink() as smtp_url:
        with _hub(smtp_url) as hub:
            sqlite = asyncio.run(_measure(hub))
        with running_postgres() as server_url, _hub(smtp_url, HUB_DATABASE_URL=f"{server_url}/postgres") as hub:
            postgresql = asyncio.run(_measure(hub))
    return {name: {"SQLite": sqlite[name], "PostgreSQL": postgresql[name]} for name in sqlite}


@contextmanager
def _sink() -> Iterator[str]:
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@contextmanager
def _hub(smtp_url: str, **environment: str) -> Iterator[Measured]:
    with measured_hub(HUB_SMTP_URL=smtp_url, HUB_PUBLIC_RATE="0", **environment) as hub:
        hub.seed_visits(50)
        command = [sys.executable, str(KIT / "pingload.py"), "--json", "--seed", str(hub.seed)]
        command += ["--rate", str(PINGS_PER_S), "--past-s", "0", "--seconds", "120"]
        load = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
        try:
            time.sleep(5)
            yield hub
        finally:
            load.kill()
            load.wait()


async def _measure(hub: Measured) -> dict[str, float]:
    async with httpx.AsyncClient(base_url=hub.base_url, timeout=30, trust_env=False) as http:
        slots = await _slots(http)
        paced = PACED_PER_S * PACED_S
        took_s = await _paced(http, slots[:paced])
        mails_s = await _mails(hub, paced)
        began_s = time.perf_counter()
        fast_s = await _closed_loop(http, slots[paced:])
        rate = len(fast_s) / (time.perf_counter() - began_s)
    return {
        f"bookings/s, {CUSTOMERS_AT_ONCE} customers at once": rate,
        "… p50 of a booking, ms": 1e3 * statistics.median(fast_s),
        "… p99 of a booking, ms": 1e3 * _p99(fast_s),
        f"p99 of a booking at {PACED_PER_S} a second, ms": 1e3 * _p99(took_s),
        "… from commit to SMTP acceptance, p50, ms": 1e3 * statistics.median(mails_s),
        "… from commit to SMTP acceptance, p99, ms": 1e3 * _p99(mails_s),
    }


async def _slots(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Find one slot an hour, so that none is in another one's way."""
    offered = (await http.get("/api/v1/service-types")).json()["items"]
    service = min(offered, key=lambda one: one["duration_s"])["id"]  # with its way it fits into the hour
    begins = datetime.now(UTC) + timedelta(days=1)
    asked = {
        "service_type": service,
        "location": f"{HOME['lat']},{HOME['lon']}",
        "from": begins.isoformat(),
        "to": (begins + timedelta(days=31)).isoformat(),
    }
    found = (await http.get("/api/v1/slots", params=asked)).json()["slots"]
    return [slot for slot in found if slot["starts_at"][14:16] == "00"]


async def _book(http: httpx.AsyncClient, slot: dict[str, Any], number: int) -> float:
    contact = {"name": f"Customer {number}", "email": f"c{number}@example.org"}
    began_s = time.perf_counter()
    body = {"slot_id": slot["id"], "location": HOME, "contact": contact}
    (await http.post("/api/v1/bookings", json=body)).raise_for_status()
    return time.perf_counter() - began_s


async def _paced(http: httpx.AsyncClient, slots: list[dict[str, Any]]) -> list[float]:
    tasks = []
    for number, slot in enumerate(slots):
        tasks.append(asyncio.create_task(_book(http, slot, number)))
        await asyncio.sleep(1 / PACED_PER_S)
    return list(await asyncio.gather(*tasks))


async def _closed_loop(http: httpx.AsyncClient, slots: list[dict[str, Any]]) -> list[float]:
    waiting, took_s = list(enumerate(slots, 10_000)), []

    async def customer() -> None:
        while waiting:
            number, slot = waiting.pop()
            took_s.append(await _book(http, slot, number))

    await asyncio.gather(*(customer() for _ in range(CUSTOMERS_AT_ONCE)))
    return took_s


async def _mails(hub: Measured, wanted: int) -> list[float]:
    """Wait until all mails are accepted; tell how long each took from its row to the server's answer."""
    async with opened(hub.database_url) as database:
        for _ in range(120):
            async with database.read() as tx:
                rows = (await tx.execute(select(message.c.created_at, message.c.sent_at))).all()
            if len(rows) >= wanted and all(row.sent_at for row in rows):
                return [(row.sent_at - row.created_at).total_seconds() for row in rows]
            await asyncio.sleep(0.5)
    raise SystemExit("not all mails were accepted")


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]
