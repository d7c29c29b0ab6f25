"""Read request bodies, capped before they are parsed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from hub.web.problems import Fault, Problem, invalid

SMALL_BODY = 64 * 1024
"""Bytes; enough for any single thing that a person or a program describes."""

SILENT_S = 30.0
"""A sender who says nothing for so long in the middle of a body has gone, or only wants to keep us busy."""

T = TypeVar("T")


async def read_body(request: Request, limit: int = SMALL_BODY) -> bytes:
    """Read at most `limit` bytes; more is a 413, noticed before the rest is read; 408 where nothing comes for long."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise too_large(limit)
    body = bytearray()
    try:
        chunks = request.stream()
        while True:
            async with asyncio.timeout(SILENT_S):
                chunk = await anext(chunks, None)
            if chunk is None:
                return bytes(body)
            body += chunk
            if len(body) > limit:
                raise too_large(limit)
    except ClientDisconnect:
        raise Problem(400, "The request was cut short.") from None
    except TimeoutError:
        raise Problem(408, "The rest of the request did not come.", headers={"Connection": "close"}) from None


async def read_json(request: Request, kind: type[T], limit: int = SMALL_BODY) -> T:
    """Read a JSON body of one type; 400 for what is no JSON, 422 for what does not fit."""
    return parse_json(await read_body(request, limit), kind)


def parse_json(body: bytes, kind: type[T]) -> T:
    """Parse JSON of one type, see `read_json`."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise invalid(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise not_json() from None


def in_utc(at: datetime, name: str) -> datetime:
    """Tell a body's moment in UTC; 422 where its offset leads out of the calendar."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        fault = Fault(f"$.{name}", "expected a moment of the calendar")
        raise Problem(422, "The input does not fit.", errors=[fault]) from None


def not_json() -> Problem:
    """Refuse what is no JSON."""
    return Problem(400, "The body is not valid JSON.")


def too_large(limit: int) -> Problem:
    """Refuse a body that is too large."""
    return Problem(413, f"The body is larger than {limit} bytes.")
