"""What a watcher of the fleet says: which part of the Earth their map shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from hub.domain.viewport import Viewport, viewport

AT_MOST_EVERY_S = 0.25
"""So often somebody may look elsewhere; the newest wish waits that long."""
LONGEST_MESSAGE = 1_024


class _Wish(msgspec.Struct, tag="viewport", tag_field="type"):
    bounds: tuple[float, float, float, float]
    """West, south, east, north: WGS 84 degrees."""


_read = msgspec.json.Decoder(_Wish).decode


class ViewportLine:
    """Takes a watcher's messages; what is no wish is not answered."""

    def __init__(self, look_at: Callable[[Viewport], None]) -> None:
        self._look_at = look_at
        self._loop = asyncio.get_running_loop()
        self._wish: Viewport | None = None
        self._next_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def take(self, message: str | bytes) -> None:
        """Take a message."""
        if len(message) > LONGEST_MESSAGE or (wanted := read_viewport(message)) is None:
            return
        self._wish = wanted
        if self._timer is None:
            self._timer = self._loop.call_at(max(self._next_s, self._loop.time()), self._act)

    def end(self) -> None:
        """Stop the timer."""
        if self._timer:
            self._timer.cancel()

    def _act(self) -> None:
        self._timer, self._next_s = None, self._loop.time() + AT_MOST_EVERY_S
        if self._wish is not None:
            self._look_at(self._wish)


def read_viewport(message: str | bytes) -> Viewport | None:
    """Read a wish, such as `{"type": "viewport", "bounds": [24.9, 60.1, 25.0, 60.2]}`; None for anything else."""
    try:
        wish = _read(message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return viewport(*wish.bounds)
