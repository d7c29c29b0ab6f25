"""The mails that the demo's catcher keeps instead of sending them: one file each."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import count
from pathlib import Path

import msgspec

MOST = 500
"""So many mails are kept; older ones go."""
_NAME = re.compile(r"\d{20}-\d{6}")


class CaughtMail(msgspec.Struct, frozen=True):
    """One mail that was caught."""

    name: str
    caught_at: datetime
    message: EmailMessage


class CaughtMails:
    """A folder of `.eml` files whose names sort by time. Its calls block: they are for threads."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder, self._most = folder, most
        self._numbers = count()

    def add(self, content: bytes) -> str:
        """Keep a mail whole or not at all, and give its name; the oldest go where there are too many."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{time.time_ns():020}-{next(self._numbers) % 1_000_000:06}"
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as unfinished:
            unfinished.write(content)
        os.replace(unfinished.name, self._folder / f"{name}.eml")
        for old in self._names()[self._most :]:
            (self._folder / f"{old}.eml").unlink(missing_ok=True)
        return name

    def newest(self, most: int) -> list[CaughtMail]:
        """Read the newest mails, the newest first."""
        return [mail for name in self._names()[:most] if (mail := self.get(name))]

    def get(self, name: str) -> CaughtMail | None:
        """Read one mail; None where there is none of that name."""
        if not _NAME.fullmatch(name):
            return None
        try:
            content = (self._folder / f"{name}.eml").read_bytes()
        except FileNotFoundError:
            return None
        message = message_from_bytes(content, policy=default)
        return CaughtMail(name, datetime.fromtimestamp(int(name[:20]) / 1e9, UTC), message)

    def _names(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            found = (path.stem for path in self._folder.iterdir() if path.suffix == ".eml")
            return sorted((name for name in found if _NAME.fullmatch(name)), reverse=True)
        return []
