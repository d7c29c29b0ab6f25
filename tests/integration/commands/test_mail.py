"""`hub mail`: failed mails are listed and tried again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hub.domain.messages import MessageState
from hub.store import outbox_leases
from hub.store.database import opened
from tests.builders import NOW
from tests.databases import copy_sqlite
from tests.integration.commands.launched import call
from tests.integration.mail.messages import build_messages, read_message


async def test_failed_mails_are_listed_and_tried_again(sqlite_template: Path, tmp_path: Path) -> None:
    url = copy_sqlite(sqlite_template, tmp_path)
    lease = NOW + timedelta(seconds=30)
    async with opened(url) as db:
        (message_id,) = ids = await build_messages(db, 1, now=NOW)
        async with db.write() as tx:
            await outbox_leases.claim_due(tx, now=NOW, lease_until=lease, limit=1)
            await outbox_leases.end(tx, message_id, lease=lease, state=MessageState.FAILED, error="550 unknown")
        listed = call(tmp_path, "mail", "failed", HUB_DATABASE_URL=url)
        assert listed.stdout.split() == [message_id, "2026-11-23", "14:00", "booked", "550", "unknown"]
        assert call(tmp_path, "mail", "requeue", message_id, HUB_DATABASE_URL=url).returncode == 0
        assert (await read_message(db, message_id)).state == "waiting"
        again = call(tmp_path, "mail", "requeue", message_id, HUB_DATABASE_URL=url)
        assert (again.returncode, again.stderr) == (1, f"hub: there is no failed message {ids[0]}\n")
        assert call(tmp_path, "mail", "requeue", "--all", HUB_DATABASE_URL=url).stdout == "0 will be tried again.\n"
