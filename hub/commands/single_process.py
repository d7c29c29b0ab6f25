"""What a process needs that runs without `hub run`."""

from __future__ import annotations

from hub.commands.fail import CommandError
from hub.settings import Settings


def require_single_process_settings(process: str, settings: Settings) -> None:
    """Refuse to start a process that has no embedded stores beside it and does not know where they are."""
    faults = [
        f"HUB_{name.upper()}: `hub {process}` needs it; only `hub run` makes one itself"
        for name in ("secret_key", "redis_url")
        if not getattr(settings, name)
    ]
    if faults:
        raise CommandError("\n".join(faults))
