"""The reader's language: chosen on a page, remembered, or liked best by the browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from hub.web.languages import language_choices, languages, locale_of, reader_language, script_locale
from hub.web.wording import Wording

ROOT = Path(__file__).resolve().parents[3]
EARLIEST = datetime(2026, 11, 23, 12, 20, 59, tzinfo=UTC)
LATEST = EARLIEST + timedelta(minutes=14)
ALL = ("en", "fi", "de", "fr", "es", "ar", "he")

SCRIPT = """
import { distance, percent, timeRange, date } from "./static/map/words.mjs";
const { locales, phrases, earliest, latest } = JSON.parse(process.argv[1]);
const say = (locale) => {
  const language = { locale, phrases, timeZone: "Europe/Helsinki" };
  return [timeRange({ earliest, latest }, language), date(earliest, language), percent(0.8, locale),
    distance(2449, phrases, locale), distance(350, phrases, locale)];
};
console.log(JSON.stringify(locales.map(say)));
"""


def _request(query: str = "", **headers: str) -> Request:
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    server = {"server": ("hub.test", 80), "scheme": "http"}
    return Request({"type": "http", "path": "/v/x", "query_string": query.encode(), "headers": lines, **server})


def test_a_choice_on_the_page_comes_before_the_remembered_one_and_that_before_the_browsers() -> None:
    asked = {"accept_language": "en", "cookie": "enroute_language=fi"}
    assert reader_language(_request("lang=en", **asked)) == "en"
    assert reader_language(_request(**asked)) == "fi"
    assert reader_language(_request(accept_language="fi-FI")) == "fi"


@pytest.mark.parametrize("wish", ["xx", "", "../en", "EN"])
def test_an_unknown_choice_is_none(wish: str) -> None:
    assert reader_language(_request(f"lang={wish}", accept_language="fi", cookie=f"enroute_language={wish}")) == "fi"


def test_the_switch_lists_the_same_page_in_every_language_named_in_itself() -> None:
    choices = language_choices(_request("service=a%20b&lang=fi"))
    assert [choice.tag for choice in choices] == list(languages())
    assert (choices[0].name, choices[0].href) == ("English", "?service=a+b&lang=en")
    assert (choices[1].name, choices[1].dir) == ("Suomi", "ltr")


@pytest.mark.parametrize(("lang", "direction"), [("ar", "rtl"), ("he", "rtl"), ("de", "ltr")])
def test_arabic_and_hebrew_run_from_right_to_left(lang: str, direction: str) -> None:
    assert locale_of(lang).text_direction == direction


def test_the_script_says_times_and_numbers_as_the_server_does_in_all_seven_languages() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    phrases = {"metres": "{n} m", "kilometres": "{n} km"}
    asked = {
        "locales": [script_locale(lang) for lang in ALL],
        "phrases": phrases,
        "earliest": EARLIEST.isoformat(),
        "latest": LATEST.isoformat(),
    }
    answer = subprocess.run(  # noqa: S603 - our own script and arguments
        [node, "--input-type=module", "--eval", SCRIPT, json.dumps(asked)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=30,
    )
    said: list[Any] = json.loads(answer.stdout)
    for lang, by_script in zip(ALL, said, strict=True):
        wording = Wording(locale_of(lang), lambda message: message)
        by_server = [
            wording.time_range(EARLIEST, LATEST, "Europe/Helsinki"),
            wording.date(EARLIEST, "Europe/Helsinki"),
            wording.percent(0.8),
            wording.distance(2449),
            wording.distance(350),
        ]
        assert by_script == by_server, lang
