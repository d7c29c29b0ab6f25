"""Take the port before anything else is started."""

from __future__ import annotations

import socket

from hub.commands.fail import CommandError


def listening_sockets(host: str, port: int, count: int) -> list[socket.socket]:
    """Listen on one port with several sockets, among which the system shares out whoever comes.

    Raises `CommandError` when the port is taken, also by somebody who would share it.
    """
    alone = listening_socket(host, port)
    if count == 1:
        return [alone]
    with alone:
        port = alone.getsockname()[1]
    return [listening_socket(host, port, shared=True) for _ in range(count)]


def listening_socket(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Listen on a port, `shared` with others of ours; raises `CommandError` when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise CommandError(f"cannot listen on {host}:{port}: {error}. Choose another port: PORT=…") from None
    listener.listen(2048)
    return listener
