"""The demo's inbox at `/dev/mail`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from redis.asyncio import Redis

from hub.data_dir import DataDir
from hub.store.caught_mails import CaughtMails
from tests.builders import build_directory
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, hub_settings, running_hub
from tests.integration.stores import TestValkey
from tests.unit.web.emails.mails import a_mail, written


@pytest.fixture
async def demo_hub(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> AsyncIterator[RunningHub]:
    """Run a hub with a demo portal and a data folder of its own."""
    url = copy_sqlite(sqlite_template, tmp_path)
    async with running_hub(hub_settings(url, session_valkey.url, data_dir=str(tmp_path))) as hub:
        async with hub.database.write() as tx:
            await build_directory(tx, demo=True)
        yield hub


def catch(hub: RunningHub, content: bytes) -> str:
    """Keep a mail as the catcher does, and give its page's path."""
    return "/dev/mail/" + CaughtMails(DataDir(hub.settings.data_dir).mail_folder).add(content)


async def test_without_a_demo_there_is_no_inbox(hub: RunningHub) -> None:
    for path in ("/dev/mail", "/dev/mail/00000000000000000000-000000", "/dev/mail/00000000000000000000-000000/html"):
        assert (await hub.http.get(path)).status_code == 404


async def test_an_empty_inbox_says_how_to_fill_it(demo_hub: RunningHub) -> None:
    answer = await demo_hub.http.get("/dev/mail")
    assert answer.status_code == 200
    assert "No mails yet" in answer.text


async def test_mails_are_listed_the_newest_first(demo_hub: RunningHub) -> None:
    first, second = (catch(demo_hub, written(a_mail(kind))) for kind in ("booked", "canceled"))
    page = (await demo_hub.http.get("/dev/mail")).text
    assert page.index(second) < page.index(first)
    assert "Booked: Boiler check" in page
    assert "aino@example.org" in page


async def test_times_are_told_in_the_zone_of_the_demo(demo_hub: RunningHub) -> None:
    caught_at = CaughtMails(DataDir(demo_hub.settings.data_dir).mail_folder)
    catch(demo_hub, written(a_mail()))
    [mail] = caught_at.newest(1)

    page = (await demo_hub.http.get("/dev/mail")).text

    assert f'<span class="visit-time">{mail.caught_at.astimezone(ZoneInfo("Europe/Helsinki")):%H:%M}</span>' in page
    assert "Europe/Helsinki" in page


async def test_a_mail_shows_its_text_with_links_its_entry_and_its_headers(demo_hub: RunningHub) -> None:
    page = (await demo_hub.http.get(catch(demo_hub, written(a_mail())))).text
    assert '<a href="https://visit.example/v/TOKEN">' in page
    assert "METHOD:REQUEST" in page
    assert "Auto-Submitted" in page


async def test_a_mails_own_page_may_run_and_load_nothing(demo_hub: RunningHub) -> None:
    answer = await demo_hub.http.get(catch(demo_hub, written(a_mail())) + "/html")
    assert 'href="https://visit.example/v/TOKEN"' in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "script" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"


NASTY = [
    b"",
    b'Subject: <script>alert(1)</script>\r\nTo: <b>@x\r\n\r\n<script>alert(1)</script> https://x.test/"><script>',
    b"Content-Type: text/plain; charset=nonsense\r\nContent-Transfer-Encoding: base64\r\n\r\n\xff\xfe",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--x--",
    b"Subject: =?utf-8?b?////?=\r\nX\0: y\r\n\r\nhi",
    b"To: =?utf-8?q?=0d=0aBcc:x?= <a@example.org>\r\nFrom: =?utf-8?q?=0d=0a?= <b@example.org>\r\n\r\nhi",
    b"Subject: \xff\xfe=?utf-8?q?=0d=0a?=\r\nContent-Type: text/=?utf-8?q?=0d=0a?=; x=\xff\r\n\r\nhi",
    b"Subject: a\r\nTo: \r\nContent-Transfer-Encoding: =?q?=\r\nContent-Disposition: ;=\r\nMessage-ID: <\r\n\r\nhi",
]


@pytest.mark.parametrize("content", NASTY)
async def test_whatever_was_caught_is_shown_without_harm(demo_hub: RunningHub, content: bytes) -> None:
    path = catch(demo_hub, content)
    for answer in (await demo_hub.http.get(path), await demo_hub.http.get("/dev/mail")):
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize("name", ["..%2f..%2fsecret.key", "nothing", "00000000000000000000-000000", "%00"])
async def test_what_is_no_mail_is_not_found(demo_hub: RunningHub, name: str) -> None:
    assert (await demo_hub.http.get(f"/dev/mail/{name}")).status_code == 404
