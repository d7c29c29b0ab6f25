"""A mail server, and the processes that send to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.integration.mail.processes import Processes, processes
from tests.integration.mail.server import MailServer, mail_server
from tests.integration.stores import TestValkey


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    """Run a mail server."""
    async with mail_server() as server:
        yield server


@pytest.fixture
def procs(tmp_path: Path, database_url: str, own_valkey: TestValkey, smtp: MailServer) -> Iterator[Processes]:
    """Prepare to start relays and workers on a database of each kind and a Valkey of their own."""
    with processes(tmp_path, database_url, own_valkey.url, smtp.url) as made:
        yield made
