"""Read GPX tracks piece by piece, without ever building the document.

Document type declarations are refused: no track needs one, and every trick with entities does. What gpxpy and the
parsers beneath it do with them depends on which is installed, and they build whole documents of 20 MiB.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from hub.domain.ping import Ping
from hub.web.devices.track_points import MOST_POINTS, TooManyPointsError, UnreadableTrackError, point

_FIELDS = {
    "time": "at",
    "ele": "altitude_m",
    "speed": "speed_mps",  # m/s: an element of GPX 1.0, in 1.1 an extension of many apps
    "course": "heading_deg",
    "bearing": "heading_deg",
    "accuracy": "accuracy_m",
}
"""Elements of a track point, wherever inside it, and whatever their namespace."""


class GpxReader:
    """Gathers the points of all tracks; None stands for one without a place or a time."""

    def __init__(self) -> None:
        self.points: list[Ping | None] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.EntityDeclHandler = _refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._root_seen = False
        self._point: dict[str, Any] | None = None

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Read on. Raises UnreadableTrackError or TooManyPointsError."""
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError as fault:
            raise UnreadableTrackError(f"This is no XML: {fault}.") from None
        except (ValueError, LookupError):  # an encoding that Python does not know
            raise UnreadableTrackError("This is no XML in an encoding that can be read.") from None

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        name = _local(element)
        if not self._root_seen:
            if name != "gpx":
                raise UnreadableTrackError("This is no GPX.")
            self._root_seen = True
        if name == "trkpt":
            if len(self.points) >= MOST_POINTS:
                raise TooManyPointsError
            self._point = {"lat": attributes.get("lat"), "lon": attributes.get("lon")}
        elif self._point is not None and (field := _FIELDS.get(name)):
            self._parser.CharacterDataHandler = self._collect(self._point, field)

    def _end(self, element: str) -> None:
        self._parser.CharacterDataHandler = None
        if _local(element) == "trkpt" and self._point is not None:
            known: dict[str, Any] = {"at": None, **self._point}
            self.points.append(point(known.pop("lat"), known.pop("lon"), known.pop("at"), **known))
            self._point = None

    @staticmethod
    def _collect(into: dict[str, Any], field: str) -> Callable[[str], None]:
        texts: list[str] = []

        def take(text: str) -> None:
            texts.append(text)
            into[field] = "".join(texts)

        return take


def _local(element: str) -> str:
    return element.rpartition(":")[2]


def _refuse(*_: object) -> None:
    raise UnreadableTrackError("Document type declarations are not read.")
