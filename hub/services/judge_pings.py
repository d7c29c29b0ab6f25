"""Turn one technician's waiting pings into one group of a commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from hub.domain.geodesy import Point
from hub.domain.geofence import Crossing, Fence, Journey, step
from hub.domain.ping import KEPT, Ping, Reason, Verdict, ping_keys
from hub.domain.ping_filter import Judgement, Limits, PingState, judge
from hub.domain.prediction import Prediction
from hub.domain.shown_arrival import ShownArrival
from hub.store.ping_store import DeviceKeys, Group, KeptPing, encode_entry, encode_state

TIDY_EVERY = 2_048
"""How many pings of a technician are kept between two looks whether a generation of keys is full."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one ping."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


MALFORMED = Outcome(Verdict.REJECTED, (Reason.MALFORMED,))


class TellsWatchers(Protocol):
    """What judging needs to know about journeys."""

    def observe(self, resource_id: str, ping: Ping, fence: Fence | None, now: datetime) -> Observed:
        """Answer who shall see this ping, and the arrival that it shows; `fence` knows which one is shown."""
        ...

    def target(self, resource_id: str) -> Target | None:
        """Tell whose place the technician travels to or is at."""
        ...


class Observed(NamedTuple):
    """What a position means to those who watch."""

    messages: Sequence[tuple[str, str]] = ()
    """Visits whose watchers shall see it, each with its message body."""
    shown: ShownArrival | None = None
    """The arrival that is shown from now on, where it moved."""
    prediction: Prediction | None = None
    """What is to be kept of that."""


NOBODY_WATCHES = Observed()


class Target(msgspec.Struct, frozen=True):
    """A journey and where it leads."""

    journey: Journey
    place: Point


@dataclass(frozen=True)
class Rules:
    """What a ping is judged by."""

    limits: Limits = field(default_factory=Limits)
    tracked: Callable[[str, datetime], bool] = lambda resource_id, at: True
    """Tells whether a technician's positions may be taken at a moment."""


class StoreAway(Exception):
    """The pings are not safe: the store did not take them in time."""


Answer = Callable[[list[Outcome] | None], None]
"""Takes the verdicts of a batch, or None where its pings are not safe. Must not raise."""


class Batch:
    """The pings of one frame or request."""

    def __init__(
        self,
        device_id: str,
        resource_id: str,
        pings: Sequence[Ping | None],
        answer: Answer,
        deadline_s: float,
    ) -> None:
        self.device_id, self.resource_id, self.pings = device_id, resource_id, pings
        self._answer, self._deadline_s = answer, deadline_s
        self._settled = False
        self.outcomes: list[Outcome] = []

    def settle(self, outcomes: list[Outcome] | None) -> None:
        """Give the caller the verdicts, or None: the pings are not safe. Only the first answer counts."""
        if not self._settled:
            self._settled = True
            self._answer(outcomes)

    def give_up(self, now_s: float) -> bool:
        """Answer that the pings are not safe if the deadline has passed; tell whether it has."""
        if now_s >= self._deadline_s:
            self.settle(None)
        return self._settled


class Version(msgspec.Struct, frozen=True):
    """A technician's judging state as the store knows it."""

    mark: str = ""
    state: PingState = PingState()


