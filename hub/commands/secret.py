"""The secret from which the tokens of links follow."""

from __future__ import annotations

from hub.commands.fail import CommandError
from hub.settings import Settings


def secret_of(settings: Settings) -> bytes:
    """Read the secret; raises `CommandError` where there is none yet."""
    if not settings.secret_key:
        raise CommandError("HUB_SECRET_KEY is unset, and no hub has made one in the data folder yet")
    return settings.secret
