"""Let a process hold as many sockets as the machine allows it."""

from __future__ import annotations

import resource


def allow_many_sockets() -> None:
    """Raise the limit of open files as far as this process may: 1,024, where many systems begin, is 1,000 phones."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