class Work:
    """One technician's batches on their way into the store."""

    def __init__(self, resource_id: str) -> None:
        self.resource_id = resource_id
        self.batches: list[Batch] = []
        self.group: Group | None = None
        self.after = Version()
        self._known: set[tuple[str, str]] = set()

    def judge(
        self,
        before: Version,
        mark: str,
        journeys: TellsWatchers,
        rules: Rules,
        now: datetime,
    ) -> None:
        """Judge all pings in order, starting from the state that the store holds `before`.

        `mark`, random for each commit, becomes the version after, so that the store can tell a commit that it
        has seen.
        """
        state = before.state
        keys = _Keys(self._known)
        target = journeys.target(self.resource_id)
        kept_before = state.kept
        kept: list[KeptPing] = []
        moved = False
        for batch in self.batches:
            device_keys = keys.of(batch.device_id)
            batch.outcomes = []
            for ping in batch.pings:
                if ping is None:
                    batch.outcomes.append(MALFORMED)
                    continue
                tracked = rules.tracked(self.resource_id, ping.at)
                judgement = device_keys.judge(state, ping, rules.limits, now, tracked=tracked)
                batch.outcomes.append(_outcome(judgement))
                state, verdict = judgement.state, judgement.verdict
                crossings: tuple[Crossing, ...] = ()
                if verdict is Verdict.ACCEPTED:
                    moved = True
                    if target is not None:
                        state, crossings = _follow(state, target, ping)
                if verdict in KEPT:
                    reasons = judgement.reasons
                    kept.append(KeptPing(batch.device_id, self.resource_id, ping, verdict, reasons, now, crossings))
        observed = NOBODY_WATCHES
        if moved and (live := state.shown) is not None:
            observed = journeys.observe(self.resource_id, live, state.fence, now)
            if observed.prediction is not None:
                state = _shows(state, observed.shown)
                kept[-1] = msgspec.structs.replace(kept[-1], prediction=observed.prediction)
        after = Version(mark, state) if kept else before
        tidy = kept_before == 0 or kept_before // TIDY_EVERY != state.kept // TIDY_EVERY
        self.after = after
        self.group = Group(
            resource_id=self.resource_id,
            version_before=before.mark,
            version_after=after.mark,
            state=encode_state(state),
            entry=encode_entry(kept),
            device_keys=keys.by_device(tidy=tidy),
            visits=list(observed.messages),
        )

    def judge_again_knowing(self, known: frozenset[tuple[str, str]]) -> None:
        """Forget the judgements: the store knew more, among it these (device, key) of pings sent before."""
        self.group = None
        self._known |= known

    def answer(self) -> None:
        """Give each waiting caller the verdicts of their pings."""
        for batch in self.batches:
            batch.settle(batch.outcomes)

    def refuse(self) -> None:
        """Tell all waiting callers that their pings are not safe."""
        for batch in self.batches:
            batch.settle(None)

    def forget_the_late(self, now_s: float) -> bool:
        """Drop the batches that nobody waits for any more; tell whether something is left."""
        staying = [batch for batch in self.batches if not batch.give_up(now_s)]
        if len(staying) < len(self.batches):
            self.batches, self.group = staying, None
        return bool(self.batches)


class _Keys:
    """Finds repeated pings within one work and gathers the keys for the store to check."""

    def __init__(self, known: set[tuple[str, str]]) -> None:
        self._known = known
        self._devices: dict[str, _DeviceKeys] = {}

    def of(self, device_id: str) -> _DeviceKeys:
        if (found := self._devices.get(device_id)) is None:
            known = {key for device, key in self._known if device == device_id} if self._known else set()
            found = self._devices[device_id] = _DeviceKeys(known)
        return found

    def by_device(self, *, tidy: bool) -> list[DeviceKeys]:
        return [
            DeviceKeys(device_id, keys.fresh, keys.to_check, tidy)
            for device_id, keys in self._devices.items()
            if keys.fresh or keys.to_check
        ]


class _DeviceKeys:
    """The keys of one device's pings."""

    def __init__(self, known: set[str]) -> None:
        self._known = known
        self.fresh: list[str] = []
        self.to_check: list[str] = []

    def judge(self, state: PingState, ping: Ping, limits: Limits, now: datetime, *, tracked: bool) -> Judgement:
        keys = ping_keys(ping)
        duplicate = not self._known.isdisjoint(keys)
        judgement = judge(state, ping, duplicate=duplicate, now=now, limits=limits, tracked=tracked)
        if judgement.verdict in KEPT:
            self._known.update(keys)
            (self.to_check if state.could_hold(ping) else self.fresh).extend(keys)
        return judgement


def _follow(state: PingState, target: Target, ping: Ping) -> tuple[PingState, tuple[Crossing, ...]]:
    """Notice what an accepted ping shows at the place where the technician goes."""
    stepped = step(state.fence, target.journey, target.place, ping)
    if stepped.fence is not state.fence:
        state = msgspec.structs.replace(state, fence=stepped.fence)
    return state, stepped.crossed


def _shows(state: PingState, shown: ShownArrival | None) -> PingState:
    """Note which arrival is shown, with the way that it belongs to."""
    fence = None if state.fence is None else msgspec.structs.replace(state.fence, shown=shown)
    return msgspec.structs.replace(state, fence=fence)


def _outcome(judgement: Judgement) -> Outcome:
    return ACCEPTED if judgement.verdict is Verdict.ACCEPTED else Outcome(judgement.verdict, judgement.reasons)


ACCEPTED = Outcome(Verdict.ACCEPTED)
