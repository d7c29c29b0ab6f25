"""`hub run`: start, stop, and all that may come between."""

from __future__ import annotations

import contextlib
import signal
import socket
import stat
import time
from pathlib import Path

import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.integration.commands.launched import Launched, call, launched, left_over, tell, wait_for
from tests.integration.commands.scenes import scene_of


def test_it_starts_everything_on_embedded_stores(shared_hub_run: Launched) -> None:
    assert f"Enroute runs at {shared_hub_run.base_url}" in shared_hub_run.said()
    assert shared_hub_run.get("/healthz").status_code == 200
    assert shared_hub_run.get("/readyz").json()["ready"]
    assert shared_hub_run.run_file.pid == shared_hub_run.process.pid
    secret = shared_hub_run.folder / "secret.key"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(secret.read_text()) >= 32


def test_processes_show_their_names(shared_hub_run: Launched) -> None:
    lines = [" ".join(child.cmdline()) for child in psutil.Process(shared_hub_run.process.pid).children()]
    assert any("hub web" in line for line in lines)
    assert any("hub recorder" in line for line in lines)


def test_the_second_start_is_quick_and_keeps_the_secret_and_the_data(folder: Path) -> None:
    with launched(folder) as hub:
        secret = (folder / "secret.key").read_text()
        key = call(folder, "api-key", "add", "first", "--role", "admin", "--json")
        assert key.returncode == 0, key.stderr
        assert hub.stop() == 0
    again = Launched(folder)
    try:
        tell(f"second start: {again.wait_until_ready():.2f} s")
        assert (folder / "secret.key").read_text() == secret
        another = call(folder, "api-key", "add", "second", "--role", "admin")
        assert another.returncode == 0, another.stderr  # it finds the portal that the first key made
        assert again.stop() == 0
    finally:
        again.clean_up()


def test_web_processes_share_the_port_with_each_other_and_nobody_else(folder: Path, tmp_path: Path) -> None:
    with launched(folder, HUB_WEB_PROCESSES="2") as hub, contextlib.ExitStack() as stack:
        port = int(hub.base_url.rpartition(":")[2])
        for _ in range(30):  # all at one of two with a probability of 2e-9
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        served = [child for child in hub.children("hub web") if _serves(child, port)]
        other = call(tmp_path / "other", "run", "--port", str(port), HUB_WEB_PROCESSES="2")

    assert len(served) == 2
    assert other.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in other.stderr


def _serves(process: psutil.Process, port: int) -> bool:
    """Wait until a process has a connection of the port."""
    wait_for(lambda: any(c.laddr.port == port and c.raddr for c in process.net_connections("tcp")), 10)
    return True


def test_a_taken_port_is_one_clear_line(shared_hub_run: Launched, tmp_path: Path) -> None:
    port = shared_hub_run.base_url.rpartition(":")[2]
    refused = call(tmp_path / "other", "run", "--port", port)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert not left_over(tmp_path / "other")


def test_a_second_hub_on_the_same_folder_refuses(shared_hub_run: Launched) -> None:
    refused = call(shared_hub_run.folder, "run", "--port", "0")
    assert refused.returncode == 1
    assert refused.stderr == f"hub: another hub runs on {shared_hub_run.folder}\n"
    assert shared_hub_run.ready()
    assert (shared_hub_run.folder / "run.json").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_within_5_s(hub_run: Launched, number: signal.Signals) -> None:
    began_s = time.monotonic()
    hub_run.process.send_signal(number)
    assert hub_run.process.wait(10) == 0
    took_s = time.monotonic() - began_s
    tell(f"stopped after {took_s:.2f} s")
    assert took_s < 5
    assert not left_over(hub_run.folder)
    assert not (hub_run.folder / "run.json").exists()
    assert "Traceback" not in hub_run.said()


def test_a_second_ctrl_c_changes_nothing(hub_run: Launched) -> None:
    hub_run.process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    hub_run.process.send_signal(signal.SIGINT)
    assert hub_run.process.wait(5) == 0
    assert not left_over(hub_run.folder)
    assert "Traceback" not in hub_run.said()


def test_ctrl_c_before_it_is_ready_stops_it_too(folder: Path) -> None:
    hub = Launched(folder)
    try:
        wait_for(lambda: (folder / "secret.key").exists(), 10)
        hub.process.send_signal(signal.SIGINT)
        assert hub.process.wait(5) == 0, hub.said()
        assert not left_over(folder)
        assert "Traceback" not in hub.said()
    finally:
        hub.clean_up()


async def test_open_sockets_are_told_that_the_server_goes_away(hub_run: Launched) -> None:
    scene = await scene_of(hub_run.database())
    url = hub_run.base_url.replace("http", "ws", 1)
    device = connect(f"{url}/api/v1/pings", additional_headers={"Authorization": f"Bearer {scene.device_token}"})
    with device as pings, connect(f"{url}/v/{scene.link_token}/live") as live:
        live.recv(5)
        hub_run.process.send_signal(signal.SIGINT)
        for socket in (pings, live):
            read_to_the_end(socket)
            assert socket.close_code == 1012
        assert hub_run.process.wait(5) == 0
    assert not left_over(hub_run.folder)
    assert "Traceback" not in hub_run.said()


def read_to_the_end(socket: ClientConnection) -> None:
    """Read until the server closes the connection."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            socket.recv(5)


def test_children_die_with_a_killed_parent_and_the_next_start_works(hub_run: Launched) -> None:
    secret = (hub_run.folder / "secret.key").read_text()
    hub_run.process.kill()
    hub_run.process.wait()
    wait_for(lambda: not left_over(hub_run.folder), 2)
    assert (hub_run.folder / "run.json").exists()  # stale
    with launched(hub_run.folder) as again:
        assert again.ready()
        assert (hub_run.folder / "secret.key").read_text() == secret
        assert again.run_file.pid == again.process.pid


@pytest.mark.parametrize("name", ["hub web", "hub recorder", "valkey"])
def test_a_killed_child_starts_again(shared_hub_run: Launched, name: str) -> None:
    before = shared_hub_run.base_url
    shared_hub_run.kill_child(name)
    tell(f"green again after {wait_for(shared_hub_run.ready, 15):.2f} s")
    assert shared_hub_run.base_url == before


def test_a_frozen_child_does_not_hold_up_the_stop(hub_run: Launched) -> None:
    hub_run.child("hub web").suspend()
    began_s = time.monotonic()
    assert hub_run.stop() == 0
    assert time.monotonic() - began_s < 5
    assert not left_over(hub_run.folder)
