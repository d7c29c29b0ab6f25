"""Tell apps where to send."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import msgspec
import segno

from hub.web.devices.app_settings import owntracks_link, settings_of_apps

BASE, TOKEN = "https://visit.example", "enroute_device_" + "x" * 32
WIDTH = 80
"""Columns of a terminal."""


def test_owntracks_gets_all_that_it_needs_in_its_link() -> None:
    link = urlsplit(owntracks_link(BASE, TOKEN, "phone"))
    [inline] = parse_qs(link.query)["inline"]
    told = msgspec.json.decode(base64.b64decode(inline, validate=True))

    assert (link.scheme, link.netloc, link.path) == ("owntracks", "", "/config")
    assert told["_type"] == "configuration"
    assert (told["mode"], told["url"], told["auth"]) == (3, f"{BASE}/api/v1/owntracks", True)
    assert (told["password"], told["deviceId"], told["tid"]) == (TOKEN, "phone", "PH")


def test_its_qr_code_fits_a_terminal() -> None:
    code = segno.make_qr(owntracks_link("https://technicians.company.example", TOKEN, "phone"), error="l")

    assert code.symbol_size()[0] <= WIDTH


def test_links_carry_their_parts_as_links_do() -> None:
    links = {one.app: urlsplit(one.value) for one in settings_of_apps(BASE, TOKEN, "a & b") if "link" in one.name}

    assert parse_qs(links["Overland"].query) == {
        "url": [f"{BASE}/api/v1/overland"],
        "token": [TOKEN],
        "device_id": ["a & b"],
    }
    assert links["Traccar Client"].path == "/api/v1/traccar"
    assert parse_qs(links["Traccar Client"].query)["id"] == [TOKEN]
