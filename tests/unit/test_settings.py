"""Read what the operator sets."""

from __future__ import annotations

import pytest

from hub.domain.day_plan import Replan
from hub.domain.geofence import Arrival
from hub.domain.tracking_hours import Tracking
from hub.settings import Settings, SettingsError, variables

SECRET = "s" * 32

GOOD = {
    "HUB_DATA_DIR": ("/srv/hub", "/srv/hub"),
    "HUB_DATABASE_URL": ("postgresql://hub@db/hub", "postgresql://hub@db/hub"),
    "HUB_REDIS_URL": ("rediss://store:6380/1", "rediss://store:6380/1"),
    "HUB_QUEUE_URL": ("redis://queue", "redis://queue"),
    "HUB_SMTP_URL": ("smtp://hub:pa%2Fss@mail:587?starttls=always", "smtp://hub:pa%2Fss@mail:587?starttls=always"),
    "HUB_MAIL_FROM": ("Fix It <mail@fixit.example>", "Fix It <mail@fixit.example>"),
    "HUB_MQTT_URL": ("mqtts://hub:pa%2Fss@broker:8884", "mqtts://hub:pa%2Fss@broker:8884"),
    "HUB_MQTT_TOPIC": ("$share/hub/fleet/+/+", "$share/hub/fleet/+/+"),
    "HUB_ROUTER_URL": ("http://osrm:5000", "http://osrm:5000"),
    "HUB_GEOCODER_URL": ("photon+https://photon.example", "photon+https://photon.example"),
    "HUB_PUBLIC_URL": ("https://visit.example", "https://visit.example"),
    "HUB_SECRET_KEY": (SECRET, SECRET),
    "HUB_MAP_STYLE_URL": ("https://tiles.example/style.json", "https://tiles.example/style.json"),
    "HUB_BASEMAP": ("/srv/region.pmtiles", "/srv/region.pmtiles"),
    "HUB_DEMO_CITY": ("/srv/city", "/srv/city"),
    "HUB_WEB_PROCESSES": ("4", 4),
    "HUB_UPDATES_PER_S": ("0", 0.0),
    "HUB_LOST_AFTER_S": ("90.5", 90.5),
    "HUB_DEVICE_RATE": ("0", 0.0),
    "HUB_DEVICE_BURST": ("10", 10),
    "HUB_PUBLIC_RATE": ("0.5", 0.5),
    "HUB_TRUSTED_PROXIES": ("10.0.0.0/8,::1", "10.0.0.0/8,::1"),
    "HUB_PUBLIC_BURST": ("9", 9),
    "HUB_HISTORY_DAYS": ("365", 365),
    "HUB_EXACT_HOURS": ("0", 0),
    "HUB_FUTURE_S": ("90", 90.0),
    "HUB_INACCURATE_M": ("50", 50.0),
    "HUB_UNKNOWN_ACCURACY_M": ("0", 0.0),
    "HUB_TELEPORT_MPS": ("40", 40.0),
    "HUB_STILL_M": ("0", 0.0),
    "HUB_TRACKING_HOURS": ("working_hours", Tracking.WORKING_HOURS),
    "HUB_ARRIVAL": ("automatic", Arrival.AUTOMATIC),
    "HUB_REPLAN": ("apply", Replan.APPLY),
}

