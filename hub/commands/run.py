"""`hub run`: everything in one go, with embedded stores where none are configured."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec

from hub.clock import system_clock
from hub.commands.children import STOP_STORE_S, Child, stop_all
from hub.commands.embedded import valkey, wait_for_valkey
from hub.commands.fail import CommandError
from hub.commands.hub_processes import hub_processes, mail_catcher
from hub.commands.listen import listening_socket, listening_sockets
from hub.data_dir import DataDir, FolderTakenError, RunFile
from hub.services.show_demo import DemoAccess, read_access
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
    with ExitStack() as stack:
        try:
            stack.enter_context(folder.locked())
        except FolderTakenError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"HUB_DATA_DIR: {error.strerror}: {folder.path}") from None
        listeners = listening_sockets(arguments.host, arguments.port, settings.web_processes)
        for listener in listeners:
            stack.enter_context(listener)
        caught = arguments.demo and not settings.smtp_url  # made-up people must not get any mail
        catcher = stack.enter_context(listening_socket("127.0.0.1", 0)) if caught else None
        asyncio.run(Run(arguments, settings, folder, listeners, catcher).until_stopped())


class Run:
    """One `hub run`: its stores and its processes."""

    def __init__(
        self,
        arguments: argparse.Namespace,
        settings: Settings,
        folder: DataDir,
        listeners: list[socket.socket],
        catcher: socket.socket | None,
    ) -> None:
        self._catcher = catcher
        self._arguments, self._settings, self._folder, self._listeners = arguments, settings, folder, listeners
        self._base_url = _base_url(listeners[0])
        self._stores: list[Child] = []
        self._processes: list[Child] = []
        self._access: DemoAccess | None = None

    async def until_stopped(self) -> None:
        """Start everything, wait for a signal, stop everything: the processes first, then their stores."""
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        try:
            await _unless(stopped, self._start())
            await stopped.wait()
            print("\nStopping …", flush=True)
        finally:
            await stop_all(self._processes)
            await stop_all(self._stores, STOP_STORE_S)

    async def _start(self) -> None:
        await self._start_stores()
        if self._arguments.demo:
            self._access = await _prepare_demo(self._settings)
        drives = self._arguments.demo and not self._arguments.no_simulate
        for child in hub_processes(self._settings, self._listeners, drives=drives):
            await _start(child, self._processes)
        settings = self._settings
        self._folder.write_run_file(
            RunFile(
                base_url=self._base_url,
                redis_url=settings.redis_url,
                router_url=settings.router_url,
                pid=os.getpid(),
            )
        )
        await _wait_until_ready(self._base_url)
        _say_where(self._base_url, self._access)

    async def _start_stores(self) -> None:
        """Start what no setting names, and migrate the database."""
        socket_path = self._folder.socket_path()
        embedded_url = f"unix://{socket_path}"
        settings = self._settings.with_defaults(self._base_url, embedded_url, self._folder.secret(create=True))
        self._settings = settings
        if settings.redis_url == embedded_url:
            await _start(valkey(socket_path, self._folder.path), self._stores)
            await wait_for_valkey(settings.redis_url)
        if self._catcher:
            catcher, url = mail_catcher(self._catcher, settings)
            await _start(catcher, self._stores)
            self._settings = msgspec.structs.replace(settings, smtp_url=url)
        if self._arguments.demo and not settings.router_url:
            await self._start_roads()
        async with opened(settings.database_url) as database:
            await migrate(database)

    async def _start_roads(self) -> None:
        from hub.demo.road_engine import engine_command, free_port, has_engine  # only the demo needs it

        city = Path(self._settings.demo_city)
        if not has_engine(city):
            print("The demo city is not built (make setup); technicians go in straight lines.", flush=True)
            return
        port = free_port()
        await _start(Child("osrm", engine_command(city, port), log_file=self._folder.path / "osrm.log"), self._stores)
        self._settings = msgspec.structs.replace(self._settings, router_url=f"http://127.0.0.1:{port}")


def _base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared only
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _unless(stopped: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Do the work, and drop it when it is time to stop; raises what it raises."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    await asyncio.wait([working, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    working.cancel()  # nothing happens where it is done
    with contextlib.suppress(asyncio.CancelledError):
        await working


async def _start(child: Child, among: list[Child]) -> None:
    among.append(child)
    await child.start()


async def _prepare_demo(settings: Settings) -> DemoAccess:
    """Seed an empty store, or bring the demo's day up to now; raises `CommandError` on a store of real visits."""
    from hub.demo.seed import extend_demo, store_is_empty  # only the demo needs it
    from hub.demo.seeded import SeedRefused

    async with opened(settings.database_url) as database:
        if await store_is_empty(database):
            print("Seeding the demo: technicians, customers and their visits around now …", flush=True)
        try:
            await extend_demo(database, settings, system_clock())
            return await read_access(database, settings.secret, system_clock())
        except SeedRefused as error:
            raise CommandError(str(error)) from None


async def _wait_until_ready(base_url: str) -> None:
    async with httpx.AsyncClient(timeout=1.0, trust_env=False) as client:  # no proxy on the way to ourselves
        for _ in range(int(READY_S / 0.1)):
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(f"{base_url}/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.1)
    print("The hub is up, but not ready; see /readyz.", flush=True)


def _say_where(base_url: str, access: DemoAccess | None) -> None:
    lines = [f"Enroute runs at {base_url}"]
    if access:
        lines += [
            f"  what to click       {base_url}/",
            f"  a technician's page {base_url}{access.enrolment_path}",
            f"  customers' mails    {base_url}/dev/mail",
            f"  the staff page      {base_url}/staff  ({access.staff_email} / {access.staff_password})",
        ]
    lines += [
        f"  API, described      {base_url}/api/docs",
        f"  health              {base_url}/readyz",
        "Ctrl-C stops everything.",
    ]
    print("\n".join(lines), flush=True)
