"""What devices tell of themselves comes into real databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest
from sqlalchemy import select

from hub.domain.ping import Ping, Reason, Verdict
from hub.domain.silence import Silence
from hub.services import hear_devices
from hub.services.hear_devices import HearDevices
from hub.services.judge_pings import Outcome
from hub.store.database import Database
from hub.store.tables import device
from tests.builders import NOW, build_device, build_directory
from tests.unit.domain.pings import ping

ACCEPTED = Outcome(Verdict.ACCEPTED)
Told = tuple[datetime | None, str | None, float | None]


def _later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def _battery(battery: float | None) -> Ping:
    return msgspec.structs.replace(ping(), battery=battery)


@pytest.fixture
async def phone(db: Database) -> str:
    """Build a device."""
    async with db.write() as tx:
        return (await build_device(tx, (await build_directory(tx)).resource_id))[0]


async def _told(db: Database, device_id: str) -> Told:
    async with db.read() as tx:
        query = select(device.c.last_seen_at, device.c.app, device.c.battery).where(device.c.id == device_id)
        row = (await tx.execute(query)).one()
    return row.last_seen_at, row.app, row.battery


async def test_a_kept_ping_tells_when_and_how_full(db: Database, phone: str) -> None:
    hear = HearDevices(db)
    hear.sent(phone, [_battery(0.4), _battery(0.3)], [ACCEPTED, ACCEPTED], NOW)

    assert await _told(db, phone) == (None, None, None)
    await hear.write()
    assert await _told(db, phone) == (NOW, None, 0.3)


async def test_the_newest_of_those_that_were_kept_tells_how_full(db: Database, phone: str) -> None:
    duplicate, malformed = Outcome(Verdict.DUPLICATE), Outcome(Verdict.REJECTED, (Reason.MALFORMED,))
    newest, older = _battery(0.3), msgspec.structs.replace(_battery(0.4), at=_battery(None).at - timedelta(minutes=1))
    hear = HearDevices(db)

    hear.sent(phone, [newest, older, newest, None], [ACCEPTED, Outcome(Verdict.LATE), duplicate, malformed], NOW)
    await hear.write()

    assert await _told(db, phone) == (NOW, None, 0.3)


async def test_what_was_not_told_again_stays(db: Database, phone: str) -> None:
    hear = HearDevices(db)
    hear.heard(phone, NOW, app="OwnTracks", battery=0.5)
    hear.sent(phone, [_battery(None)], [ACCEPTED], _later(1))
    await hear.write()
    assert await _told(db, phone) == (_later(1), "OwnTracks", 0.5)

    hear.sent(phone, [_battery(None)], [ACCEPTED], _later(2))
    await hear.write()
    assert await _told(db, phone) == (_later(2), "OwnTracks", 0.5)


@pytest.mark.parametrize(
    ("last", "outcome"),
    [(ping(), Outcome(Verdict.REJECTED, (Reason.OFF_HOURS,))), (None, Outcome(Verdict.REJECTED, (Reason.MALFORMED,)))],
)
async def test_what_is_not_kept_leaves_no_trace(db: Database, phone: str, last: Ping | None, outcome: Outcome) -> None:
    hear = HearDevices(db)
    hear.sent(phone, [last], [outcome], NOW)
    await hear.write()

    assert await _told(db, phone) == (None, None, None)


async def test_an_empty_frame_tells_nothing(db: Database, phone: str) -> None:
    hear = HearDevices(db)
    hear.sent(phone, [], [], NOW)
    await hear.write()

    assert await _told(db, phone) == (None, None, None)


async def test_a_slower_process_does_not_turn_the_clock_back(db: Database, phone: str) -> None:
    one, other = HearDevices(db), HearDevices(db)
    one.heard(phone, NOW, app="OwnTracks")
    other.heard(phone, _later(5))
    await other.write()
    await one.write()

    assert await _told(db, phone) == (_later(5), "OwnTracks", None)


async def test_many_devices_are_written_in_several_steps(
    db: Database, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hear_devices, "ROWS_PER_WRITE", 2)
    hear = HearDevices(db)
    for other in ("de_gone", "de_never", "de_unknown"):
        hear.heard(other, NOW)
    hear.heard(phone, NOW)
    await hear.write()

    assert (await _told(db, phone))[0] == NOW


async def test_what_cannot_be_written_is_written_next_time(db: Database, phone: str) -> None:
    hear = HearDevices(db)
    hear.heard(phone, NOW)
    working = hear._database
    hear._database = Database.open("sqlite:////nowhere/at/all.db")
    with pytest.raises(Exception):  # noqa: B017, PT011 - how a database fails is its own matter
        await hear.write()
    hear._database = working
    await hear.write()

    assert (await _told(db, phone))[0] == NOW


async def test_a_reason_of_silence_is_kept_until_it_is_taken_back(db: Database, phone: str) -> None:
    async def said() -> tuple[str | None, datetime | None]:
        async with db.read() as tx:
            row = (await tx.execute(select(device.c.silence, device.c.silence_at))).one()
        return row.silence, row.silence_at

    hear = HearDevices(db)
    await hear.silent(phone, Silence.SHARING_OFF, NOW)
    assert await said() == ("sharing_off", NOW)
    await hear.silent(phone, None, _later(1))
    assert await said() == (None, None)
