"""Every kind that the directory keeps."""

from __future__ import annotations

from hub.domain.directory.catalogue import Characteristic, ServiceType
from hub.domain.directory.customers import Account, AccountPreference, Asset, Contact, Location
from hub.domain.directory.resources import Base, Held, Hours, Resource, TimeOff
from hub.domain.directory.territories import Territory
from hub.store import tables
from hub.store.directory.kind import Kind
from hub.store.directory.parts import ListPart, RolesPart

_OF_RESOURCE = "resource_id"

TERRITORIES = Kind(path="territories", noun="territory", prefix="te", table=tables.territory, entry=Territory)
CHARACTERISTICS = Kind(
    path="characteristics", noun="characteristic", prefix="ch", table=tables.characteristic, entry=Characteristic
)
SERVICE_TYPES = Kind(
    path="service-types",
    noun="service type",
    prefix="st",
    table=tables.service_type,
    entry=ServiceType,
    parts=(RolesPart(),),
)
RESOURCES = Kind(
    path="resources",
    noun="resource",
    prefix="re",
    table=tables.resource,
    entry=Resource,
    groups={"base": (Base, {"lat": "base_lat", "lon": "base_lon"})},
    parts=(
        ListPart(
            name="working_hours",
            table=tables.working_hours,
            owner=_OF_RESOURCE,
            columns={name: name for name in ("weekday", "starts_s", "ends_s")},
            item=Hours,
        ),
        ListPart(
            name="time_off",
            table=tables.time_off,
            owner=_OF_RESOURCE,
            columns={name: name for name in ("starts_at", "ends_at", "reason")},
            item=TimeOff,
            id_prefix="to",
        ),
        ListPart(
            name="characteristics",
            table=tables.resource_characteristic,
            owner=_OF_RESOURCE,
            columns={"characteristic": "characteristic_id", "rating": "rating", "expires_at": "expires_at"},
            item=Held,
        ),
        ListPart(
            name="territories",
            table=tables.resource_territory,
            owner=_OF_RESOURCE,
            columns={"territory": "territory_id"},
        ),
        ListPart(name="members", table=tables.crew_member, owner="crew_id", columns={"member": _OF_RESOURCE}),
    ),
)
ACCOUNTS = Kind(
    path="accounts",
    noun="account",
    prefix="ac",
    table=tables.account,
    entry=Account,
    parts=(
        ListPart(
            name="preferences",
            table=tables.preference,
            owner="account_id",
            columns={"resource": _OF_RESOURCE, "kind": "kind"},
            item=AccountPreference,
        ),
    ),
)
CONTACTS = Kind(
    path="contacts",
    noun="contact",
    prefix="co",
    table=tables.contact,
    entry=Contact,
    columns={"account": "account_id"},
    fixed=("account",),
)
LOCATIONS = Kind(
    path="locations",
    noun="location",
    prefix="lo",
    table=tables.location,
    entry=Location,
    columns={"account": "account_id"},
    fixed=("account",),
)
ASSETS = Kind(
    path="assets",
    noun="asset",
    prefix="as",
    table=tables.asset,
    entry=Asset,
    columns={"account": "account_id", "location": "location_id"},
    fixed=("account",),
)

KINDS = {
    kind.path: kind
    for kind in (
        TERRITORIES,
        CHARACTERISTICS,
        RESOURCES,
        SERVICE_TYPES,
        ACCOUNTS,
        CONTACTS,
        LOCATIONS,
        ASSETS,
    )
}
"""By path, those first that others name."""
