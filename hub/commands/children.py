"""Child processes that are started again when they die, and that die with their parent."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

STOP_S = 3.0
"""How long a child may take to stop before it is killed."""
STOP_STORE_S = 1.5
"""The same for a store, which has nothing more to do once nobody asks: everything stops within 5 s."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
HEALTHY_S = 30.0
"""A child that ran for so long starts again without a growing pause."""
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded here: a forked child must not load anything

log = structlog.get_logger()


class Child:
    """One supervised process."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        log_file: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        """Describe the process; without a log file it writes where its parent writes."""
        self.name, self._command, self._environment = name, command, environment or {}
        self._log_file, self._pass_fds = log_file, pass_fds
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it and keep it running."""
        self._process = await self._spawn()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    @property
    def alive(self) -> bool:
        """Tell whether it runs at this moment."""
        return self._process is not None and self._process.returncode is None

    async def stop(self, within_s: float = STOP_S) -> None:
        """Ask it to stop, and kill it where it does not in time."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(within_s):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _spawn(self) -> asyncio.subprocess.Process:
        parent = os.getpid()
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(self._log_file.open("ab")) if self._log_file else None
            return await asyncio.create_subprocess_exec(
                *self._command,
                env=os.environ | dict(self._environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=self._pass_fds,
                start_new_session=True,  # Ctrl-C reaches the parent alone, which stops its children in order
                preexec_fn=lambda: _die_with(parent),
            )

    async def _keep(self) -> None:
        pause_s, loop = FIRST_PAUSE_S, asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            assert self._process is not None  # noqa: S101 - started before
            code = await self._process.wait()
            if loop.time() - began_s > HEALTHY_S:
                pause_s = FIRST_PAUSE_S
            log.warning("process ended, starts again", process=self.name, code=code, pause_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
            try:
                self._process = await self._spawn()
            except OSError as fault:  # no memory, no file handles, its folder is gone: this may pass
                log.error("process not started, tries again", process=self.name, fault=str(fault))


async def stop_all(children: Sequence[Child], within_s: float = STOP_S) -> None:
    """Stop children side by side."""
    await asyncio.gather(*(child.stop(within_s) for child in children))


def _die_with(parent: int) -> None:
    """Have the system kill this process when its parent ends, also by kill -9 (Linux)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before we could ask
            os._exit(1)
