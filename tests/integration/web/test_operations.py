"""`/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

from tests.integration.hub import RunningHub, ping_at


async def test_a_process_that_runs_is_alive_and_ready(hub: RunningHub) -> None:
    assert (await hub.http.get("/healthz")).text == "ok\n"

    ready = await hub.http.get("/readyz")

    assert ready.status_code == 200
    assert ready.json()["ready"] is True
    assert set(ready.json()["checks"].values()) == {"ok"}
    assert {"database", "migrations", "store", "listener"} <= set(ready.json()["checks"])


async def test_a_database_without_tables_is_not_ready(hub: RunningHub) -> None:
    async with hub.database.write() as tx:
        await tx.exec_driver_sql("DELETE FROM alembic_version")

    answer = await hub.http.get("/readyz")

    assert answer.status_code == 503
    assert "migrat" in answer.json()["checks"]["migrations"]


async def test_verdicts_are_counted(hub: RunningHub) -> None:
    scene = await hub.scene()
    await hub.ping(scene, ping_at(), ping_at(lat=0, lon=0))

    metrics = (await hub.http.get("/metrics")).text

    assert 'hub_pings_total{reasons="",verdict="accepted"}' in metrics
    assert 'hub_pings_total{reasons="null_island",verdict="rejected"}' in metrics
