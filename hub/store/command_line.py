"""One connection to Valkey over which many commands go at once, each answered in its turn.

redis-py waits for an answer before the same connection takes the next command, and spends about 65 µs on each; pings go
through here some thousand times a second. It still opens the connection: addresses, TLS and passwords are its part.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as LostConnection
from redis.exceptions import NoScriptError, ResponseError
from redis.exceptions import TimeoutError as TooLate

from hub.store.redis_client import TIMEOUT_S

Word = str | bytes | int
Hear = Callable[[list[Any] | None], None]
"""Takes what Valkey says without being asked, as a list of words, and None once the connection is lost."""


class CommandLine:
    """Sends commands without waiting for the answers to earlier ones; connects when first asked, and when lost."""

    def __init__(self, redis: Redis, timeout_s: float = TIMEOUT_S, hear: Hear = lambda words: None) -> None:
        """Connect as `redis` does. Where an answer takes longer than `timeout_s`, all that wait fail with it."""
        self._redis, self._timeout_s, self._hear = redis, timeout_s, hear
        self._open: _Line | None = None
        self._opening = asyncio.Lock()

    async def ask(self, *words: Word) -> Any:
        """Send a command and wait for its answer. Raises `redis.RedisError` or OSError; it may have been done then."""
        return await (await self._connected()).ask(words)

    async def say(self, *words: Word) -> None:
        """Send a command that is not answered, as those are not that change what is heard. Raises as `ask` does."""
        (await self._connected()).say(words)

    async def run(self, script: Script, *arguments: Word) -> Any:
        """Run a script with `arguments`; raises as `ask` does."""
        try:
            return await self.ask("EVALSHA", script.sha, 0, *arguments)
        except NoScriptError:  # a server that has just been started
            return await self.ask("EVAL", script.text, 0, *arguments)

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if (line := self._open) is not None:
            self._open = None
            await line.give_back(self._redis)

    async def _connected(self) -> _Line:
        line = self._open
        return line if line is not None and not line.lost else await self._connect()

    async def _connect(self) -> _Line:
        async with self._opening:
            if self._open and self._open.lost:
                await self._open.give_back(self._redis)
                self._open = None
            if self._open is None:
                self._open = await _open(self._redis, self._timeout_s, self._hear)
            return self._open


class Script:
    """A Lua script, and what the server knows it by."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - the server's name for it


class _Line(asyncio.Protocol):
    """An open connection; once lost it stays so."""

    def __init__(
        self, connection: AbstractConnection, transport: asyncio.Transport, timeout_s: float, hear: Hear
    ) -> None:
        self._connection, self._transport, self._timeout_s, self._hear = connection, transport, timeout_s, hear
        self._before = transport.get_protocol()
        self._reader = hiredis.Reader(protocolError=LostConnection, replyError=_fault)
        self._asked: deque[asyncio.Future[Any]] = deque()
        self._loop = asyncio.get_running_loop()
        self.lost = False

    async def ask(self, words: tuple[Word, ...]) -> Any:
        answer: asyncio.Future[Any] = self._loop.create_future()
        self._asked.append(answer)
        self.say(words)
        patience = self._loop.call_later(self._timeout_s, self._end, TooLate("Valkey does not answer"))
        try:
            return await answer
        finally:
            patience.cancel()

    def say(self, words: tuple[Word, ...]) -> None:
        self._transport.write(hiredis.pack_command(words))  # type: ignore[arg-type]  # its types know one word only

    async def give_back(self, redis: Redis) -> None:
        """Let the client close the connection."""
        await self._connection.disconnect(nowait=True)
        await redis.connection_pool.release(self._connection)

    def data_received(self, data: bytes) -> None:
        """Give each its answer."""
        self._reader.feed(data)
        try:
            while (found := self._reader.gets()) is not False:
                if isinstance(found, hiredis.PushNotification):
                    self._hear(found)
                else:
                    _settle(self._asked.popleft(), found)
        except (LostConnection, IndexError) as fault:  # no Valkey is at the other end
            self._end(LostConnection(str(fault)))

    def connection_lost(self, fault: Exception | None) -> None:
        """Tell all that wait, and the connection, whose closing waits for it."""
        self._before.connection_lost(fault)
        self._end(LostConnection(str(fault or "Valkey closed the connection")))

    def _end(self, fault: Exception) -> None:
        if self.lost:
            return
        self.lost = True
        self._transport.abort()
        while self._asked:
            _settle(self._asked.popleft(), fault)
        self._hear(None)


async def _open(redis: Redis, timeout_s: float, hear: Hear) -> _Line:
    connection = await redis.connection_pool.get_connection()  # type: ignore[no-untyped-call]  # redis-py's
    writer = connection._writer  # which has no public name; nothing is unread where nothing was asked
    assert writer is not None  # noqa: S101 - it is connected
    transport = cast(asyncio.Transport, writer.transport)
    line = _Line(connection, transport, timeout_s, hear)
    transport.set_protocol(line)
    return line


def _settle(answer: asyncio.Future[Any], found: Any) -> None:
    if answer.done():  # whoever asked has left
        return
    if isinstance(found, Exception):
        answer.set_exception(found)
    else:
        answer.set_result(found)


def _fault(text: str) -> ResponseError:
    return NoScriptError(text) if text.startswith("NOSCRIPT") else ResponseError(text)
