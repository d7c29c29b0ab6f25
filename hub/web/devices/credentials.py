"""Where other apps carry the device token."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qsl

from starlette.requests import Request

from hub.web.bodies import read_body
from hub.web.devices.taking import LARGEST_BODY
from hub.web.problems import Problem

MOST_PARAMETERS = 200


def basic_password(request: Request) -> str | None:
    """Read the password of an `Authorization: Basic …` header; the user's name does not matter."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return text.partition(":")[2] or None


async def parameters_of(request: Request) -> dict[str, str]:
    """Read the parameters of the address, and of an urlencoded body those that the address does not name."""
    told = dict(request.query_params.items())
    body = await read_body(request, LARGEST_BODY) if request.method == "POST" else b""
    if body:
        try:
            found = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
        except ValueError:
            raise Problem(413, f"More than {MOST_PARAMETERS} parameters.") from None
        told = dict(found) | told
    return told
