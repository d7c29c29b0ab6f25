"""What a process needs that runs without `hub run`."""

from __future__ import annotations

from hub.commands.fail import CommandError
from hub.settings import Settings


def single_process_settings(process: str, settings: Settings, base_url: str = "") -> Settings:
    """Complete the settings of a process that runs without `hub run`: SQLite serves where no database is named.

    Raises `CommandError` where it does not know the secret or the store, which only `hub run` makes.
    """
    faults = [
        f"HUB_{name.upper()}: `hub {process}` needs it; only `hub run` makes one itself"
        for name in ("secret_key", "redis_url")
        if not getattr(settings, name)
    ]
    if faults:
        raise CommandError("\n".join(faults))
    return settings.with_defaults(base_url, settings.redis_url, settings.secret_key)
