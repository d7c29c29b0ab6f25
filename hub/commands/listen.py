"""Take the port before anything else is started."""

from __future__ import annotations

import socket

from hub.commands.fail import CommandError


def listening_socket(host: str, port: int) -> socket.socket:
    """Listen on a port; raises `CommandError` when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise CommandError(f"cannot listen on {host}:{port}: {error}. Choose another port: PORT=…") from None
    listener.listen(2048)
    return listener
