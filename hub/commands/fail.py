"""How a command fails: one clear message, exit code 1, no traceback."""

from __future__ import annotations


class CommandError(Exception):
    """Ends a command with a message."""
