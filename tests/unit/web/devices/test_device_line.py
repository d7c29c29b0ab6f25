"""Answer the frames of one device in order, as fast as it may send."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from hub.domain.ping import Ping, Reason, Verdict
from hub.services.authenticate import DeviceIdentity
from hub.services.judge_pings import MALFORMED, Answer, Outcome, StoreAway
from hub.services.throttle import Throttle
from hub.web.devices.device_line import MOST_UNANSWERED, DeviceLine
from hub.web.devices.ping_wire import TooManyPingsError
from hub.web.devices.taking import MOST_PINGS

DEVICE = DeviceIdentity(device_id="de_1", resource_id="re_1", portal_id="po_1", expires_at=None)
PING = '{"lat": 60.17, "lon": 24.94, "at": "2026-11-23T14:05:00Z"}'
ACCEPTED = Outcome(Verdict.ACCEPTED)


class FakeSocket:
    """Keeps what is written, and whether the device has to wait."""

    def __init__(self) -> None:
        self.ready, self.closing, self.held = True, False, False
        self.written: list[object] = []

    def write(self, text: bytes) -> None:
        """Keep an answer."""
        self.written.append(msgspec.json.decode(text))

    def hold(self, *, hold: bool) -> None:
        """Remember whether the device has to wait."""
        self.held = hold


class FakeIngest:
    """Keeps batches until the test answers them."""

    def __init__(self) -> None:
        self.taken: list[Sequence[Ping | None]] = []
        self.waiting: list[Answer] = []
        self.third_taken = asyncio.Event()

    def submit(self, device: DeviceIdentity, pings: Sequence[Ping | None], timeout_s: float, answer: Answer) -> None:
        """Keep a batch."""
        self.taken.append(pings)
        self.waiting.append(answer)
        if len(self.taken) == 3:
            self.third_taken.set()

    def answer(self, *outcomes: Outcome) -> None:
        """Answer the oldest batch."""
        self.waiting.pop(0)([*outcomes])


class Scene:
    """A line with its surroundings."""

    def __init__(self, rate_per_s: float = 0.0, burst: int = 0) -> None:
        self.socket, self.ingest = FakeSocket(), FakeIngest()
        self.left: list[Exception] = []
        rates = Throttle(rate_per_s, burst, asyncio.get_running_loop().time)
        self.line = DeviceLine(self.socket, self.ingest, rates, DEVICE, self.left.append)


async def test_answers_count_the_frames() -> None:
    scene = Scene()
    scene.line.take(PING)
    scene.line.take(f"[{PING}, 7]")

    scene.ingest.answer(ACCEPTED)
    scene.ingest.answer(ACCEPTED, MALFORMED)

    malformed = {"index": 1, "verdict": Verdict.REJECTED, "reasons": [Reason.MALFORMED]}
    assert scene.socket.written == [{"ack": 1, "accepted": 1}, {"ack": 2, "accepted": 1, "others": [malformed]}]


@pytest.mark.parametrize("frame", ["{", "7", b"\xff", "[" * 50_000, '{"lat": 1}'])
async def test_what_is_no_ping_is_one_malformed_ping(frame: str | bytes) -> None:
    scene = Scene()

    scene.line.take(frame)

    assert scene.ingest.taken == [[None]]


async def test_a_device_that_waits_for_no_answer_is_held_after_some_frames() -> None:
    scene = Scene()
    for _ in range(MOST_UNANSWERED):
        scene.line.take(PING)
    assert (len(scene.ingest.taken), scene.socket.held) == (MOST_UNANSWERED, False)

    scene.line.take(PING)
    assert (len(scene.ingest.taken), scene.socket.held) == (MOST_UNANSWERED, True)

    scene.ingest.answer(ACCEPTED)
    assert (len(scene.ingest.taken), scene.socket.held) == (MOST_UNANSWERED + 1, False)


async def test_a_device_that_reads_no_answers_is_held_until_it_does() -> None:
    scene = Scene()
    scene.socket.ready = False

    scene.line.take(PING)
    assert (scene.socket.held, scene.ingest.taken) == (True, [])

    scene.socket.ready = True
    scene.line.go_on()
    assert (scene.socket.held, len(scene.ingest.taken)) == (False, 1)


async def test_a_device_over_its_rate_waits_and_loses_nothing() -> None:
    scene = Scene(rate_per_s=20.0, burst=1)
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    for _ in range(3):
        scene.line.take(PING)
    assert (len(scene.ingest.taken), scene.socket.held) == (1, True)

    await asyncio.wait_for(scene.ingest.third_taken.wait(), 5)

    assert loop.time() - began_s >= 2 / 20.0 - 0.01
    assert not scene.socket.held


async def test_empty_frames_count_against_the_rate() -> None:
    scene = Scene(rate_per_s=0.001, burst=1)

    for _ in range(3):
        scene.line.take("[]")

    assert (len(scene.ingest.taken), scene.socket.held) == (1, True)
    scene.line.end()


async def test_what_was_sent_before_leaving_is_taken_in() -> None:
    scene = Scene()
    for _ in range(MOST_UNANSWERED + 1):
        scene.line.take(PING)
    scene.socket.ready, scene.socket.closing = False, True

    scene.ingest.answer(ACCEPTED)

    assert len(scene.ingest.taken) == MOST_UNANSWERED + 1


async def test_a_refused_device_sends_no_more() -> None:
    scene = Scene()
    for _ in range(MOST_UNANSWERED + 1):
        scene.line.take(PING)

    scene.line.end()
    scene.line.take(PING)
    scene.ingest.answer(ACCEPTED)

    assert len(scene.ingest.taken) == MOST_UNANSWERED
    assert scene.socket.written == []


async def test_pings_that_are_not_safe_end_the_line_without_an_answer() -> None:
    scene = Scene()
    scene.line.take(PING)
    scene.line.take(PING)

    for answer in scene.ingest.waiting:
        answer(None)

    assert scene.socket.written == []
    assert isinstance(scene.left[0], StoreAway)


async def test_too_many_pings_in_a_frame_end_the_line() -> None:
    scene = Scene()

    scene.line.take(f"[{','.join([PING] * (MOST_PINGS + 1))}]")
    scene.line.take(PING)

    assert [type(reason) for reason in scene.left] == [TooManyPingsError]
    assert scene.ingest.taken == []
