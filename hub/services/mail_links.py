"""The link that a mail carries: it opens the visit and lets its customer change it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.link_scope import LinkScope
from hub.domain.tokens import link_token, token_hash
from hub.store import mail_links
from hub.store.links import LinkRow
from hub.store.outgoing import Outgoing

LASTS = timedelta(days=30)
"""How long after the visit, or after the mail where that is later, a link that is made here opens."""
STILL_LASTS = timedelta(days=1)
"""How much longer than the visit an existing link must open to be named again."""


async def manage_tokens(tx: AsyncConnection, secret: bytes, mails: Sequence[Outgoing], now: datetime) -> dict[str, str]:
    """Find or make a link with scope `manage` for each mail, and give its token by the mail's id."""
    known = await mail_links.open_manage_links(tx, {mail.booking_id for mail in mails}, now)
    tokens: dict[str, str] = {}
    made: dict[str, LinkRow] = {}
    for mail in mails:
        needed_until = max(mail.facts.ends_at, now) + STILL_LASTS
        fitting = (row for row in known if row.booking_id == mail.booking_id and row.expires_at >= needed_until)
        token = next((token for row in fitting if (token := _token(secret, row))), None)
        if token is None:
            row = made.setdefault(mail.booking_id, _new_link(secret, mail, now))
            token = link_token(secret, row.id)
        tokens[mail.id] = token
    await mail_links.insert_missing(tx, list(made.values()))
    return tokens


def _token(secret: bytes, row: LinkRow) -> str | None:
    """Name an existing link again; impossible where it was made under another secret."""
    token = link_token(secret, row.id)
    return token if token_hash(token) == row.token_hash else None


def _new_link(secret: bytes, mail: Outgoing, now: datetime) -> LinkRow:
    """Describe a new link; its id follows from the mail and the secret, so that two workers make the same one."""
    digest = hashlib.sha256(b"mail link:" + mail.id.encode() + b":" + token_hash(link_token(secret, mail.id)))
    link_id = f"li_{digest.hexdigest()[:26]}"
    return LinkRow(
        id=link_id,
        booking_id=mail.booking_id,
        scope=LinkScope.MANAGE,
        token_hash=token_hash(link_token(secret, link_id)),
        expires_at=max(mail.facts.ends_at, now) + LASTS,
        created_at=now,
    )
