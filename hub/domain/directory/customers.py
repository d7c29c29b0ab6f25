"""Customers: accounts, their contacts, their locations, and the things there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hub.domain.directory.entry import Entry, Named, repeated, unknown_zone
from hub.domain.directory.fields import Address, Email, Id, Language, Lat, Lon, Name, Phone, Text, ZoneName
from hub.domain.misfit import Misfit


class AccountPreference(msgspec.Struct, frozen=True, kw_only=True):
    """What an account says of a resource."""

    resource: Id
    kind: Literal["preferred", "restricted", "must"]
    """`preferred`: rather than others; `restricted`: never; `must`: nobody else."""


class Account(Entry, frozen=True, kw_only=True):
    """A customer: a household or a company."""

    name: Name
    preferences: Annotated[tuple[AccountPreference, ...], Meta(max_length=500)] = ()

    def misfits(self) -> Iterator[Misfit]:
        """Tell what does not fit together."""
        yield from repeated("$.preferences", (one.resource for one in self.preferences))

    def names(self) -> Iterator[Named]:
        """Tell which other entries this one names."""
        for number, one in enumerate(self.preferences):
            yield Named(f"$.preferences[{number}].resource", "resources", one.resource)


class OfAccount(Entry, frozen=True, kw_only=True):
    """Something of an account, which it stays with."""

    account: Id

    def names(self) -> Iterator[Named]:
        """Tell which other entries this one names."""
        yield Named("$.account", "accounts", self.account)


class Contact(OfAccount, frozen=True, kw_only=True):
    """A person of an account whom messages reach."""

    name: Name
    email: Email | None = None
    phone: Phone | None = None
    language: Language = "en"


class Location(OfAccount, frozen=True, kw_only=True):
    """A place of an account where work is done."""

    address: Address
    lat: Lat | None = None
    """WGS 84. Without a position the geocoder looks the address up, where one is set."""
    lon: Lon | None = None
    time_zone: ZoneName | None = None
    """IANA name; default the portal's."""
    access_notes: Text = ""
    """How to get in: for the technician, never for customers of others."""

    @property
    def is_placed(self) -> bool:
        """Tell whether it has a position."""
        return self.lat is not None and self.lon is not None

    def misfits(self) -> Iterator[Misfit]:
        """Tell what does not fit together."""
        if (self.lat is None) != (self.lon is None):
            yield Misfit("$.lat" if self.lat is None else "$.lon", "lat and lon come together")
        if self.time_zone is not None:
            yield from unknown_zone("$.time_zone", self.time_zone)


class Asset(OfAccount, frozen=True, kw_only=True):
    """A thing of an account that work is done on, such as a boiler."""

    location: Id | None = None
    """Where it stands; of the same account."""
    name: Name
    serial: Annotated[str, Meta(max_length=200, pattern=r"^(?!.*[\x00-\x1f\x7f])")] = ""
    notes: Text = ""

    def names(self) -> Iterator[Named]:
        """Tell which other entries this one names."""
        yield from OfAccount.names(self)
        if self.location is not None:
            yield Named("$.location", "locations", self.location)
