"""One device's open socket: frames in, answers out, in order and without a task for each."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import msgspec

from hub.domain.ping import Ping
from hub.services.authenticate import DeviceIdentity
from hub.services.ingest_pings import Other, others
from hub.services.judge_pings import ACCEPTED, Answer, Outcome, StoreAway
from hub.services.throttle import Throttle
from hub.web.devices.ping_wire import TooManyPingsError, read_pings
from hub.web.devices.taking import MOST_PINGS
from hub.web.interruptible import Leave

STORE_TIMEOUT_S = 30.0
MOST_UNANSWERED = 4
"""Frames of one device that may be on their way into the store: each may hold 1,000 pings, and phones take turns."""


class Ack(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to frame number `ack` of the connection."""

    ack: int
    accepted: int
    others: list[Other] = []


class TakesPings(Protocol):
    """What a line needs of the ingesting."""

    def submit(self, device: DeviceIdentity, pings: Sequence[Ping | None], timeout_s: float, answer: Answer) -> None:
        """Take pings and answer later, in order."""
        ...


class Socket(Protocol):
    """What a line needs of its socket."""

    @property
    def ready(self) -> bool:
        """Tell whether the device reads its answers."""

    @property
    def closing(self) -> bool:
        """Tell whether the device has left."""

    def write(self, text: bytes) -> None:
        """Write an answer."""

    def hold(self, *, hold: bool) -> None:
        """Let the device wait, or go on."""


_write = msgspec.json.Encoder().encode


class DeviceLine:
    """Takes frames as fast as the device may send, the store takes and the device reads its answers.

    Beyond that the socket is not read. What a device sent before it left is still taken in.
    """

    def __init__(
        self, socket: Socket, ingest: TakesPings, rates: Throttle, device: DeviceIdentity, leave: Leave
    ) -> None:
        """Call `leave` with `StoreAway` or `TooManyPingsError` when the socket has to be closed."""
        self._socket, self._ingest, self._rates, self._device, self._leave = socket, ingest, rates, device, leave
        self._unread: deque[str | bytes] = deque()
        self._unanswered = self._answered = 0
        self._waiting: asyncio.TimerHandle | None = None
        self._ended = False

    def take(self, frame: str | bytes) -> None:
        """Take a frame."""
        if not self._ended:
            self._unread.append(frame)
            self.go_on()

    def go_on(self) -> None:
        """Send into the store what may go now."""
        while self._unread and self._may_go():
            self._submit(self._unread.popleft())
        self._socket.hold(hold=bool(self._unread))

    def end(self) -> None:
        """Forget what has not been sent into the store: the device may send no more."""
        self._ended = True
        self._unread.clear()
        if self._waiting:
            self._waiting.cancel()

    def _may_go(self) -> bool:
        if self._unanswered >= MOST_UNANSWERED or self._waiting or not (self._socket.ready or self._socket.closing):
            return False
        if wait_s := self._rates.wait_s(self._device.device_id):
            self._waiting = asyncio.get_running_loop().call_later(wait_s, self._waited)
        return not wait_s

    def _waited(self) -> None:
        self._waiting = None
        self.go_on()

    def _submit(self, frame: str | bytes) -> None:
        try:
            pings = _read(frame)
        except TooManyPingsError as error:
            self._stop(error)
            return
        self._rates.count(self._device.device_id, max(1, len(pings)))  # an empty list is a frame, too
        self._unanswered += 1
        self._ingest.submit(self._device, pings, STORE_TIMEOUT_S, self._answer)

    def _answer(self, outcomes: list[Outcome] | None) -> None:
        """Answer the oldest unanswered frame; None means that its pings are not safe."""
        self._unanswered -= 1
        if outcomes is None:
            self._stop(StoreAway())
        elif not self._ended:
            self._answered += 1
            self._socket.write(_ack(self._answered, outcomes))
            if self._unread:
                self.go_on()

    def _stop(self, reason: Exception) -> None:
        self.end()
        self._leave(reason)


def _ack(number: int, outcomes: list[Outcome]) -> bytes:
    if len(outcomes) == 1 and outcomes[0] is ACCEPTED:  # as nearly always
        return b'{"ack":%d,"accepted":1}' % number
    not_accepted = others(outcomes)
    return _write(Ack(number, len(outcomes) - len(not_accepted), not_accepted))


def _read(frame: str | bytes) -> list[Ping | None]:
    """Read a frame; what is no JSON or no ping is one malformed ping."""
    try:
        return read_pings(frame, MOST_PINGS)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [None]
