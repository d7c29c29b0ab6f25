"""The directory by API: list, create, read, patch and delete entries, in the same way for every kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.roles import Permission
from hub.services.authenticate import ApiKeyIdentity
from hub.services.keep_directory import Conflict, Misfits
from hub.store.directory import entries
from hub.store.directory.entries import Stored
from hub.store.directory.kind import Kind
from hub.store.directory.kinds import KINDS, TERRITORIES
from hub.web.api.directory_types import answer_of, changes_in, types_of
from hub.web.api.operation import Handler, Operation, changing, deleting, listing, making, reading
from hub.web.bodies import SMALL_BODY, parse_json, read_body, read_json
from hub.web.credentials import authorize, services_of
from hub.web.id_cursor import cursor_after, read_cursor
from hub.web.once import once
from hub.web.problems import Fault, Problem
from hub.web.queries import page_limit, path_id, words
from hub.web.responses import json_response

LARGE_BODY = 1024 * 1024
"""Bytes of a territory: as many corners as one may have."""
READ, CHANGE = Permission.READ_DIRECTORY, Permission.CHANGE_DIRECTORY


def directory_operations() -> tuple[Operation, ...]:
    """Describe the operations of every kind."""
    return tuple(operation for kind in KINDS.values() for operation in _operations(kind))


async def answer_page(request: Request, kind: Kind, portal_id: str) -> Response:
    """Answer a page of a portal's entries, by id."""
    query, limit = request.query_params, page_limit(request.query_params)
    narrowed = {name: value for name in kind.filters if (value := words(query, name)) is not None}
    after = read_cursor(query, kind.prefix)
    async with services_of(request).database.read() as tx:
        found = await entries.page(tx, kind, portal_id, narrowed=narrowed, after=after, limit=limit)
        more = len(found) == limit and await entries.page(
            tx, kind, portal_id, narrowed=narrowed, after=found[-1].id, limit=1
        )
    items = [answer_of(kind, one) for one in found]
    return json_response(types_of(kind).page(items=items, next_cursor=cursor_after(found[-1].id) if more else None))


def _operations(kind: Kind) -> Iterator[Operation]:
    types, path, one = types_of(kind), f"/api/v1/{kind.path}", f"/api/v1/{kind.path}/{{id}}"
    plural, noun, single = kind.path.replace("-", " "), kind.noun, kind.noun.replace(" ", "_")
    if kind.path not in _OPEN_LISTS:
        handler = _named(f"list_{plural.replace(' ', '_')}", f"List {plural}.", _list(kind))
        yield listing(path, handler, types.page, *kind.filters)
    yield making(path, _named(f"post_{single}", f"Make a {noun}.", _make(kind)), kind.entry, types.answer)
    yield reading(one, _named(f"get_{single}", f"Read one {noun}.", _read(kind)), types.answer)
    yield changing(one, _named(f"patch_{single}", f"Change a {noun}.", _patch(kind)), types.change, types.answer)
    yield deleting(one, _named(f"delete_{single}", f"Delete a {noun} that nothing refers to.", _delete(kind)))


_OPEN_LISTS = frozenset({"service-types"})
"""Lists that are answered to everybody, and therefore elsewhere."""


def _list(kind: Kind) -> Handler:
    async def handle(request: Request) -> Response:
        return await answer_page(request, kind, (await authorize(request, READ)).portal_id)

    return handle


def _make(kind: Kind) -> Handler:
    async def handle(request: Request) -> Response:
        key = await authorize(request, CHANGE)
        raw = await read_body(request, _limit(kind))

        async def make(claim: bytes | None) -> Response:
            entry = parse_json(raw, kind.entry)
            made = unless_refused(await services_of(request).directory.make(kind, key.portal_id, entry, claim))
            return await again(made)

        async def again(id_: str) -> Response:
            return json_response(answer_of(kind, await _find(request, kind, key, id_)), 201)

        return await once(request, key.actor, raw, make, again)

    return handle


def _read(kind: Kind) -> Handler:
    async def handle(request: Request) -> Response:
        key = await authorize(request, READ)
        return json_response(answer_of(kind, await _find(request, kind, key, path_id(request))))

    return handle


def _patch(kind: Kind) -> Handler:
    async def handle(request: Request) -> Response:
        key, id_ = await authorize(request, CHANGE), path_id(request)
        changes = changes_in(await read_json(request, types_of(kind).change, _limit(kind)))
        directory = services_of(request).directory
        if not unless_refused(await directory.change(kind, key.portal_id, id_, changes)):
            raise _unknown(kind)
        return json_response(answer_of(kind, await _find(request, kind, key, id_)))

    return handle


def _delete(kind: Kind) -> Handler:
    async def handle(request: Request) -> Response:
        key = await authorize(request, CHANGE)
        if not unless_refused(await services_of(request).directory.remove(kind, key.portal_id, path_id(request))):
            raise _unknown(kind)
        return Response(status_code=204)

    return handle


def unless_refused(outcome: Any) -> Any:
    """Give an outcome on; raises a 422 or a 409 for one that refuses."""
    match outcome:
        case Misfits(faults=faults):
            raise Problem(422, "The input does not fit.", errors=[Fault(one.at, one.message) for one in faults])
        case Conflict(reason=reason):
            raise Problem(409, reason)
    return outcome


async def _find(request: Request, kind: Kind, key: ApiKeyIdentity, id_: str) -> Stored:
    async with services_of(request).database.read() as tx:
        found = await entries.get(tx, kind, key.portal_id, id_)
    if found is None:
        raise _unknown(kind)
    return found


def _unknown(kind: Kind) -> Problem:
    return Problem(404, f"There is no such {kind.noun}.")


def _limit(kind: Kind) -> int:
    return LARGE_BODY if kind is TERRITORIES else SMALL_BODY


def _named(name: str, about: str, handler: Handler) -> Handler:
    """Give a handler what the API's description tells of it."""
    handler.__name__, handler.__doc__ = name, about
    return handler
