"""What RQ's jobs call. A job has only ids or a name: everything else is in the database."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime

from redis.exceptions import RedisError

from hub.clock import system_clock
from hub.services.deliver_messages import DeliverMessages
from hub.store.upkeep_counts import UpkeepCounts
from workers.chores import Chore
from workers.loop_thread import LoopThread


class NotAWorkerError(Exception):
    """A job was called outside a worker, or in one that does no such work."""


class _Bench:
    """What this process's jobs work with; one worker, one bench."""

    loop: LoopThread | None = None
    messages: DeliverMessages | None = None
    chores: Mapping[str, Chore] = {}
    counts: UpkeepCounts | None = None


def prepare(loop: LoopThread, messages: DeliverMessages | None) -> None:
    """Say with what the jobs of this process deliver messages; None where it delivers none."""
    _Bench.loop, _Bench.messages = loop, messages


def prepare_chores(chores: Mapping[str, Chore], counts: UpkeepCounts) -> None:
    """Say which chores the jobs of this process do, and where they tell of it."""
    _Bench.chores, _Bench.counts = chores, counts


def deliver_messages(ids: list[str], lease: str) -> None:
    """Deliver the messages that are still under the lease, an ISO time."""
    if _Bench.loop is None or _Bench.messages is None:
        raise NotAWorkerError
    _Bench.loop.run(_Bench.messages.deliver(ids, datetime.fromisoformat(lease)))


def do_chore(name: str) -> None:
    """Do some of a chore, and tell what was done."""
    if _Bench.loop is None or name not in _Bench.chores:
        raise NotAWorkerError(name)
    _Bench.loop.run(_do(name))


async def _do(name: str) -> None:
    done = await _Bench.chores[name]()
    if _Bench.counts:
        with contextlib.suppress(RedisError, OSError):  # it was done all the same
            await _Bench.counts.add(name, +done, system_clock())
