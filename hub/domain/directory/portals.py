"""Portals: one brand with its customers, technicians and settings."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hub.domain.directory.entry import unknown_zone
from hub.domain.directory.fields import Email, Language, Name, Phone, ZoneName
from hub.domain.misfit import Misfit


class PortalFields(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a portal, beside what its customers see of technicians."""

    name: Name
    locale: Language = "en"
    time_zone: ZoneName = "UTC"
    """IANA name; working hours are told by its clock."""
    public_booking: bool = False
    """Whether everybody may book, without a key or a link."""
    phone: Phone | None = None
    """How customers reach the company, when it is too late to change a visit by its link."""
    email: Email | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Tell what does not fit together."""
        yield from unknown_zone("$.time_zone", self.time_zone)
