"""Read the database's URL."""

from __future__ import annotations

import pytest

from hub.store.database_url import database_url


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///var/hub.db", "sqlite+aiosqlite:///var/hub.db"),
        ("sqlite:////srv/hub.db", "sqlite+aiosqlite:////srv/hub.db"),
        ("sqlite+aiosqlite:///var/hub.db", "sqlite+aiosqlite:///var/hub.db"),
        ("postgresql://hub:secret@db/hub", "postgresql+asyncpg://hub:secret@db/hub"),
        ("postgres://db/hub", "postgresql+asyncpg://db/hub"),
        ("postgresql+asyncpg://db/hub", "postgresql+asyncpg://db/hub"),
    ],
)
def test_plain_urls_get_the_async_driver(given: str, used: str) -> None:
    assert database_url(given).render_as_string(hide_password=False) == used


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "can't be read"),
        ("var/hub.db", "can't be read"),
        ("postgresql://db:port/hub", "can't be read"),
        ("mysql://db/hub", "only sqlite:// and postgresql://"),
        ("postgresql+psycopg2://db/hub", "only sqlite:// and postgresql://"),
        ("postgresql://db", "names no database"),
        ("sqlite://", "names no database"),
        ("sqlite:///:memory:", "in-memory"),
    ],
)
def test_a_url_that_can_not_be_used_is_refused_with_the_reason(given: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        database_url(given)


def test_the_message_never_repeats_the_password() -> None:
    with pytest.raises(ValueError, match="only sqlite") as refused:
        database_url("mysql://hub:secret@db/hub")

    assert "secret" not in str(refused.value)
