"""The processes of ours that `hub run` starts."""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping, Sequence

from hub.commands.children import Child
from hub.settings import Settings

HUB = (sys.executable, "-m", "hub")


def hub_processes(settings: Settings, listeners: Sequence[socket.socket], *, drives: bool) -> list[Child]:
    """Describe the processes beside the stores: a web one for each listener, a relay only where mails can go out."""
    environment = settings.environment()
    children = [
        *(_web(listener.fileno(), environment) for listener in listeners),
        *(Child(name, [*HUB, name], environment) for name in ("recorder", "worker", "cron")),
    ]
    if settings.mqtt_url:
        children.append(Child("mqtt", [*HUB, "mqtt"], environment))
    if settings.smtp_url:
        children.append(Child("relay", [*HUB, "relay"], environment))
    if drives:
        children.append(Child("simulate", [*HUB, "simulate"], environment))
    return children


def _web(listener_fd: int, environment: Mapping[str, str]) -> Child:
    return Child("web", [*HUB, "web", "--fd", str(listener_fd)], environment, pass_fds=[listener_fd])


def mail_catcher(listener: socket.socket, settings: Settings) -> tuple[Child, str]:
    """Describe the catcher of mails, with the URL that stands for `HUB_SMTP_URL` then."""
    descriptor = listener.fileno()
    command = [*HUB, "mail-catcher", "--fd", str(descriptor)]
    child = Child("mail-catcher", command, settings.environment(), pass_fds=[descriptor])
    return child, f"smtp://127.0.0.1:{listener.getsockname()[1]}"
