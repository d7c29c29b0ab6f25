"""The pages a server renders: every fact is in the text, in each state and language."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import UndefinedError

from hub.services.show_demo import DemoAccess
from hub.web.languages import choose_language, languages
from hub.web.pages import render, static_url
from tests.unit.web.builders import NOW, a_snapshot, an_eta


class _Texts(HTMLParser):
    """Collects the visible text of the elements with a data-testid."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self._open: list[tuple[str, str | None, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"link", "meta", "img"}:
            return
        found = dict(attrs)
        hidden = "hidden" in found or any(entry[2] for entry in self._open)
        self._open.append((tag, found.get("data-testid"), hidden))

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for _, name, _ in self._open:
            if name and not self._open[-1][2]:
                self.texts[name] = self.texts.get(name, "") + data


def _visit_page(snapshot: dict[str, Any], lang: str = "en", **context: Any) -> str:
    defaults = {
        "snapshot": snapshot,
        "now": NOW,
        "link_path": "/v/token",
        "portal_name": "Kaisla",
        "portal_demo": False,
        "basemap": "/basemap",
        "style_url": None,
        "preparation": "",
        "may_share": False,
        "deadline": None,
    }
    return render("visit.html", lang, **{**defaults, **context})


def _facts(page: str) -> dict[str, str]:
    parser = _Texts()
    parser.feed(page)
    return parser.texts


def test_on_the_way_the_arrival_is_said_first_and_as_a_range() -> None:
    facts = _facts(_visit_page(a_snapshot()))
    assert facts == {
        "status": "On the way",
        "arrival": "Arriving 14:20–14:35",
        "freshness": "updated 8 s ago",
        "window": "Monday 23 November, 14:00–16:00",
    }


def test_the_distance_is_said() -> None:
    assert "about 2.4 km away" in _visit_page(a_snapshot())


def test_a_silent_technician_is_said_so_and_the_window_stays() -> None:
    seen_at = NOW - timedelta(seconds=200)
    page = _visit_page(a_snapshot(freshness="lost", position=None, eta=None, last_seen_at=seen_at))
    facts = _facts(page)
    assert facts["arrival"] == "On the way to you"
    assert facts["freshness"] == "last seen 3 min ago"
    assert facts["window"] == "Monday 23 November, 14:00–16:00"
    assert '<p class="notice" data-part="lost">' in page


def test_a_technician_who_pauses_sharing_is_not_said_to_be_silent() -> None:
    page = _visit_page(a_snapshot(freshness="lost", position=None, eta=None, last_seen_at=None, paused=True))
    assert '<p class="notice" data-part="paused">' in page
    assert '<p class="notice" data-part="lost" hidden>' in page
    assert "freshness" not in _facts(page)


def test_a_map_that_has_closed_says_so_and_nothing_of_a_silence() -> None:
    hidden: dict[str, Any] = {"freshness": "lost", "position": None, "eta": None, "technician": None}
    page = _visit_page(a_snapshot(**hidden))
    assert '<p class="notice" data-part="closed">' in page
    assert '<p class="notice" data-part="lost" hidden>' in page
    assert "freshness" not in _facts(page)


def test_an_area_is_told_in_whole_kilometres() -> None:
    area = {"lat": 60.1916, "lon": 24.94, "at": NOW, "accuracy_m": 900.0}
    page = _visit_page(a_snapshot(position=area))
    assert "about 2 km away" in page
    assert 'data-fact="area">You see the area they are in.' in page
    assert 'data-fact="area" hidden' in _visit_page(a_snapshot(position={**area, "accuracy_m": 8.0}))


def test_without_script_the_visits_time_zone_is_named() -> None:
    assert "Eastern European Time</p></noscript>" in _visit_page(a_snapshot())


def test_running_late_is_said_and_not_edited_away() -> None:
    late = _visit_page(a_snapshot(eta=an_eta(NOW + timedelta(hours=3))))
    assert '<p class="late" data-fact="late">Running late: promised 14:00–16:00</p>' in late
    assert '<p class="late" data-fact="late" hidden></p>' in _visit_page(a_snapshot())


@pytest.mark.parametrize(
    ("status", "arrival"),
    [
        ("scheduled", "Coming Monday 23 November, 14:00–16:00"),
        ("in_progress", "Your technician is here"),
        ("on_break", "Work is paused"),
        ("completed", "All done"),
        ("canceled", "This visit was canceled"),
    ],
)
def test_other_statuses_show_no_technician_and_no_map(status: str, arrival: str) -> None:
    page = _visit_page(a_snapshot(status))
    facts = _facts(page)
    assert facts["arrival"] == arrival
    assert "freshness" not in facts
    assert '<figure class="map" data-when="traveling" hidden>' in page
    assert "Aino" not in page


@pytest.mark.parametrize("status", ["completed", "canceled"])
def test_an_ended_visit_needs_no_script_and_no_refresh(status: str) -> None:
    page = _visit_page(a_snapshot(status))
    assert "<script" not in page
    assert "http-equiv" not in page


def test_without_script_the_page_refreshes_itself() -> None:
    assert '<noscript><meta http-equiv="refresh" content="20"></noscript>' in _visit_page(a_snapshot())


