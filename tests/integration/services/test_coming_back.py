"""Whoever comes back to a visit within minutes costs no read of the database, and is still held to their link."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import Engine, event

from hub.domain.link_scope import LinkScope
from hub.services import watch_visit
from hub.services.admission import REMEMBER_LOOKED_AFTER_S, REMEMBER_S, RETURN_S, Admission
from hub.services.issue_links import IssuedLink, issue_link, revoke_link
from hub.store.database import Database, opened
from tests.builders import NOW, SECRET, build_visit
from tests.databases import copy_sqlite
from tests.fakes import FakeClock
from tests.integration.services.test_watch_visit import Stage


@contextmanager
def _statements() -> Iterator[list[str]]:
    """Write down every SQL statement of this process."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
async def stage(sqlite_template: Path, tmp_path: Path, redis_client: Redis) -> AsyncIterator[Stage]:
    """Build a scheduled visit."""
    async with opened(copy_sqlite(sqlite_template, tmp_path)) as database:
        async with database.write() as tx:
            built = await build_visit(tx)
        yield Stage(database, redis_client, built)


class _Door:
    """The admission of one web process, with a clock that the test turns."""

    def __init__(self, database: Database) -> None:
        self.now_s = 1_000.0
        self.admission = Admission(database, FakeClock(), lambda: self.now_s)


async def _link(stage: Stage) -> IssuedLink:
    issued = await issue_link(
        stage.database,
        SECRET,
        stage.built.booking_id,
        LinkScope.TRACK,
        expires_at=NOW.replace(year=NOW.year + 1),
        now=NOW,
        portal_id=None,
    )
    assert isinstance(issued, IssuedLink)
    return issued


async def test_a_watcher_who_comes_back_to_a_known_room_reads_nothing(stage: Stage) -> None:
    door, link = _Door(stage.database), await _link(stage)
    assert await door.admission.link(link.token) is not None
    async with stage.watching.watch(link.booking_id, LinkScope.TRACK):
        pass
    for _ in range(20):  # the check of every 2 s, while nobody is there
        door.now_s += REMEMBER_S
        await door.admission.close_invalid()

    with _statements() as said:
        known = await door.admission.link(link.token)
        async with stage.watching.watch(link.booking_id, LinkScope.TRACK) as taken:
            assert taken is not None

    assert known is not None
    assert said == []


async def test_a_room_that_was_left_goes_on_hearing_of_its_visit(stage: Stage) -> None:
    async with stage.watching.watch(stage.built.booking_id, LinkScope.TRACK):
        pass
    await stage.change("canceled")
    await stage.watching.reread()

    async with stage.watching.watch(stage.built.booking_id, LinkScope.TRACK) as taken:
        assert taken is not None
        assert taken[1].visit.status == "canceled"
    assert stage.watching.watchers_of(stage.built.booking_id) == 0


async def test_a_room_to_which_nobody_comes_back_is_closed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_visit, "EMPTY_FOR_S", 0.0)
    async with stage.watching.watch(stage.built.booking_id, LinkScope.TRACK):
        pass
    await stage.watching.reread()  # lets the loop turn

    with _statements() as said:
        async with stage.watching.watch(stage.built.booking_id, LinkScope.TRACK):
            pass

    assert said != []


async def test_a_link_that_is_revoked_meanwhile_does_not_come_back(stage: Stage) -> None:
    door, link = _Door(stage.database), await _link(stage)
    await door.admission.link(link.token)
    await revoke_link(stage.database, link.id, now=NOW, portal_id=None)

    door.now_s += REMEMBER_S
    await door.admission.close_invalid()

    assert await door.admission.link(link.token) is None


async def test_what_the_check_said_counts_only_for_a_moment(stage: Stage) -> None:
    door, link = _Door(stage.database), await _link(stage)
    await door.admission.link(link.token)
    await door.admission.close_invalid()
    door.now_s += REMEMBER_LOOKED_AFTER_S

    with _statements() as said:
        assert await door.admission.link(link.token) is not None

    assert said != []


async def test_who_has_not_come_for_minutes_is_asked_about_no_more(stage: Stage) -> None:
    door, link = _Door(stage.database), await _link(stage)
    await door.admission.link(link.token)
    door.now_s += RETURN_S

    with _statements() as said:
        await door.admission.close_invalid()

    assert said == []
