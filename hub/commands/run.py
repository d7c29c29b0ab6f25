"""`hub run`: everything in one go, with embedded stores where none are configured."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import msgspec

from hub.commands.children import Child
from hub.commands.embedded import valkey, wait_for_valkey
from hub.commands.fail import CommandError
from hub.commands.listen import listening_socket
from hub.data_dir import DataDir, FolderTakenError, RunFile
from hub.demo.road_engine import engine_command, free_port, has_engine
from hub.demo.seed import seed_demo, store_is_empty
from hub.settings import Settings
from hub.store.database import opened
from hub.store.migrate import migrate

READY_S = 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--demo", action="store_true", help="seed an empty store and drive its technicians")
    parser.add_argument("--no-simulate", action="store_true", help="with --demo: do not drive them")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000)


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Run everything until Ctrl-C or SIGTERM."""
    folder = DataDir(settings.data_dir)
    try:
        with folder.locked(), listening_socket(arguments.host, arguments.port) as listener:
            asyncio.run(_run(arguments, settings, folder, listener))
    except FolderTakenError as error:
        raise CommandError(str(error)) from None


async def _run(arguments: argparse.Namespace, settings: Settings, folder: DataDir, listener: socket.socket) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    host, port = listener.getsockname()[:2]
    base_url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104 - compared only
    async with AsyncExitStack() as stack:
        settings = await _start_stores(arguments, settings, folder, base_url, stack)
        if arguments.demo:
            await _seed_if_empty(settings)
        for child in _hub_processes(arguments, settings, listener.fileno()):
            await _start(stack, child)
        folder.write_run_file(
            RunFile(base_url=base_url, redis_url=settings.redis_url, router_url=settings.router_url, pid=os.getpid())
        )
        await _wait_until_ready(base_url, stopped)
        if not stopped.is_set():
            _say_where(arguments, settings, base_url)
        await stopped.wait()
        print("\nStopping …", flush=True)


async def _start_stores(
    arguments: argparse.Namespace, settings: Settings, folder: DataDir, base_url: str, stack: AsyncExitStack
) -> Settings:
    """Start what no setting names, and migrate the database."""
    socket_path = folder.socket_path()
    settings = settings.with_defaults(base_url, f"unix://{socket_path}", folder.secret(create=True))
    if settings.redis_url == f"unix://{socket_path}":
        await _start(stack, valkey(socket_path, folder.path))
        await wait_for_valkey(settings.redis_url)
    if arguments.demo and not settings.router_url:
        settings = await _start_roads(settings, folder, stack)
    async with opened(settings.database_url) as database:
        await migrate(database)
    return settings


async def _start_roads(settings: Settings, folder: DataDir, stack: AsyncExitStack) -> Settings:
    city = Path(settings.demo_city)
    if not has_engine(city):
        print("The demo city is not built (make setup); technicians go in straight lines.", flush=True)
        return settings
    port = free_port()
    await _start(stack, Child("osrm", engine_command(city, port), log_file=folder.path / "osrm.log"))
    return msgspec.structs.replace(settings, router_url=f"http://127.0.0.1:{port}")


def _hub_processes(arguments: argparse.Namespace, settings: Settings, listener_fd: int) -> list[Child]:
    environment = settings.environment()
    hub = [sys.executable, "-m", "hub"]
    children = [
        Child("web", [*hub, "web", "--fd", str(listener_fd)], environment, pass_fds=[listener_fd]),
        Child("recorder", [*hub, "recorder"], environment),
    ]
    if arguments.demo and not arguments.no_simulate:
        children.append(Child("simulate", [*hub, "simulate"], environment))
    return children


async def _start(stack: AsyncExitStack, child: Child) -> None:
    await child.start()
    stack.push_async_callback(child.stop)


async def _seed_if_empty(settings: Settings) -> None:
    async with opened(settings.database_url) as database:
        if await store_is_empty(database):
            print("Seeding the demo: technicians, customers and their visits around now …", flush=True)
            await seed_demo(database, settings)


async def _wait_until_ready(base_url: str, stopped: asyncio.Event) -> None:
    async with httpx.AsyncClient(timeout=1.0) as client:
        for _ in range(int(READY_S / 0.1)):
            if stopped.is_set():
                return
            try:
                if (await client.get(f"{base_url}/readyz")).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
    print("The hub is up, but not ready; see /readyz.", flush=True)


def _say_where(arguments: argparse.Namespace, settings: Settings, base_url: str) -> None:
    lines = [f"Enroute runs at {base_url}"]
    if arguments.demo:
        lines.append(f"  what to click       {base_url}/")
    lines += [
        f"  API, described      {base_url}/api/docs",
        f"  health              {base_url}/readyz",
        "Ctrl-C stops everything.",
    ]
    print("\n".join(lines), flush=True)
