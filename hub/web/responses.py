"""Answers in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.responses import Response


class LinkResponse(Response):
    """An answer in JSON that names customers' links, whose tokens must be kept nowhere."""

    def __init__(self, content: Any, status: int, link_ids: Sequence[str]) -> None:
        super().__init__(msgspec.json.encode(content), status, media_type="application/json")
        self.link_ids = link_ids


def json_response(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Write any value that msgspec knows as a JSON answer."""
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")
