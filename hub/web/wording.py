"""Times, distances and ages in a reader's language.

The script's twin is `static/map/words.mjs`; both round alike, so that a page does not change its mind when
the script takes over.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time, get_date_format, get_timezone_name
from babel.numbers import format_decimal, format_percent

from hub.web.phrases import PHRASES, Gettext

NO_BREAK = "\u00a0"
"""Between a time and its half of the day, which belong on one line."""
_MINUTE = timedelta(minutes=1)
_DAY_PATTERNS = {"en_GB": "EEEE d MMMM"}
"""Where browsers differ from Babel."""
_YEAR = re.compile(r"[,\s]*('[^']*')?\s*y+$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Wording:
    """Says facts in one language; times are told in the zone that is passed in, an IANA name."""

    def __init__(self, locale: Locale, gettext: Gettext) -> None:
        """Take the locale whose conventions count and the translation of phrases."""
        self.locale = locale
        self.gettext = gettext
        # Babel has no full date without its year in every language; browsers do, and drop just the year.
        full = _YEAR.sub("", get_date_format("full", locale).pattern)
        self._day_pattern = _DAY_PATTERNS.get(str(locale), full)

    def say(self, key: str, /, **values: str) -> str:
        """Say the phrase with that key, blanks filled in; an unknown key is a KeyError."""
        return self.gettext(PHRASES[key]).format(**values)

    def time(self, at: datetime, zone: str) -> str:
        """Say a time of day, such as 14:20."""
        return format_time(at, "short", tzinfo=ZoneInfo(zone), locale=self.locale)

    def clock_time(self, at: datetime, zone: str) -> str:
        """Say when something happened to the second, with its day, such as 23 Nov, 14:20:05."""
        local = at.astimezone(ZoneInfo(zone))
        day = format_skeleton("MMMd", local, locale=self.locale)
        return f"{day}, {format_time(local, 'medium', locale=self.locale)}"

    def date(self, at: datetime, zone: str) -> str:
        """Say a day, such as Monday 23 November."""
        return format_datetime(at, self._day_pattern, tzinfo=ZoneInfo(zone), locale=self.locale)

    def long_date(self, at: datetime, zone: str) -> str:
        """Say a day with its year."""
        return format_date(at.astimezone(ZoneInfo(zone)), "long", locale=self.locale)

    def zone_name(self, at: datetime, zone: str) -> str:
        """Name a time zone, such as Eastern European Time."""
        return get_timezone_name(
            at.astimezone(ZoneInfo(zone)), width="long", zone_variant="generic", locale=self.locale
        )

    def time_range(self, earliest: datetime, latest: datetime, zone: str) -> str:
        """Say a range of times of day, rounded outwards to whole minutes: never narrower than it is."""
        first = earliest - (earliest - _EPOCH) % _MINUTE
        last = latest + (_EPOCH - latest) % _MINUTE
        return f"{self.time(first, zone)}–{self.time(last, zone)}".replace(" ", NO_BREAK)

    def age(self, seconds: float) -> str:
        """Say a length of time by its largest unit, rounded down."""
        whole_s = max(0, math.floor(seconds))
        if whole_s < 60:
            return self.say("seconds", n=self.number(whole_s))
        if whole_s < 3600:
            return self.say("minutes", n=self.number(whole_s // 60))
        return self.say("hours", n=self.number(whole_s // 3600))

    def distance(self, metres: float) -> str:
        """Say a distance as precisely as it matters: 50 m steps below 1 km, then tenths, then kilometres."""
        if metres < 975:
            return self.say("metres", n=self.number(max(50, math.floor(metres / 50 + 0.5) * 50)))
        decimals = 1 if metres < 9950 else 0
        return self.say("kilometres", n=self.number(round(metres / 1000, decimals)))

    def whole_kilometres(self, metres: float) -> str:
        """Say a distance no more precisely than an area allows."""
        return self.say("kilometres", n=self.number(max(1, math.floor(metres / 1000 + 0.5))))

    def number(self, value: float) -> str:
        """Say a number."""
        return format_decimal(value, locale=self.locale)

    def percent(self, share: float) -> str:
        """Say a share, 0 to 1, as a percentage."""
        return format_percent(share, locale=self.locale)

    def as_filters(self) -> Mapping[str, Any]:
        """Answer the wording as template filters."""
        return {
            "time": self.time,
            "clock_time": self.clock_time,
            "date": self.date,
            "long_date": self.long_date,
            "time_range": lambda window, zone: self.time_range(window["earliest"], window["latest"], zone),
            "zone_name": self.zone_name,
            "ago": self.age,
            "distance": self.distance,
            "number": self.number,
            "percent": self.percent,
        }
