"""What RQ's jobs call. A job has only ids: everything else is in the database."""

from __future__ import annotations

from datetime import datetime

from hub.services.deliver_messages import DeliverMessages
from workers.loop_thread import LoopThread


class NotAWorkerError(Exception):
    """A job was called outside a worker."""


class _Bench:
    """What this process's jobs work with; one worker, one bench."""

    loop: LoopThread | None = None
    messages: DeliverMessages | None = None


def prepare(loop: LoopThread, messages: DeliverMessages) -> None:
    """Say what the jobs of this process work with."""
    _Bench.loop, _Bench.messages = loop, messages


def deliver_messages(ids: list[str], lease: str) -> None:
    """Deliver the messages that are still under the lease, an ISO time."""
    if _Bench.loop is None or _Bench.messages is None:
        raise NotAWorkerError
    _Bench.loop.run(_Bench.messages.deliver(ids, datetime.fromisoformat(lease)))
