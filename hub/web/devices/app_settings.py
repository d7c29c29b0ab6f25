"""What a technician's app has to be told so that it sends to this hub."""

from __future__ import annotations

import base64
from urllib.parse import quote, urlencode

import msgspec

MOVE_MODE = 2
HTTP_MODE = 3
EVERY_S = 15
"""How often a moving phone reports; a customer sees it glide from one to the next."""

OSMAND = "lat={0}&lon={1}&timestamp={2}&altitude={4}&speed_mps={5}&bearing={6}&batt={11}"
GPSLOGGER = "lat=%LAT&lon=%LON&timestamp=%TIMESTAMP&acc=%ACC&spd=%SPD&dir=%DIR&alt=%ALT&batt=%BATT"
"""What these two put in place of their own names."""


class Setting(msgspec.Struct, frozen=True):
    """What is entered, opened or scanned in one app."""

    app: str
    name: str
    value: str


def owntracks_link(base_url: str, token: str, device_name: str) -> str:
    """Write the link that sets OwnTracks up, short enough for a QR code that fits a terminal.

    Its password is the device token, so the link is as secret as that.
    """
    configuration = {
        "_type": "configuration",
        "mode": HTTP_MODE,
        "url": f"{base_url}/api/v1/owntracks",
        "auth": True,
        "username": "technician",
        "password": token,
        "deviceId": device_name,
        "tid": device_name[:2].upper(),
        "monitoring": MOVE_MODE,
        "locatorInterval": EVERY_S,
        "cmd": True,
    }
    text = base64.b64encode(msgspec.json.encode(configuration)).decode()
    return f"owntracks:///config?inline={quote(text, safe='')}"


def settings_of_apps(base_url: str, token: str, device_name: str) -> list[Setting]:
    """List what the other apps are told, in the order of docs/devices/README.md."""
    api = f"{base_url}/api/v1"
    traccar = urlencode({"id": token, "accuracy": "high", "interval": EVERY_S, "fastest_interval": 5})
    overland = urlencode(
        {"url": f"{api}/overland", "token": token, "device_id": device_name},
        quote_via=quote,  # iOS takes a plus sign for one
    )
    return [
        Setting("Traccar Client", "QR code or link", f"{api}/traccar?{traccar}"),
        Setting("Traccar Client", "or by hand, server URL", f"{api}/traccar"),
        Setting("Traccar Client", "and device identifier", token),
        Setting("Overland", "link", f"overland://setup?{overland}"),
        Setting("OsmAnd", "web address", f"{api}/osmand?id={token}&{OSMAND}"),
        Setting("GPSLogger", "custom URL", f"{api}/gpslogger?{GPSLOGGER}"),
        Setting("GPSLogger", "HTTP headers", f"Authorization: Bearer {token}"),
        Setting("Home Assistant", "URL", f"{base_url}/api/webhook/{token}"),
        Setting("your own app", "POST or websocket", f"{api}/pings"),
    ]
