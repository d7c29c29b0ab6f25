"""Customers as they are sent: who somebody is, and where."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

NO_NUL = r"^[^\x00]*$"
EMAIL = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[^\x00-,./:-@\[-^`{-\x7f\s。．｡]{1,63}([.。．｡][^\x00-,./:-@\[-^`{-\x7f\s。．｡]{1,63})+$(?!\n)"
)
"""What looks like one address that mails can be sent to; only its domain may have other letters (IDNA).

Patterns end with `(?!\\n)`, since Python's `$` stands before a last line feed too; `\\Z` is unknown to clients.
"""
LANGUAGE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$(?!\n)"

Text = Annotated[str, Meta(max_length=10_000, pattern=NO_NUL)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]


class ContactBody(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody new."""

    name: Name
    email: Annotated[str, Meta(max_length=254, pattern=EMAIL)] | None = None
    phone: Annotated[str, Meta(max_length=40, pattern=NO_NUL)] | None = None
    language: Annotated[str, Meta(max_length=35, pattern=LANGUAGE)] = "en"


class PlaceBody(msgspec.Struct, frozen=True, kw_only=True):
    """A new place."""

    address: Annotated[str, Meta(min_length=1, max_length=500, pattern=NO_NUL)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
