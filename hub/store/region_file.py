"""The operator's base map: one PMTiles file (version 3) of their region, in the schema of Protomaps' basemap."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import msgspec

_HEADER = struct.Struct("<7sB8QQQQ")
_HEADER_BYTES = 127
_MAGIC, _VERSION = b"PMTiles", 3
_COMPRESSION_AT, _TILE_TYPE_AT = 97, 99
_NONE, _GZIP = 1, 2
_VECTOR = 1
_LONGEST_METADATA = 4 * 1024 * 1024
NEEDED = frozenset({"roads", "water"})
"""Layers without which the hub's style draws no map."""


class _Layer(msgspec.Struct):
    id: str


class _Metadata(msgspec.Struct):
    vector_layers: list[_Layer] = []


def region_fault(path: str) -> str | None:
    """Say why a file cannot be a base map, None where it can: the first thing that an operator should know."""
    try:
        with Path(path).open("rb") as file:
            header = file.read(_HEADER_BYTES)
            size = Path(path).stat().st_size
            if len(header) < _HEADER_BYTES or header[:7] != _MAGIC:
                return "is no PMTiles file"
            _, version, _, _, metadata_at, metadata_bytes, _, _, tiles_at, tiles_bytes, *_ = _HEADER.unpack_from(header)
            if version != _VERSION:
                return f"is PMTiles version {version}, expected {_VERSION}"
            if header[_TILE_TYPE_AT] != _VECTOR:
                return "holds pictures, expected vector tiles"
            if tiles_at + tiles_bytes > size or metadata_at + metadata_bytes > size:
                return f"is cut short: {size} bytes of {tiles_at + tiles_bytes}"
            if metadata_bytes > _LONGEST_METADATA:
                return "has metadata that is too long"
            file.seek(metadata_at)
            layers = _layers(file.read(metadata_bytes), header[_COMPRESSION_AT])
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except (msgspec.MsgspecError, UnicodeDecodeError, zlib.error, ValueError, RecursionError):
        return "has metadata that cannot be read"
    missing = sorted(NEEDED - layers)
    if missing:
        return f"has no layer {' and '.join(missing)}: expected the schema of Protomaps' basemap"
    return None


def region_version(path: str) -> str | None:
    """Name the file as it is now, for an address that may be cached for ever; None where there is none."""
    try:
        stat = Path(path).stat()
    except OSError:
        return None
    return f"{stat.st_mtime_ns:x}-{stat.st_size:x}"


def _layers(metadata: bytes, compression: int) -> set[str]:
    if compression not in (_NONE, _GZIP):
        raise ValueError("compression")
    if compression == _GZIP:
        unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        metadata = unpack.decompress(metadata, _LONGEST_METADATA)
    return {layer.id for layer in msgspec.json.decode(metadata, type=_Metadata).vector_layers}
