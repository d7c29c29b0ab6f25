"""GPX that is uploaded."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.ping import Ping
from hub.web.devices import track_gpx
from hub.web.devices.track_gpx import GpxReader
from hub.web.devices.track_points import TooManyPointsError, UnreadableTrackError
from tests.builders import NOW
from tests.unit.web.devices.tracks import gpx

TIME = "<time>2026-11-23T14:00:00Z</time>"


def _read(body: bytes, slice_bytes: int = 1_000_000) -> list[Ping | None]:
    reader = GpxReader()
    for start in range(0, len(body), slice_bytes):
        reader.feed(body[start : start + slice_bytes])
    reader.feed(b"", last=True)
    return reader.points


def _one(inside: str, place: str = 'lat="60.17" lon="24.94"') -> Ping | None:
    [found] = _read(gpx(0, more=f"<trkpt {place}>{inside}</trkpt>"))
    return found


def test_a_point_becomes_a_ping_without_a_name() -> None:
    assert _one(TIME) == Ping(lat=60.17, lon=24.94, at=NOW)


def test_what_apps_add_is_read_wherever_and_in_whatever_namespace_it_is() -> None:
    added = "<extensions><gpxtpx:TrackPointExtension><gpxtpx:speed>9.5</gpxtpx:speed><g:course>270</g:course>"
    closed = "</gpxtpx:TrackPointExtension><accuracy>8</accuracy></extensions>"

    found = _one(f"<ele> 12.5 </ele>{TIME}{added}{closed}")

    assert found == Ping(
        lat=60.17, lon=24.94, at=NOW, altitude_m=12.5, speed_mps=9.5, heading_deg=270.0, accuracy_m=8.0
    )


@pytest.mark.parametrize("text", ["2026-11-23T14:00:00", "2026-11-23T16:00:00+02:00", "\n2026-11-23T14:00:00.000Z "])
def test_a_time_without_an_offset_is_utc(text: str) -> None:
    found = _one(f"<time>{text}</time>")

    assert found is not None
    assert found.at == NOW


@pytest.mark.parametrize("inside", ["", "<time/>", "<time>yesterday</time>", "<time>9999-99-99T00:00:00Z</time>"])
def test_a_point_without_a_time_is_malformed(inside: str) -> None:
    assert _one(inside) is None


@pytest.mark.parametrize(
    "place", ['lat="60.17"', 'lat="x" lon="24"', 'lat="nan" lon="24"', 'lat="91" lon="24"', 'lat="1e999" lon="1"', ""]
)
def test_a_point_without_a_place_on_earth_is_malformed(place: str) -> None:
    assert _one(TIME, place) is None


@pytest.mark.parametrize("value", ["", "fast", "nan", "inf", "-1"])
def test_what_cannot_be_read_beside_place_and_time_is_unknown(value: str) -> None:
    assert _one(f"{TIME}<speed>{value}</speed>") == Ping(lat=60.17, lon=24.94, at=NOW)


def test_waypoints_and_routes_are_no_positions() -> None:
    wpt = f'<wpt lat="1" lon="2">{TIME}</wpt><rte><rtept lat="1" lon="2">{TIME}</rtept></rte>'
    body = f'<gpx>{wpt}<trk><name>n</name><trkseg><trkpt lat="3" lon="4">{TIME}</trkpt></trkseg></trk></gpx>'

    assert _read(body.encode()) == [Ping(lat=3.0, lon=4.0, at=NOW)]


def test_where_the_slices_are_cut_does_not_matter() -> None:
    body = gpx(7, more=f'<trkpt lat="60.17" lon="24.94"><ele>1&#50;</ele>{TIME}</trkpt>')

    assert all(_read(body, slice_bytes) == _read(body) for slice_bytes in (1, 7, 64))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_other_encodings_are_read(encoding: str) -> None:
    named = "" if encoding.startswith("utf") else f' encoding="{encoding}"'
    body = f'<?xml version="1.0"{named}?><gpx><trk><trkseg><trkpt lat="3" lon="4">{TIME}</trkpt></trkseg></trk></gpx>'

    assert _read(body.encode(encoding)) == [Ping(lat=3.0, lon=4.0, at=NOW)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<gpx>",
        b"<gpx></gpx><gpx/>",
        b"<html></html>",
        b"<gpx>\x00</gpx>",
        b'<?xml version="1.0" encoding="klingon"?><gpx/>',
        b"<!DOCTYPE gpx><gpx/>",
        b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>',
        b'<!DOCTYPE gpx [<!ENTITY a SYSTEM "file:///etc/hostname">]><gpx>&a;</gpx>',
        b'<!DOCTYPE gpx SYSTEM "http://127.0.0.1:9/x.dtd"><gpx/>',
        b"<gpx>&undeclared;</gpx>",
    ],
)
def test_what_is_no_gpx_or_declares_a_document_type_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableTrackError):
        _read(body)


def test_a_bomb_of_entities_is_refused_before_it_grows() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<!DOCTYPE gpx [<!ENTITY l0 "ha">{entities}]><gpx>&l9;</gpx>'

    with pytest.raises(UnreadableTrackError):
        _read(body.encode())


def test_deep_nesting_is_no_trouble() -> None:
    assert _read(b"<gpx>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</gpx>") == []


def test_a_point_in_a_point_does_not_confuse_those_around_it() -> None:
    inner = f'<trkpt lat="1" lon="2">{TIME}</trkpt>'
    found = _read(gpx(0, more=f'<trkpt lat="3" lon="4">{inner}</trkpt><trkpt lat="5" lon="6">{TIME}</trkpt>'))

    assert found[-1] == Ping(lat=5.0, lon=6.0, at=NOW)


def test_too_many_points_are_noticed_while_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(track_gpx, "MOST_POINTS", 3)

    assert len(_read(gpx(3))) == 3
    with pytest.raises(TooManyPointsError):
        _read(gpx(4))


@given(st.text(alphabet="<>/gpxtrkmeilaonse=\"'&;! []-?0123456789.TZ:"))
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    for body in (text, f"<gpx>{text}</gpx>", f'<gpx><trkpt lat="1" lon="2">{text}</trkpt></gpx>'):
        with contextlib.suppress(UnreadableTrackError):
            assert all(found is None or isinstance(found, Ping) for found in _read(body.encode(), 5))
