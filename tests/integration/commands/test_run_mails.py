"""`hub run` and mails: a relay where there is a server, a catcher in the demo."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
import psutil
import pytest

from tests.integration.commands.launched import Launched, call, launched, left_over, wait_for
from tests.integration.mail.messages import build_messages
from tests.integration.mail.server import MailServer, mail_server


def names(hub: Launched) -> list[str]:
    """List the command lines of a hub's processes."""
    return [" ".join(child.cmdline()) for child in psutil.Process(hub.process.pid).children()]


def test_without_a_mail_server_nothing_runs_that_would_send(shared_hub_run: Launched) -> None:
    assert not any("hub relay" in line or "mail-catcher" in line for line in names(shared_hub_run))
    assert shared_hub_run.get("/dev/mail").status_code == 404


async def test_with_a_mail_server_messages_go_out_and_killed_processes_start_again(folder: Path) -> None:
    async with mail_server() as smtp:
        with launched(folder, HUB_SMTP_URL=smtp.url) as hub:
            checked = await asyncio.to_thread(call, folder, "check", HUB_SMTP_URL=smtp.url)
            assert checked.returncode == 0, checked.stderr
            await send_one(hub, smtp, 1)
            for name in ("hub relay", "hub worker"):
                await asyncio.to_thread(hub.kill_child, name)
            await send_one(hub, smtp, 2)
            assert await asyncio.to_thread(hub.stop) == 0
            assert not left_over(folder)
            assert "Traceback" not in hub.said()


async def send_one(hub: Launched, smtp: MailServer, number: int) -> None:
    """Write a message and wait until it is the n-th mail."""
    database = hub.database()
    await build_messages(database, 1)
    await database.close()
    await smtp.until(number)


def test_check_names_a_mail_server_that_does_not_answer(folder: Path) -> None:
    folder.mkdir()
    assert call(folder, "migrate").returncode == 0
    checked = call(folder, "check", HUB_SMTP_URL="smtp://hub:hush-hush@127.0.0.1:1")
    assert checked.returncode == 1
    assert checked.stderr.startswith("hub: HUB_SMTP_URL: ")
    assert "hush-hush" not in checked.stderr


@pytest.mark.parametrize("process", ["relay", "worker", "cron"])
def test_a_process_of_its_own_needs_to_be_told_everything(folder: Path, process: str) -> None:
    refused = call(folder, process)
    assert refused.returncode == 1
    assert "HUB_SECRET_KEY" in refused.stderr
    assert "HUB_REDIS_URL" in refused.stderr


def test_the_demo_catches_its_mails_and_their_links_open_the_visit(folder: Path) -> None:
    with launched(folder, "--demo", "--no-simulate", "--port", "0") as hub:
        headers = {"Accept": "text/html"}
        slots = hub.get("/api/v1/service-types").json()["items"]
        book_something(hub, slots[0]["id"])
        wait_for(lambda: "visit-link" in hub.get("/dev/mail").text, 40)
        (path,) = re.findall(r'href="(/dev/mail/[\d-]+)"', hub.get("/dev/mail").text)
        mail = hub.get(path).text
        link = re.search(rf'href="({re.escape(hub.base_url)}/v/[\w-]+)"', mail)
        assert link is not None
        assert "aino@example.org" in mail
        assert httpx.get(link[1], headers=headers, trust_env=False).status_code == 200
        hub.kill_child("mail-catcher")
        book_something(hub, slots[0]["id"])
        wait_for(lambda: hub.get("/dev/mail").text.count("visit-link") == 2, 40)
        assert hub.stop() == 0


def book_something(hub: Launched, service_type: str) -> None:
    """Book the first time that is offered, as anybody may in a demo."""
    query = f"service_type={service_type}&location=60.1699,24.9384"
    offered = hub.get(f"/api/v1/slots?{query}").json()["slots"]
    booked = httpx.post(
        f"{hub.base_url}/api/v1/bookings",
        json={
            "slot_id": offered[0]["id"],
            "service_type": service_type,
            "location": {"address": "Mannerheimintie 5", "lat": 60.1699, "lon": 24.9384},
            "contact": {"name": "Aino Aalto", "email": "aino@example.org", "phone": "+358401234567", "language": "fi"},
        },
        trust_env=False,
    )
    assert booked.status_code == 201, booked.text
