"""Keep docs/api.md true: every message, verdict and operation is told, and its examples work."""

from __future__ import annotations

import inspect
import re
from typing import Any

import msgspec
import pytest

from hub.domain import live_messages
from hub.domain.booking_status import NEXT
from hub.domain.fleet import FleetChange, FleetSnapshot
from hub.domain.lateness import Lateness
from hub.domain.live_messages import EtaSource, Freshness, Heartbeat
from hub.domain.ping import Reason, Verdict
from hub.web.api.document import ProblemDocument
from hub.web.api.operation import Operation
from hub.web.api.operations import OPERATIONS
from hub.web.api.tracks import ImportAnswer
from hub.web.devices.device_line import Ack
from hub.web.devices.native_http import Accepted
from hub.web.devices.ping_wire import read_pings
from hub.web.devices.taking import MOST_PINGS
from hub.web.slot_wire import SlotList
from tests.unit.reading_docs import (
    curl_calls,
    examples,
    page,
    section,
)

API_PAGE = "docs/api.md"
MESSAGES = [
    kind
    for _, kind in inspect.getmembers(live_messages, inspect.isclass)
    if issubclass(kind, msgspec.Struct) and kind.__struct_config__.tag
]


@pytest.mark.parametrize("kind", MESSAGES)
def test_every_message_to_watchers_is_told_with_its_parts(kind: type[msgspec.Struct]) -> None:
    tag = kind.__struct_config__.tag
    told = re.search(rf"^\| `{tag}` \| .*? \| (.*) \|$", section(page(API_PAGE), "## Watch a visit"), re.MULTILINE)
    assert told, tag
    parts = [name for name in kind.__struct_fields__ if name != "seq"]
    assert told[1] == ("all" if tag == "snapshot" else ", ".join(f"`{part}`" for part in parts))


@pytest.mark.parametrize("kind", [FleetSnapshot, FleetChange, Heartbeat])
def test_every_message_of_the_fleet_is_told_with_its_parts(kind: type[msgspec.Struct]) -> None:
    told = section(page(API_PAGE), "## Watch the fleet")
    row = re.search(rf"^\| `{kind.__struct_config__.tag}` \| .*? \| (.*) \|$", told, re.MULTILINE)
    assert row
    assert row[1] == ", ".join(f"`{part}`" for part in kind.__struct_fields__ if part != "seq")
    assert [word for word in Lateness if f"`{word}`" not in told] == []


@pytest.mark.parametrize("kind", [Verdict, Reason])
def test_every_verdict_and_reason_is_told(kind: type[Verdict] | type[Reason]) -> None:
    told = re.findall(r"^\| `(\w+)` \|", section(page(API_PAGE), "## Send pings"), re.MULTILINE)
    assert set(kind) <= set(told) <= {*Verdict, *Reason}


def test_every_freshness_and_source_is_told() -> None:
    assert [word for word in (*Freshness, *EtaSource) if f"`{word}`" not in page(API_PAGE)] == []


def test_the_transitions_of_statuses_are_told() -> None:
    told = section(page(API_PAGE), "## Bookings")
    for status, following in NEXT.items():
        row = next(line for line in told.splitlines() if line.startswith("|") and f"`{status}`" in line.split("|")[1])
        assert re.findall(r"`(\w+)`", row.split("|")[2]) == [str(one) for one in following]


def test_the_examples_are_what_the_hub_reads_and_writes() -> None:
    found = examples(page(API_PAGE))
    known = {"problem", "pings", "accepted", "ack", "import", "message", "slots", "fleet"}
    assert {kind for kind, _ in found} == known
    for kind, text in found:
        if kind == "pings":
            assert None not in read_pings(text, MOST_PINGS)
        else:
            _written_alike(text, _type_of(kind))


@pytest.mark.parametrize(("method", "path", "body"), curl_calls(page(API_PAGE)))
def test_the_calls_by_curl_are_understood(method: str, path: str, body: str | None) -> None:
    if path == "/v/$TOKEN/events":
        return  # a stream, which is no operation
    operation = _operation(method, path)
    assert (body is None) == (operation.body is None)
    if body is not None:
        assert _known(body) <= set(re.findall(r'"(\w+)":', str(msgspec.json.schema(operation.body)).replace("'", '"')))
        msgspec.json.decode(body, type=operation.body)


def test_every_operation_has_a_call_by_curl() -> None:
    called = {_operation(method, path).path for method, path, _ in curl_calls(page(API_PAGE)) if path[-7:] != "/events"}
    assert called == {operation.path for operation in OPERATIONS}


def _type_of(kind: str) -> Any:
    messages = MESSAGES[0]
    for message in MESSAGES[1:]:
        messages |= message  # type: ignore[assignment]
    return {
        "problem": ProblemDocument,
        "accepted": Accepted,
        "ack": Ack,
        "import": ImportAnswer,
        "message": messages,
        "fleet": FleetSnapshot | FleetChange,
        "slots": SlotList,
    }[kind]


def _written_alike(text: str, kind: Any) -> None:
    """Assert that what the hub would write has the example's members, no more and no fewer."""
    read = msgspec.json.decode(text, type=kind)
    assert _members(msgspec.json.decode(msgspec.json.encode(read))) == _members(msgspec.json.decode(text))


def _members(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _members(member) for name, member in value.items()}
    return [_members(item) for item in value] if isinstance(value, list) else None


def _operation(method: str, path: str) -> Operation:
    return next(
        operation
        for operation in OPERATIONS
        if operation.method == method and re.fullmatch(re.sub(r"{\w+}", r"\\$[A-Z]+", operation.path), path)
    )


def _known(body: str) -> set[str]:
    return set(msgspec.json.decode(body, type=dict[str, Any]))
