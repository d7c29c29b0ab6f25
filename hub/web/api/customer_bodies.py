"""Customers as they are sent: who somebody is, and where."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from hub.domain.directory.fields import NO_NUL, Email, Language, Lat, Lon

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]


class ContactBody(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody new."""

    name: Name
    email: Email | None = None
    phone: Annotated[str, Meta(max_length=40, pattern=NO_NUL)] | None = None
    language: Language = "en"


class PlaceBody(msgspec.Struct, frozen=True, kw_only=True):
    """A new place."""

    address: Annotated[str, Meta(min_length=1, max_length=500, pattern=NO_NUL)]
    lat: Lat
    lon: Lon