BAD = {
    "HUB_DATABASE_URL": ("mysql://hub@db/hub", "sqlite:///", "nonsense", "sqlite:///:memory:"),
    "HUB_REDIS_URL": ("http://store", "redis:", "redis://store:port", "unix://"),
    "HUB_QUEUE_URL": ("amqp://queue",),
    "HUB_SMTP_URL": (
        "mail.example",
        "http://mail",
        "smtp://",
        "smtp://mail:port",
        "smtp://user@mail",
        "smtp://mail?starttls=maybe",
        "smtps://mail?starttls=always",
    ),
    "HUB_MAIL_FROM": ("nobody", "Name <a@b", "a@b, c@d", "a b@c"),
    "HUB_MQTT_URL": ("broker.example", "http://broker", "mqtt://broker:port", "mqtt://broker/topic"),
    "HUB_MQTT_TOPIC": ("owntracks/#", "owntracks/+", "/+/+"),
    "HUB_GEOCODER_URL": (
        "geocoder:8080",
        "google+https://maps.example",
        "photon+ftp://x",
        "http://geo:port",
        "http://",
    ),
    "HUB_ROUTER_URL": (
        "osrm:5000",
        "ftp://osrm",
        "http://",
        "graphhopper+http://roads",
        "valhalla+ftp://roads",
        "osrm+",
    ),
    "HUB_PUBLIC_URL": ("visit.example", "https://visit.example/", "https://[::1"),
    "HUB_SECRET_KEY": ("short",),
    "HUB_MAP_STYLE_URL": ("/style.json",),
    "HUB_WEB_PROCESSES": ("0", "65", "2.5", "all"),
    "HUB_UPDATES_PER_S": ("-1", "many", "101", "nan", "inf"),
    "HUB_LOST_AFTER_S": ("29", "nan", "1e9"),
    "HUB_DEVICE_RATE": ("-1", "inf", "nan"),
    "HUB_DEVICE_BURST": ("0", "1.5"),
    "HUB_PUBLIC_RATE": ("-1", "inf", "nan"),
    "HUB_TRUSTED_PROXIES": ("proxy.example", "10.0.0.1;10.0.0.2", "*"),
    "HUB_PUBLIC_BURST": ("0", "1.5"),
    "HUB_HISTORY_DAYS": ("0", "3651", "month"),
    "HUB_EXACT_HOURS": ("-1", "1.5", "day"),
    "HUB_FUTURE_S": ("-1", "86401", "inf"),
    "HUB_INACCURATE_M": ("9", "10001", "nan"),
    "HUB_UNKNOWN_ACCURACY_M": ("-1", "nan"),
    "HUB_TELEPORT_MPS": ("4", "1001", "inf"),
    "HUB_STILL_M": ("-1", "101", "nan"),
    "HUB_TRACKING_HOURS": ("sometimes", "Always"),
    "HUB_ARRIVAL": ("perhaps",),
    "HUB_REPLAN": ("always",),
}


def test_everything_has_a_default() -> None:
    settings = Settings.read({})

    assert settings == Settings()
    assert (settings.data_dir, settings.updates_per_s, settings.lost_after_s) == ("./var", 2, 120)
    assert (settings.device_rate, settings.device_burst, settings.history_days) == (50, 5_000, 30)


@pytest.mark.parametrize("variable", GOOD)
def test_each_variable_sets_its_field(variable: str) -> None:
    text, value = GOOD[variable]

    read = Settings.read({variable: f" {text} "})

    assert getattr(read, variable.removeprefix("HUB_").lower()) == value


def test_every_variable_is_known_with_its_meaning() -> None:
    assert set(variables()) == set(GOOD)
    assert all(variables().values())


@pytest.mark.parametrize(("variable", "text"), [(variable, text) for variable, texts in BAD.items() for text in texts])
def test_a_value_that_cannot_be_used_is_a_fault_that_names_its_variable(variable: str, text: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.read({variable: text})

    assert {fault.partition(":")[0] for fault in error.value.faults} == {variable}


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.read({variable: texts[0] for variable, texts in BAD.items()})

    assert str(error.value).splitlines() == error.value.faults
    assert {fault.partition(":")[0] for fault in error.value.faults} == set(BAD)


def test_a_fault_never_repeats_a_password() -> None:
    secrets = {
        "HUB_DATABASE_URL": "mysql://hub:hush-hush@db/hub",
        "HUB_REDIS_URL": "http://:hush-hush@store",
        "HUB_SMTP_URL": "smtp://hub:hush-hush/@mail",
    }

    with pytest.raises(SettingsError) as error:
        Settings.read(secrets | {"HUB_SECRET_KEY": "hush-hush"})

    assert len(error.value.faults) == 4
    assert "hush-hush" not in str(error.value)


def test_what_is_empty_or_unknown_is_ignored() -> None:
    assert Settings.read({"HUB_DEVICE_RATE": "  ", "HUB_COLOUR": "red", "DEVICE_RATE": "x"}) == Settings()


def test_settings_survive_the_way_to_a_child_process() -> None:
    settings = Settings.read({variable: text for variable, (text, _) in GOOD.items()})

    assert Settings.read(settings.environment()) == settings


def test_defaults_fill_only_what_is_unset() -> None:
    filled = Settings(data_dir="/srv/hub").with_defaults("http://here", "unix:///socket", SECRET)

    assert filled.database_url == "sqlite:////srv/hub/hub.db"
    assert (filled.redis_url, filled.public_url, filled.secret_key) == ("unix:///socket", "http://here", SECRET)
    assert filled.with_defaults("http://there", "redis://there", "t" * 32) == filled
