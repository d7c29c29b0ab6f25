"""Change what a portal's customers see; web processes notice with their next look, a few seconds later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from hub.domain.visibility import Rules
from hub.store import events
from hub.store.database import Database
from hub.store.visibility import get_rules, set_rules

EVENT_KIND = "portal.visibility"


async def set_visibility(
    database: Database, portal_id: str, changes: Mapping[str, Any], *, actor: str, now: datetime
) -> Rules | None:
    """Change some of a portal's rules, by their names; None where there is no such portal.

    That somebody did is kept: a rule decides what is known of people. Nothing changed leaves no trace.
    """
    async with database.write() as tx:
        before = await get_rules(tx, portal_id)
        if before is None:
            return None
        rules = msgspec.structs.replace(before, **changes)
        if rules != before:
            await set_rules(tx, portal_id, rules)
            data = msgspec.to_builtins(rules)
            await events.append(
                tx, portal_id=portal_id, at=now, kind=EVENT_KIND, booking_id=None, actor=actor, data=data
            )
    return rules
