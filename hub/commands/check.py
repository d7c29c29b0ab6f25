"""`hub check`: settings and stores; exit 1 with every fault."""

from __future__ import annotations

import argparse
import asyncio

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from hub.commands.fail import CommandError, database_fault, store_fault
from hub.data_dir import settings_beside
from hub.settings import Settings
from hub.store.database import Database
from hub.store.map_style import StyleUnreadable, read_origins
from hub.store.mqtt_line import greet
from hub.store.mqtt_url import mqtt_broker
from hub.store.redis_client import connect_redis
from hub.store.region_file import region_fault
from hub.store.routers.build import build_router
from hub.store.schema_revision import is_current
from hub.store.smtp import SmtpMailer
from hub.store.smtp_url import smtp_server
from hub.web.emails.sender import sender


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Check everything and say what is wrong with it."""
    settings = settings_beside(settings)
    faults = asyncio.run(_faults(settings))
    if faults:
        raise CommandError("\n".join(faults))
    print("Settings and stores are in order.")


async def _faults(settings: Settings) -> list[str]:
    faults = [await _database_fault(settings.database_url), await _router_fault(settings.router_url)]
    if settings.redis_url:
        faults.append(await _redis_fault(settings.redis_url))
    if settings.queue_url:
        faults.append(await _redis_fault(settings.queue_url, "HUB_QUEUE_URL"))
    if settings.smtp_url:
        faults.append(await _smtp_fault(settings))
    if settings.mqtt_url and (fault := await greet(mqtt_broker(settings.mqtt_url))):
        faults.append(f"HUB_MQTT_URL: {fault}")
    if settings.basemap and (fault := region_fault(settings.basemap)):
        faults.append(f"HUB_BASEMAP: {settings.basemap} {fault}")
    if settings.map_style_url:
        faults.append(await _map_style_fault(settings.map_style_url))
    return [fault for fault in faults if fault]


async def _database_fault(url: str) -> str | None:
    database = Database.open(url)
    try:
        if not await is_current(database):
            return "HUB_DATABASE_URL: the tables are not up to date; run `hub migrate`"
    except (SQLAlchemyError, OSError) as error:
        return database_fault(error)
    finally:
        await database.close()
    return None


async def _redis_fault(url: str, setting: str = "HUB_REDIS_URL") -> str | None:
    redis = connect_redis(url)
    try:
        await redis.ping()
    except (RedisError, OSError) as error:
        return store_fault(error, setting)
    finally:
        await redis.aclose()
    return None


async def _smtp_fault(settings: Settings) -> str | None:
    own_name = sender(settings.mail_from, settings.public_url).domain
    fault = await SmtpMailer(smtp_server(settings.smtp_url), own_name).greet()
    return f"HUB_SMTP_URL: {fault}" if fault else None


async def _map_style_fault(url: str) -> str | None:
    try:
        await read_origins(url)
    except StyleUnreadable as fault:
        return f"HUB_MAP_STYLE_URL: cannot be read, {fault}"
    return None


async def _router_fault(url: str) -> str | None:
    router = build_router(url)
    try:
        return None if await router.answers() else "HUB_ROUTER_URL: no answer"
    finally:
        await router.close()
