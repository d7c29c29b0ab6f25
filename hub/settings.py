"""What the operator sets, read from the environment once; every fault is reported at once.

Only this file reads the environment. docs/operations.md explains each setting.
"""

from __future__ import annotations

import os
import types
from collections.abc import Callable, Mapping
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from hub.domain.day_plan import Replan
from hub.domain.geofence import Arrival
from hub.domain.mailbox import split_mailbox
from hub.domain.ping_filter import Limits
from hub.domain.tracking_hours import Tracking
from hub.store.database_url import database_url
from hub.store.geocoders.geocoder_url import geocoder_url
from hub.store.mqtt_url import mqtt_broker, topic_base
from hub.store.routers.router_url import router_url
from hub.store.smtp_url import smtp_server

PREFIX = "HUB_"


class SettingsError(Exception):
    """Settings that cannot be used; `faults` names every one."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting with its default; the field `x` is the variable `HUB_X`."""

    data_dir: Annotated[str, Meta(description="Folder of the embedded stores, the secret and run.json")] = "./var"
    database_url: Annotated[
        str,
        Meta(description="SQL database, `sqlite:///…` or `postgresql://…`; default SQLite in the data folder"),
    ] = ""
    redis_url: Annotated[
        str,
        Meta(description="Valkey or Redis, `redis://…`, `rediss://…` or `unix://…`; default embedded Valkey"),
    ] = ""
    queue_url: Annotated[
        str, Meta(description="Valkey or Redis of the job queue, no cluster; default the one of `HUB_REDIS_URL`")
    ] = ""
    smtp_url: Annotated[
        str,
        Meta(description="SMTP server, `smtp://…` or `smtps://…`; default none: mails wait, the demo's are caught"),
    ] = ""
    mail_from: Annotated[
        str, Meta(description="Sender of mails, `Name <address>`; default `noreply` at the host of the public URL")
    ] = ""
    mqtt_url: Annotated[
        str, Meta(description="MQTT broker of `hub mqtt`, `mqtt://…` or `mqtts://…`; default none: no bridge")
    ] = ""
    mqtt_topic: Annotated[
        str, Meta(description="Topics that the bridge reads; the last two levels name the device and its key")
    ] = "owntracks/+/+"
    router_url: Annotated[
        str,
        Meta(
            description="Road router, `http://…` or `osrm+http://…` of OSRM, `valhalla+http://…`; default none: "
            "straight lines times 1.4 at 25 km/h"
        ),
    ] = ""
    geocoder_url: Annotated[
        str,
        Meta(
            description="Geocoder, `http://…` or `nominatim+http://…` of Nominatim, `photon+http://…`; default none: "
            "an address needs a position"
        ),
    ] = ""
    public_url: Annotated[
        str, Meta(description="How people reach the hub, without a slash at the end; links begin with it")
    ] = ""
    secret_key: Annotated[
        str,
        Meta(description="At least 32 characters; links follow from it. `hub run` makes one when it is unset"),
    ] = ""
    map_style_url: Annotated[
        str, Meta(description="A MapLibre style for the maps; default our own base map where there is one")
    ] = ""
    basemap: Annotated[
        str, Meta(description="A PMTiles file of your region for the maps; default the demo's streets, or none")
    ] = ""
    demo_city: Annotated[str, Meta(description="Folder of the demo city that `make setup` builds")] = (
        "./build/demo-city"
    )
    web_processes: Annotated[
        int,
        Meta(ge=1, le=64, description="Web processes that `hub run` starts; they share the port. For many cores"),
    ] = 1
    updates_per_s: Annotated[
        float,
        Meta(ge=0, le=100, description="Positions a watcher gets per second and visit; 0 means every one"),
    ] = 2.0
    lost_after_s: Annotated[
        float, Meta(ge=30, le=604_800, description="Seconds of silence after which a position counts as lost")
    ] = 120.0
    device_rate: Annotated[
        float, Meta(ge=0, le=100_000, description="Pings a device may send per second; 0 means no limit")
    ] = 50.0
    device_burst: Annotated[int, Meta(ge=1, le=1_000_000, description="Pings a device may send at once")] = 5_000
    public_rate: Annotated[
        float,
        Meta(ge=0, le=100_000, description="Booking requests per second and address without a key; 0 means no limit"),
    ] = 5.0
    trusted_proxies: Annotated[
        str,
        Meta(description="Addresses or networks of proxies whose X-Forwarded-For counts, with commas; default none"),
    ] = ""
    public_burst: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Booking requests of one address without a key at once")
    ] = 60
    history_days: Annotated[
        int, Meta(ge=1, le=3_650, description="Days the track history is kept; older pings are rejected as ancient")
    ] = 30
    exact_hours: Annotated[
        int,
        Meta(ge=0, le=87_600, description="Hours all points of a track are kept, then one in 30 s; 0 never thins"),
    ] = 24
    future_s: Annotated[
        float, Meta(ge=0, le=86_400, description="Seconds a ping may be ahead of the server's clock")
    ] = 60.0
    inaccurate_m: Annotated[
        float, Meta(ge=10, le=10_000, description="Metres of accuracy beyond which a ping is not shown")
    ] = 100.0
    unknown_accuracy_m: Annotated[
        float, Meta(ge=0, le=10_000, description="Metres that an unknown accuracy counts as in comparisons")
    ] = 65.0
    teleport_mps: Annotated[
        float, Meta(ge=5, le=1_000, description="Metres a second beyond which a jump is not believed at once")
    ] = 60.0
    still_m: Annotated[
        float,
        Meta(ge=0, le=100, description="Metres the fixes of a phone at rest may stray before its marker follows"),
    ] = 25.0
    tracking_hours: Annotated[
        Tracking,
        Meta(description="When positions are taken, `always` or `working_hours`: those and an hour around them"),
    ] = Tracking.ALWAYS
    arrival: Annotated[
        Arrival,
        Meta(description="What an arrival at the customer does, `suggest` the next status or set it (`automatic`)"),
    ] = Arrival.SUGGEST
    replan: Annotated[
        Replan,
        Meta(
            description="A better order of tomorrow's visits: `off` looks for none, `propose` asks staff, `apply` moves"
        ),
    ] = Replan.PROPOSE

    @property
    def secret(self) -> bytes:
        """Give the secret as what tokens and signatures are made with."""
        return self.secret_key.encode()

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Read all settings; raises `SettingsError` with every fault."""
        values: dict[str, Any] = {}
        faults: list[str] = []
        for name, kind in get_type_hints(cls, include_extras=True).items():
            text = environment.get(PREFIX + name.upper(), "").strip()
            if not text:
                continue
            try:
                values[name] = msgspec.convert(text, kind, strict=False)
            except msgspec.ValidationError as error:
                faults.append(f"{PREFIX}{name.upper()}: {error}, not {text!r}")
        faults += _faults_of_texts(values)
        if faults:
            raise SettingsError(faults)
        return cls(**values)

    @classmethod
    def from_environment(cls) -> Settings:
        """Read this process's environment."""
        return cls.read(os.environ)

    def environment(self) -> dict[str, str]:
        """Write the settings as environment variables, for child processes."""
        values = msgspec.structs.asdict(self)
        return {PREFIX + name.upper(): str(value) for name, value in values.items() if value != ""}

    def with_defaults(self, base_url: str, redis_url: str, secret_key: str) -> Settings:
        """Fill what is unset: the database in the data folder, and what the caller knows."""
        return msgspec.structs.replace(
            self,
            database_url=self.database_url or f"sqlite:///{Path(self.data_dir).resolve() / 'hub.db'}",
            redis_url=self.redis_url or redis_url,
            secret_key=self.secret_key or secret_key,
            public_url=self.public_url or base_url,
        )


