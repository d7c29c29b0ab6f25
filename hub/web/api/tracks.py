"""Recorded tracks, sent after the fact: `POST /api/v1/tracks`, `GET /api/v1/tracks/{id}`."""

from __future__ import annotations

import math
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.plain_text import one_line
from hub.domain.roles import Permission
from hub.services.authenticate import DeviceIdentity
from hub.services.import_track import AlreadyRunning, TooManyImports
from hub.store.track_imports import ImportStatus, TrackImport
from hub.web.bodies import read_body
from hub.web.credentials import authorize, bearer_token, services_of
from hub.web.devices.track_file import Track, kind_of, read_track
from hub.web.devices.track_points import MOST_POINTS, TooManyPointsError, UnreadableTrackError
from hub.web.once import once
from hub.web.problems import Fault, Problem
from hub.web.queries import path_id, words
from hub.web.responses import json_response

LARGEST_FILE = 20 * 1024 * 1024
ANSWERED_AT_ONCE = 1_000
"""Points of a file that its sender waits for."""
WAIT_S = 8.0
"""For so long at most: then the answer tells that the import goes on."""
LONGEST_NAME = 100


class ImportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import is, and what became of its points."""

    id: str
    device: str
    name: str
    status: ImportStatus
    total: int
    done: int
    verdicts: dict[str, int]
    """How many points by verdict."""
    reasons: dict[str, int]
    """How many points by reason."""
    fault: str | None
    created_at: datetime
    updated_at: datetime


class _BusyError(Exception):
    """Nothing was done, and the same may be tried again later: no answer to keep for an `Idempotency-Key`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


async def post_track(request: Request) -> Response:
    """Take a recorded track in: GPX or GeoJSON, of at most 20 MiB and 100,000 points."""
    device, caller = await _sender(request)
    name = one_line(words(request.query_params, "name") or "", LONGEST_NAME)
    if wait_s := services_of(request).imports.wait_s(device.device_id):
        raise Problem(429, "Too many files.", headers={"Retry-After": str(math.ceil(wait_s))})
    body = await read_body(request, LARGEST_FILE)

    async def take(_claim: bytes | None) -> Response:
        return await _import(request, device, name, await _read(body))

    try:
        return await once(request, f"{caller}:{device.device_id}", body, take)
    except _BusyError as busy:
        raise busy.problem from None


async def get_track_import(request: Request) -> Response:
    """Tell how far the import of a track is."""
    services, token = services_of(request), bearer_token(request)
    found = await services.imports.get(path_id(request))
    device = token and await services.admission.device(token)
    if device:
        known = found is not None and found.device_id == device.device_id
    else:
        key = await authorize(request, Permission.IMPORT_TRACKS)
        known = found is not None and found.portal_id == key.portal_id
    if found is None or not known:
        raise Problem(404, "There is no such import.")
    return json_response(_answer(found))


async def _sender(request: Request) -> tuple[DeviceIdentity, str]:
    """Find whose track it is and who sends it: the device itself, or a key that names one."""
    services, token = services_of(request), bearer_token(request)
    if token and (device := await services.admission.device(token)):
        return device, "device"
    key = await authorize(request, Permission.IMPORT_TRACKS)
    device_id = words(request.query_params, "device")
    if not device_id:
        raise Problem(422, "The query does not fit.", errors=[Fault("$.device", "required with an API key")])
    named = await services.admission.named_device(device_id)
    if named is None or named.portal_id != key.portal_id:
        raise Problem(404, "There is no such device.")
    return named, key.actor


async def _read(body: bytes) -> Track:
    kind = kind_of(body)
    if kind is None:
        raise Problem(415, "Expected GPX or GeoJSON, the file itself as the whole body.")
    try:
        track = await read_track(body, kind)
    except UnreadableTrackError as fault:
        raise Problem(422, str(fault)) from None
    except TooManyPointsError:
        raise Problem(413, f"More than {MOST_POINTS} points. Send the track in parts.") from None
    if not track.points:
        raise Problem(422, "The file holds no point of a track.")
    return track


async def _import(request: Request, device: DeviceIdentity, name: str, track: Track) -> Response:
    imports = services_of(request).imports
    match await imports.begin(device, name or track.kind, track.points):
        case AlreadyRunning():
            raise _BusyError(Problem(409, "An import of this device is still running."))
        case TooManyImports():
            raise _BusyError(Problem(429, "Too many imports are running.", headers={"Retry-After": "60"}))
        case TrackImport() as made:
            pass
    if made.total <= ANSWERED_AT_ONCE:
        await imports.wait(made.id, WAIT_S)
        made = await imports.get(made.id) or made
    status = 202 if made.status is ImportStatus.RUNNING else 201
    return json_response(_answer(made), status, {"Location": f"/api/v1/tracks/{made.id}"})


def _answer(found: TrackImport) -> ImportAnswer:
    return ImportAnswer(
        id=found.id,
        device=found.device_id,
        name=found.name,
        status=found.status,
        total=found.total,
        done=found.done,
        verdicts=found.verdicts["verdicts"],
        reasons=found.verdicts["reasons"],
        fault=found.fault,
        created_at=found.created_at,
        updated_at=found.updated_at,
    )
