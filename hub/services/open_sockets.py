"""Sockets that are open now, by the credential that opened them: they close when it is no longer valid."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

Leave = Callable[[], None]


class OpenSockets:
    """The open sockets of one kind of credential."""

    def __init__(self) -> None:
        self._leavers: dict[str, set[Leave]] = {}

    @contextmanager
    def holding(self, credential_id: str, leave: Leave) -> Iterator[None]:
        """Keep a socket listed; `leave` is called when its credential stops being valid."""
        self._leavers.setdefault(credential_id, set()).add(leave)
        try:
            yield
        finally:
            leavers = self._leavers[credential_id]
            leavers.discard(leave)
            if not leavers:
                del self._leavers[credential_id]

    def credentials(self) -> list[str]:
        """List the credentials in use."""
        return list(self._leavers)

    def keep_only(self, valid: Collection[str], asked: Collection[str]) -> None:
        """Show the door to those of the `asked` credentials that are not `valid`."""
        for credential_id in set(asked) - set(valid):
            for leave in list(self._leavers.get(credential_id, ())):
                leave()
