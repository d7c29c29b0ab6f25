"""Choose what to answer by the `Accept` header."""

from __future__ import annotations

from collections.abc import Sequence


def preferred(accept: str, offered: Sequence[str]) -> str:
    """Choose the media type that a caller likes best; the first one where they say nothing, or like none."""
    likes = _likes(accept)
    best, best_q = offered[0], 0.0
    for kind in offered:
        group = kind.partition("/")[0] + "/*"
        q = next((likes[name] for name in (kind, group, "*/*") if name in likes), 0.0)
        if q > best_q:
            best, best_q = kind, q
    return best


def _likes(accept: str) -> dict[str, float]:
    """Read how much each media range is liked, from 0 to 1."""
    likes: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        q = next((text[2:] for text in parameters if text.startswith("q=")), "1")
        try:
            likes[name] = min(1.0, max(0.0, float(q)))
        except ValueError:
            likes[name] = 0.0
    return likes
