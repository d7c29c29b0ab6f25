"""Which base map pages draw: the operator's region, else the demo's streets, else none."""

from __future__ import annotations

from pathlib import Path

from hub.settings import Settings
from hub.store.region_file import region_version

REGION = "/basemap/region.pmtiles"


def base_map(settings: Settings) -> str | None:
    """Tell the address of the hub's own base map: a PMTiles file, or a folder of GeoJSON files."""
    if settings.basemap and (version := region_version(settings.basemap)):
        return f"{REGION}?v={version}"
    return "/basemap" if (Path(settings.demo_city) / "basemap" / "streets.geojson").exists() else None
