"""The live side of pings: judging states, recent ping keys and the ping stream, in Valkey."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hub.domain.geofence import Crossing
from hub.domain.ping import Ping, Reason, Verdict
from hub.domain.ping_filter import PingState
from hub.domain.prediction import Prediction
from hub.store.command_line import CommandLine, Script
from hub.store.live_channel import CHANNEL, pack_messages
from hub.store.redis_client import key

SCRIPT = Script((Path(__file__).parent / "commit_pings.lua").read_text())
KEYS_PER_GENERATION = 20_000
"""Two generations of keys are kept: at least the last 10,000 pings of a device, each with up to two keys."""


class KeptPing(msgspec.Struct, frozen=True, array_like=True):
    """A judged ping on its way into the track history."""

    device_id: str
    resource_id: str
    ping: Ping
    verdict: Verdict
    reasons: tuple[Reason, ...]
    received_at: datetime
    crossings: tuple[Crossing, ...] = ()
    """What it showed at the customer's place."""
    prediction: Prediction | None = None
    """The arrival that people are shown from it on, where it is another one than before."""


class DeviceKeys(msgspec.Struct, frozen=True, array_like=True):
    """The keys of one device's kept pings."""

    device_id: str
    fresh: list[str]
    """Keys that cannot have been seen, since the ping is newer than all kept before it."""
    to_check: list[str]
    tidy: bool
    """Whether to look now if the generation is full."""


class Group(msgspec.Struct, frozen=True, array_like=True):
    """What one commit does for one technician, all or nothing."""

    resource_id: str
    version_before: str
    version_after: str
    state: str
    entry: str
    """Encoded list of `KeptPing` for the stream; empty where nothing is kept."""
    device_keys: list[DeviceKeys]
    visits: list[tuple[str, str]]
    """Visits whose watchers are told, each with its encoded message body."""


class Conflict(msgspec.Struct, frozen=True):
    """The group was judged on an outdated state, or holds pings sent before: judge again with this."""

    version: str
    state: PingState
    known: frozenset[tuple[str, str]]
    """(device, key) of the pings that were known."""


class PingStore:
    """Commits pings and reads live positions."""

    def __init__(self, redis: Redis, history_s: int, keys_per_generation: int = KEYS_PER_GENERATION) -> None:
        """Use `redis`; remember ping keys for `history_s` seconds, since older pings are rejected anyway."""
        self._line, self._history_s, self._keys_per_generation = CommandLine(redis), history_s, keys_per_generation
        self._last_known: dict[str, str | bytes] = {}

    async def commit(self, groups: list[Group]) -> list[Conflict | None]:
        """Commit all groups in one round trip; None stands for a committed one.

        Raises `redis.RedisError` (or `OSError`) where the store is away: then each group may or may not have
        been committed, and committing it again unchanged is safe.
        """
        judged = [(g.resource_id, g.version_before, g.version_after, g.state, g.device_keys) for g in groups]
        messages = [[(visit_id, "position", body) for visit_id, body in g.visits] for g in groups]
        answers = await self._line.run(
            SCRIPT,
            key(""),
            CHANNEL,
            self._keys_per_generation,
            self._history_s,
            _pack(judged),
            join_entries([g.entry for g in groups]),
            sum(map(len, messages)),
            pack_messages(messages),
        )
        for group, answer in zip(groups, answers, strict=True):
            self._last_known[group.resource_id] = answer[1] if answer else group.state
        return [
            _read_conflict(group, answer) if answer else None for group, answer in zip(groups, answers, strict=True)
        ]

    async def newest(self, resource_id: str) -> Ping | None:
        """Read the live position of a technician; while the store is away, the last that this process saw."""
        state = await self.state(resource_id)
        return state.shown if state else None

    async def state(self, resource_id: str) -> PingState | None:
        """Read all that is known of a technician, likewise."""
        try:
            state = await self._line.ask("HGET", key("states"), resource_id)
        except (RedisError, OSError):
            state = self._last_known.get(resource_id)
        else:
            self._last_known[resource_id] = state or b""
        return _read_state(state) if state else None


def encode_state(state: PingState) -> str:
    """Write a judging state as the store keeps it: JSON, since Lua's msgpack knows text but no bytes."""
    return _write(state).decode()


def encode_entry(kept: list[KeptPing]) -> str:
    """Write kept pings as one entry of the stream."""
    return _write(kept).decode() if kept else ""


def join_entries(entries: list[str]) -> str:
    """Join what technicians' groups keep into one entry of the stream, with a list for each; empty where all are."""
    return "[" + ",".join(entry or "[]" for entry in entries) + "]" if any(entries) else ""


def read_entry(fields: Mapping[bytes, bytes]) -> list[KeptPing]:
    """Read an entry of the stream, without the groups that were left out: those were judged again.

    Raises `msgspec.DecodeError`, KeyError, ValueError or IndexError where it is something else.
    """
    groups = _read_groups(fields[b"p"])
    for index in fields[b"s"].split(b",") if b"s" in fields else ():
        groups[int(index)].clear()
    return [kept for group in groups for kept in group]


_read_groups = msgspec.json.Decoder(list[list[KeptPing]]).decode
_pack = msgspec.msgpack.Encoder().encode
_write = msgspec.json.Encoder().encode
_read_state = msgspec.json.Decoder(PingState).decode


def _read_conflict(group: Group, answer: list[bytes | list[bytes]]) -> Conflict:
    version, state, known = answer
    assert isinstance(version, bytes)  # noqa: S101 - the script's own answer, here and below
    assert isinstance(state, bytes)  # noqa: S101
    by_name = {(d.device_id + name).encode(): (d.device_id, name) for d in group.device_keys for name in d.to_check}
    return Conflict(
        version=version.decode(),
        state=_read_state(state) if state else PingState(),
        known=frozenset(by_name[name] for name in known if isinstance(name, bytes)),
    )
