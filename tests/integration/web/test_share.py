"""A customer lets somebody else look: by a link that changes nothing and closes with the visit."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from websockets.exceptions import ConnectionClosed

from hub.domain.link_scope import LinkScope
from hub.services.issue_links import revoke_link
from hub.store.links import first_of_booking
from tests.integration.hub import RunningHub, next_of
from tests.integration.visitor import Visitor, forms_of
from tests.integration.web.visit_scene import BookedVisit, booked_visit


@pytest.fixture
async def visit(hub: RunningHub) -> BookedVisit:
    """Book a visit."""
    return await booked_visit(hub)


@pytest.fixture
async def visitor(hub: RunningHub) -> AsyncIterator[Visitor]:
    """Open a browser without script."""
    async with Visitor(hub) as opened:
        yield opened


async def _shared(visit: BookedVisit) -> str:
    """Share by a program; answers the link's path."""
    answer = await visit.post("share")
    assert answer.status_code == 200, answer.text
    assert answer.json()["scope"] == "track"
    return str(answer.json()["url"]).removeprefix("http://hub.test")


async def _status(visit: BookedVisit, path: str) -> int:
    return (await visit.hub.http.get(f"{path}/snapshot")).status_code


async def test_a_shared_link_looks_and_neither_changes_nor_shares(visit: BookedVisit) -> None:
    shared = await _shared(visit)

    snapshot = (await visit.hub.http.get(f"{shared}/snapshot")).json()
    assert (snapshot["visit"]["id"], snapshot["visit"]["can"]) == (visit.booking_id, [])
    for action in ("share", "cancel"):
        assert (await visit.post(action, {}, link=shared)).status_code == 403, action
    assert (await visit.hub.http.delete(f"{shared}/share")).status_code == 403
    page = (await visit.hub.http.get(shared, headers={"Accept": "text/html"})).text
    assert f"{shared}/share" not in page


async def test_sharing_again_gives_the_same_link_until_it_is_stopped(visit: BookedVisit) -> None:
    shared = await _shared(visit)
    assert await _shared(visit) == shared

    assert (await visit.hub.http.delete(f"{visit.manage}/share")).status_code == 204

    another = await _shared(visit)
    assert another != shared
    assert await _status(visit, another) == 200
    assert await _status(visit, visit.track) == 200


async def test_sharing_again_waits_for_nobody_who_writes(visit: BookedVisit) -> None:
    shared = await _shared(visit)
    async with visit.hub.database.write():
        assert await asyncio.wait_for(_shared(visit), 5) == shared


async def test_whoever_watches_by_a_shared_link_is_thrown_out_when_it_is_stopped(visit: BookedVisit) -> None:
    shared = await _shared(visit)
    async with visit.hub.socket(f"{shared}/live") as socket:
        await next_of(socket, "snapshot")
        await visit.hub.http.delete(f"{visit.manage}/share")
        with pytest.raises(ConnectionClosed):
            await next_of(socket, "nothing of the kind")
        assert socket.close_code == 4404


@pytest.mark.parametrize("over", ["completed", "canceled"])
async def test_a_shared_link_closes_with_the_visit(visit: BookedVisit, over: str) -> None:
    shared = await _shared(visit)
    assert (await visit.hub.http.get(f"{visit.manage}/share")).status_code == 200

    await visit.set_status(*(["canceled"] if over == "canceled" else ["in_progress", "completed"]))

    assert await _status(visit, shared) == 404
    assert await _status(visit, visit.manage) == 200
    assert (await visit.post("share")).status_code == 409


async def test_a_shared_link_closes_with_the_one_it_was_made_from(visit: BookedVisit) -> None:
    shared = await _shared(visit)
    async with visit.hub.database.read() as tx:
        manage = (await first_of_booking(tx, visit.booking_id))[LinkScope.MANAGE]

    await revoke_link(visit.hub.database, manage, now=datetime.now(UTC), portal_id=None)

    assert await _status(visit, shared) == 404


async def test_without_script_a_form_makes_the_link_and_another_one_stops_it(
    visit: BookedVisit, visitor: Visitor
) -> None:
    path = f"{visit.manage}/share"
    assert f'href="{path}"' in (await visitor.open(visit.manage)).text
    asked = await visitor.open(path)

    made = await visitor.press(asked, path, sure="share")

    assert (made.status_code, made.headers["location"]) == (303, path)
    shown = await visitor.open(path)
    url = re.search(r'value="(http://hub\.test/v/[^"]+)"', shown.text)
    assert url is not None
    shared = url[1].removeprefix("http://hub.test")
    assert await _status(visit, shared) == 200
    stopped = await visitor.press(shown, path, sure="stop")
    assert stopped.status_code == 303
    assert "Make the link" in (await visitor.open(path)).text
    async with Visitor(visit.hub) as friend:
        assert (await friend.open(shared)).status_code in (200, 404)  # known for 2 s more
        assert (await friend.open(f"{visit.track}/share")).status_code == 409


async def test_whoever_has_only_the_address_shares_nothing(visit: BookedVisit, visitor: Visitor) -> None:
    path = f"{visit.manage}/share"
    assert (await visitor.post(path, sure="share")).status_code == 422
    asked = await visitor.open(path)
    pressed = await visitor.post(path, form_token=forms_of(asked)[0].fields["form_token"])
    assert pressed.status_code == 422  # a scanner that presses buttons makes no choice
    assert "Make the link" in pressed.text
    assert len(forms_of(pressed)) == 1
