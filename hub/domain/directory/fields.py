"""The types of the directory's fields, with their bounds. The API, its description and imports check by these."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

NO_NUL = r"^[^\x00]*$"
ONE_LINE = r"^(?!.*[\x00-\x1f\x7f])(?=.*\S)"
"""Something to read, on one line. `.` ends at line feeds, which the first part therefore meets and refuses."""
EMAIL = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[^\x00-,./:-@\[-^`{-\x7f\s。．｡]{1,63}([.。．｡][^\x00-,./:-@\[-^`{-\x7f\s。．｡]{1,63})+$(?!\n)"
)
"""What looks like one address that mails can be sent to; only its domain may have other letters (IDNA).

Patterns end with `(?!\\n)`, since Python's `$` stands before a last line feed too; `\\Z` is unknown to clients.
"""
LANGUAGE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$(?!\n)"
DAY_S = 86_400

Id = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]
ExternalId = Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
Text = Annotated[str, Meta(max_length=10_000, pattern=NO_NUL)]
Address = Annotated[str, Meta(min_length=1, max_length=500, pattern=ONE_LINE)]
Email = Annotated[str, Meta(max_length=254, pattern=EMAIL)]
Phone = Annotated[str, Meta(min_length=1, max_length=40, pattern=ONE_LINE)]
Language = Annotated[str, Meta(max_length=35, pattern=LANGUAGE)]
WebAddress = Annotated[str, Meta(max_length=2_000, pattern=r"^https?://[^\x00-\x20\x7f\"<>\\]+$(?!\n)")]
ZoneName = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$(?!\n)")]
Lat = Annotated[float, Meta(ge=-90, le=90)]
Lon = Annotated[float, Meta(ge=-180, le=180)]
Rating = Annotated[int, Meta(ge=1, le=100)]
Weekday = Annotated[int, Meta(ge=0, le=6)]
StartsS = Annotated[int, Meta(ge=0, lt=DAY_S)]
"""Since midnight, by the clock on the wall."""
EndsS = Annotated[int, Meta(gt=0, le=DAY_S)]
