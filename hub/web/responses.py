"""Answers in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.responses import Response


class TokenResponse(Response):
    """An answer in JSON that tells tokens, which must be kept nowhere: those of customers' links and devices."""

    def __init__(self, content: Any, status: int, ids: Sequence[str]) -> None:
        """Answer `content`; the tokens in it follow from `ids`."""
        super().__init__(msgspec.json.encode(content), status, media_type="application/json")
        self.ids = ids


def json_response(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Write any value that msgspec knows as a JSON answer."""
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")