def test_the_script_gets_its_settings_as_data() -> None:
    page = _visit_page(a_snapshot(), "fi", style_url="/style.json")
    block = re.search(r'<script type="application/json" id="live-settings">(.*?)</script>', page)
    assert block is not None
    settings = json.loads(block[1])
    assert settings["path"] == "/v/token"
    assert settings["locale"] == "fi"
    assert settings["phrases"]["arriving"] == "Saapuu {range}"
    assert settings["urls"]["basemap"] == "/basemap"
    assert settings["urls"]["style"] == "/style.json"


def test_what_people_typed_is_escaped() -> None:
    assert "46 &lt;b&gt;A&lt;/b&gt;" in _visit_page(a_snapshot())


def test_a_page_speaks_the_language_asked_for() -> None:
    page = _visit_page(a_snapshot(), "fi")
    assert '<html lang="fi" dir="ltr">' in page
    assert _facts(page)["arrival"] == "Saapuu 14.20–14.35"


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(KeyError):
        render("link_gone.html", "tlh")


def test_a_forgotten_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("visit.html", "en", now=NOW)


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        (None, "en"),
        ("", "en"),
        ("fi-FI,fi;q=0.9,en;q=0.5", "fi"),
        ("en-US,fi;q=0.3", "en"),
        ("xx;q=0.9,fi;q=0.2", "fi"),
        ("fi;q=0,en", "en"),
        ("FI", "fi"),
        ("Fi;q=0.8,EN;q=0.3", "fi"),
        ("FI-FI", "fi"),
        ("FI-fi", "fi"),
        ("EN", "en"),
        ("EN-GB,FI;q=0.3", "en"),
        ("*;q=nonsense,;;,", "en"),
        ("x" * 10_000, "en"),
    ],
)
def test_the_reader_gets_the_shipped_language_they_like_best(header: str | None, lang: str) -> None:
    assert choose_language(header) == lang


def test_the_demo_marks_itself_on_every_page() -> None:
    marked = "This is a demo"
    assert marked in _visit_page(a_snapshot(), portal_demo=True)
    assert marked not in _visit_page(a_snapshot())
    assert marked in render("link_gone.html", "en", portal_demo=True)
    assert marked in render(
        "home.html", "en", demo=True, visits=[], links=[], access=DemoAccess(), books=False, portal_demo=True
    )


def test_a_gone_link_says_what_to_do_next() -> None:
    assert "Open the link in the newest message" in render("link_gone.html", "en")


@pytest.mark.parametrize(("status", "says"), [(404, "check the address"), (503, "our fault")])
def test_an_error_says_what_to_do_next(status: int, says: str) -> None:
    assert says in render("error.html", "en", status=status, title="Sorry", detail=None)


def test_the_start_page_of_the_demo_lists_what_to_click() -> None:
    visit = {
        "url": "/v/abc",
        "customer_address": "Unioninkatu 20",
        "service": "Boiler service",
        "technician_name": "Aino Virtanen",
        "status": "traveling",
        "starts_at": NOW,
        "time_zone": "Europe/Helsinki",
    }
    access = DemoAccess(technician_name="Elina", enrolment_path="/tech/enrol/x", staff_email="d@example.org")
    shown = {"visits": [visit], "links": ["/api/docs"], "access": access, "books": True}
    page = render("home.html", "en", demo=True, portal_demo=True, **shown)
    for address in ("/v/abc", "/book", "/tech/enrol/x", "/staff", "/dev/mail"):
        assert f'href="{address}"' in page
    assert "14:10" in page
    assert 'href="/api/docs"' in page
    plain = render("home.html", "en", demo=False, visits=[], links=[])
    assert "Unioninkatu" not in plain


def test_the_api_page_shows_paths_parameters_and_types() -> None:
    document = {
        "info": {"title": "Enroute", "version": "1", "description": "What programs may rely on."},
        "paths": {
            "/api/v1/pings": {
                "post": {
                    "summary": "Send pings",
                    "parameters": [{"name": "x", "in": "query", "schema": {"type": "string"}}],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ping"}}}},
                    "responses": {"202": {"description": "One verdict each"}},
                }
            }
        },
        "components": {
            "schemas": {
                "Ping": {
                    "type": "object",
                    "properties": {
                        "lat": {"type": "number"},
                        "tags": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
                    },
                },
                "Freshness": {"enum": ["live", "lost"]},
            }
        },
    }
    page = render("api_docs.html", "en", document=document)
    for text in ("/api/v1/pings", "Send pings", "One verdict each", 'href="#schema-Ping"', "live | lost"):
        assert text in page
    assert "[string | null]" in page


def test_a_static_file_is_named_by_its_content() -> None:
    address = static_url("ui/page.css")
    assert re.fullmatch(r"/static/ui/page\.css\?v=[0-9a-f]{12}", address)
    assert static_url("ui/page.css") == address
    assert static_url("ui/tokens.css").split("=")[1] != address.split("=")[1]


def test_english_and_finnish_are_shipped() -> None:
    assert {"en", "fi"} <= set(languages())
