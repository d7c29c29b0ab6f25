"""Forget what nobody needs any more, on real databases."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from hub.services.forget_leftovers import ForgetLeftovers
from hub.store import sessions, stored_answers
from hub.store.database import Database
from hub.store.predictions import insert_predictions
from hub.store.sessions import SessionRow
from hub.store.stored_answers import StoredAnswer
from hub.store.tables import enrolment, eta_prediction, lease, session, stored_answer, track_import
from tests.builders import NOW, build_device, build_directory, build_enrolment
from tests.fakes import FakeClock
from tests.integration.told_arrivals import told

DAY = timedelta(days=1)


async def _forget(db: Database) -> dict[str, int]:
    return dict(await ForgetLeftovers(db, FakeClock(), keep=30 * DAY).work())


async def test_sessions_go_a_month_after_their_end(db: Database) -> None:
    def row(number: int, expires_at: datetime, ended_at: datetime | None = None) -> SessionRow:
        return SessionRow(
            id=f"se_{number}",
            token_hash=bytes([number]),
            created_at=NOW - 90 * DAY,
            expires_at=expires_at,
            ended_at=ended_at,
            resource_id=directory.resource_id,
        )

    async with db.write() as tx:
        directory = await build_directory(tx)
        await sessions.insert_sessions(
            tx,
            [
                row(1, NOW + DAY),
                row(2, NOW - 29 * DAY),
                row(3, NOW - 31 * DAY),
                row(4, NOW + DAY, ended_at=NOW - 31 * DAY),
            ],
        )

    assert (await _forget(db))["forgotten_sessions"] == 2

    async with db.read() as tx:
        assert sorted((await tx.execute(select(session.c.id))).scalars()) == ["se_1", "se_2"]


async def test_enrolment_links_go_a_month_after_they_expired(db: Database) -> None:
    async with db.write() as tx:
        directory = await build_directory(tx)
        kept, _ = await build_enrolment(tx, directory.resource_id, expires_at=NOW - 29 * DAY)
        await build_enrolment(tx, directory.resource_id, expires_at=NOW - 31 * DAY)

    assert (await _forget(db))["forgotten_enrolments"] == 1

    async with db.read() as tx:
        assert list((await tx.execute(select(enrolment.c.id))).scalars()) == [kept]


async def test_stored_answers_go_once_they_count_no_more_however_many(db: Database) -> None:
    async with db.write() as tx:
        for number in range(1_101):
            at = NOW if number == 0 else NOW - 2 * DAY
            await stored_answers.insert(tx, StoredAnswer(key=number.to_bytes(4), body_hash=b"", created_at=at))

    assert (await _forget(db))["forgotten_answers"] == 1_100

    async with db.read() as tx:
        assert (await tx.execute(select(func.count()).select_from(stored_answer))).scalar() == 1


async def test_imports_go_with_their_points_and_running_ones_stay(db: Database) -> None:
    async with db.write() as tx:
        directory = await build_directory(tx)
        device_id, _ = await build_device(tx, directory.resource_id)
        common = {"device_id": device_id, "resource_id": directory.resource_id, "name": "a.gpx", "total": 1, "done": 1}
        for name, status, days in (("im_1", "done", 31), ("im_2", "running", 31), ("im_3", "failed", 29)):
            at = NOW - days * DAY
            values = {"id": name, "status": status, "verdicts": {}, "created_at": at, "updated_at": at, **common}
            await tx.execute(insert(track_import).values(values))
        await tx.execute(insert(lease).values(name="cron", holder="one", until=NOW - DAY))

    assert (await _forget(db))["forgotten_imports"] == 1

    async with db.read() as tx:
        assert sorted((await tx.execute(select(track_import.c.id))).scalars()) == ["im_2", "im_3"]


async def test_told_arrivals_go_with_the_track(db: Database) -> None:
    async with db.write() as tx:
        for days in (29, 31):
            await insert_predictions(tx, [told("bk_1", "re_1", set_off_at=NOW - days * DAY)])

    assert (await _forget(db))["forgotten_predictions"] == 1

    async with db.read() as tx:
        assert list((await tx.execute(select(eta_prediction.c.set_off_at))).scalars()) == [NOW - 29 * DAY]
