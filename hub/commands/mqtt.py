"""`hub mqtt`: one process that takes positions from an MQTT broker."""

from __future__ import annotations

import argparse
import asyncio

import msgspec
from prometheus_client import start_http_server

from hub.clock import system_clock
from hub.commands.fail import CommandError
from hub.commands.logs import configure_logs
from hub.commands.output import say
from hub.commands.single_process import single_process_settings
from hub.data_dir import settings_beside
from hub.domain.mqtt_topic import mqtt_access
from hub.services.authenticate import named_device
from hub.settings import Settings
from hub.store.database import opened
from hub.store.mqtt_url import topic_base
from workers.mqtt import run_mqtt


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--name", help="its name among several bridges (default: the host's)")
    parser.add_argument("--metrics-port", type=int, help="serve its metrics on this port of 127.0.0.1")
    parser.add_argument("--access", metavar="DEVICE", help="print what a device's app must be set to, and end")
    parser.add_argument("--json", action="store_true", help="with --access")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Bridge until SIGTERM, or print a device's access."""
    if arguments.access:
        asyncio.run(_print_access(settings_beside(settings), arguments))
        return
    if not settings.mqtt_url:
        raise CommandError("HUB_MQTT_URL: `hub mqtt` needs it")
    settings = single_process_settings("mqtt", settings)
    configure_logs()
    if arguments.metrics_port is not None:
        start_http_server(arguments.metrics_port, "127.0.0.1")
    asyncio.run(run_mqtt(settings, arguments.name))


async def _print_access(settings: Settings, arguments: argparse.Namespace) -> None:
    if not settings.secret_key:
        raise CommandError("HUB_SECRET_KEY: keys follow from it; there is none yet")
    async with opened(settings.database_url) as database:
        if not await named_device(database, arguments.access, system_clock()):
            raise CommandError(f"there is no device {arguments.access}")
    access = mqtt_access(topic_base(settings.mqtt_topic), settings.secret, arguments.access)
    say(msgspec.structs.asdict(access), as_json=arguments.json)
