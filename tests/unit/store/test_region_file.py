"""Tell whether a file can be a base map."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import msgspec
import pytest

from hub.store.region_file import region_fault, region_version

LAYERS = ("water", "roads", "places")


def pmtiles(
    *,
    layers: tuple[str, ...] = LAYERS,
    version: int = 3,
    tile_type: int = 1,
    compression: int = 2,
    metadata: bytes | None = None,
    tiles: int = 5,
) -> bytes:
    """Build the head of a file, its metadata and as many bytes of tiles."""
    said = msgspec.json.encode({"vector_layers": [{"id": layer, "fields": {}} for layer in layers]})
    packed = metadata if metadata is not None else gzip.compress(said) if compression == 2 else said
    head = bytearray(127)
    struct.pack_into("<7sB8Q", head, 0, b"PMTiles", version, 127, 0, 127, len(packed), 0, 0, 127 + len(packed), tiles)
    head[97], head[99] = compression, tile_type
    return bytes(head) + packed + b"\0" * tiles


@pytest.mark.parametrize("compression", [1, 2])
def test_a_file_with_streets_and_water_can_be_one(tmp_path: Path, compression: int) -> None:
    file = tmp_path / "region.pmtiles"
    file.write_bytes(pmtiles(compression=compression))
    assert region_fault(str(file)) is None


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is no PMTiles file"),
        (b"<html>" + b" " * 200, "is no PMTiles file"),
        (pmtiles()[:100], "is no PMTiles file"),
        (pmtiles(version=2), "is PMTiles version 2, expected 3"),
        (pmtiles(tile_type=2), "holds pictures, expected vector tiles"),
        (pmtiles()[:-1], "is cut short"),
        (pmtiles(metadata=b"nothing packed"), "has metadata that cannot be read"),
        (pmtiles(metadata=gzip.compress(b"[1]")), "has metadata that cannot be read"),
        (pmtiles(compression=3), "has metadata that cannot be read"),
        (pmtiles(layers=("transportation",)), "has no layer roads and water"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: bytes, fault: str) -> None:
    file = tmp_path / "region.pmtiles"
    file.write_bytes(content)
    said = region_fault(str(file))
    assert said is not None
    assert said.startswith(fault)


def test_a_file_that_is_not_there_and_a_folder_are_none(tmp_path: Path) -> None:
    assert region_fault(str(tmp_path / "none")) == "cannot be read: No such file or directory"
    assert region_fault(str(tmp_path)) == "cannot be read: Is a directory"
    assert region_version(str(tmp_path / "none")) is None


def test_a_replaced_file_has_another_version(tmp_path: Path) -> None:
    file = tmp_path / "region.pmtiles"
    file.write_bytes(b"one")
    before = region_version(str(file))
    file.write_bytes(b"other")
    assert before != region_version(str(file))