def limits_of(settings: Settings) -> Limits:
    """Give the thresholds by which pings are judged."""
    return Limits(
        future=timedelta(seconds=settings.future_s),
        ancient=timedelta(days=settings.history_days),
        inaccurate_m=settings.inaccurate_m,
        teleport_mps=settings.teleport_mps,
        unknown_accuracy_m=settings.unknown_accuracy_m,
        still_m=settings.still_m,
    )


def variables() -> types.MappingProxyType[str, str]:
    """List every variable with what it means, for the documentation's test."""
    hints = get_type_hints(Settings, include_extras=True)
    meanings = {PREFIX + name.upper(): hint.__metadata__[-1].description for name, hint in hints.items()}
    return types.MappingProxyType(meanings)


def _faults_of_texts(values: Mapping[str, Any]) -> list[str]:
    faults = []
    readers: dict[str, Callable[[str], object]] = {
        "database_url": database_url,
        "smtp_url": smtp_server,
        "mqtt_url": mqtt_broker,
        "mqtt_topic": topic_base,
        "mail_from": split_mailbox,
        "router_url": router_url,
        "geocoder_url": geocoder_url,
    }
    for name, read in readers.items():
        if text := values.get(name):
            try:
                read(text)
            except ValueError as error:
                faults.append(f"{PREFIX}{name.upper()}: {error}")
    for name, schemes in (
        ("redis_url", ("redis", "rediss", "unix")),
        ("queue_url", ("redis", "rediss", "unix")),
        ("public_url", ("http", "https")),
        ("map_style_url", ("http", "https")),
    ):
        if (url := values.get(name)) and not _is_url(url, schemes):
            faults.append(f"{PREFIX}{name.upper()}: expected {' or '.join(f'{s}://…' for s in schemes)}")
    for proxy in filter(None, values.get("trusted_proxies", "").split(",")):
        try:
            ip_network(proxy.strip(), strict=False)
        except ValueError:
            faults.append(f"HUB_TRUSTED_PROXIES: expected addresses or networks, not {proxy.strip()!r}")
    if 0 < len(values.get("secret_key", "")) < 32:
        faults.append("HUB_SECRET_KEY: expected at least 32 characters")
    if values.get("public_url", "").endswith("/"):
        faults.append("HUB_PUBLIC_URL: expected no slash at the end")
    return faults


def _is_url(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.netloc or (parts.scheme == "unix" and parts.path))
