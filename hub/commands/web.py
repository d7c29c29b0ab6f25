"""`hub web`: one web process."""

from __future__ import annotations

import argparse
import gc
import socket
from typing import Any

import uvicorn

from hub.app import build_app
from hub.commands.listen import listening_socket
from hub.commands.logs import configure_logs
from hub.commands.open_files import allow_many_sockets
from hub.commands.single_process import single_process_settings
from hub.settings import Settings
from hub.web.devices.taking import LARGEST_BODY
from hub.web.frames import FrameProtocol
from hub.web.streams import StreamProtocol

GARBAGE_EVERY = 20_000
"""How many objects may be made between two looks for cycles. A ping makes about a hundred and no cycle."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fd", type=int, help="listen on this open socket instead")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Serve until SIGTERM."""
    settings = single_process_settings("web", settings, f"http://{arguments.host}:{arguments.port}")
    configure_logs()
    allow_many_sockets()
    if arguments.fd is None:
        listener = listening_socket(arguments.host, arguments.port)
    else:
        listener = socket.socket(fileno=arguments.fd)
    gc.freeze()  # what was loaded until now stays for good: no need to look through it again and again
    gc.set_threshold(GARBAGE_EVERY)
    uvicorn.Server(server_config(settings, loop="uvloop")).run(sockets=[listener])


def server_config(settings: Settings, **more: Any) -> uvicorn.Config:
    """Describe the server of a web process; `more` are uvicorn's own options."""
    return uvicorn.Config(
        build_app(settings),
        http=StreamProtocol,
        ws=FrameProtocol,
        ws_max_size=LARGEST_BODY,
        ws_per_message_deflate=False,  # positions are small; compressing each for each watcher costs far more
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=2,
        backlog=2048,
        **more,
    )
