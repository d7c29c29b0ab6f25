"""Wrong settings and broken stores: every fault is named at once, with exit code 1 and no traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.integration.commands.launched import ROOT, Launched, call, clean_environment, hub_command, left_over

GOOD_SECRET = "s" * 40
NOWHERE = "postgresql://hub:pass-word@127.0.0.1:1/hub"


def refusal(folder: Path, *arguments: str, **environment: str) -> str:
    """Run a command that must refuse, and give what it said."""
    done = call(folder, *arguments, **environment)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "pass-word" not in done.stderr
    return done.stderr


def test_every_wrong_setting_is_named_at_once(folder: Path) -> None:
    wrong = {
        "HUB_REDIS_URL": "http://nowhere",
        "HUB_DATABASE_URL": "mysql://nowhere/hub",
        "HUB_SECRET_KEY": "short",
        "HUB_DEVICE_RATE": "many",
    }
    said = refusal(folder, "run", "--port", "0", **wrong)
    assert all(name in said for name in wrong)
    assert not left_over(folder)
    assert not folder.exists()


@pytest.mark.parametrize("process", ["web", "recorder"])
def test_a_single_process_needs_to_be_told_everything(folder: Path, process: str) -> None:
    said = refusal(folder, process)
    assert "HUB_SECRET_KEY" in said
    assert "HUB_REDIS_URL" in said


def test_check_names_each_broken_store(folder: Path) -> None:
    said = refusal(
        folder,
        "check",
        HUB_DATABASE_URL=NOWHERE,
        HUB_REDIS_URL="redis://127.0.0.1:1",
        HUB_ROUTER_URL="http://127.0.0.1:1",
    )
    assert [line.split(":")[1].strip() for line in said.splitlines()] == [
        "HUB_DATABASE_URL",
        "HUB_ROUTER_URL",
        "HUB_REDIS_URL",
    ]


def test_check_says_why_a_base_map_and_a_style_cannot_be_used(folder: Path) -> None:
    file = folder.parent / "region.pmtiles"
    file.write_bytes(b"<html>Not found</html>" * 20)
    said = refusal(folder, "check", HUB_BASEMAP=str(file), HUB_MAP_STYLE_URL="http://127.0.0.1:1/style.json")
    assert f"HUB_BASEMAP: {file} is no PMTiles file" in said
    assert "HUB_MAP_STYLE_URL: cannot be read, http://127.0.0.1:1: ConnectError" in said


def test_check_is_content_beside_a_running_hub(shared_hub_run: Launched) -> None:
    done = call(shared_hub_run.folder, "check")
    assert done.returncode == 0, done.stderr


def test_check_asks_for_a_migration(folder: Path) -> None:
    folder.mkdir()
    assert "hub migrate" in refusal(folder, "check")


@pytest.mark.parametrize("arguments", [("run", "--port", "0"), ("migrate",), ("device", "add", "re_nobody")])
def test_an_unreachable_postgresql_is_a_clear_message(folder: Path, arguments: tuple[str, ...]) -> None:
    said = refusal(folder, *arguments, HUB_DATABASE_URL=NOWHERE)
    assert said.startswith("hub: HUB_DATABASE_URL: the database does not answer: ")
    assert said.count("\n") == 1
    assert not left_over(folder)


def test_the_folder_of_an_sqlite_file_is_made_when_missing(folder: Path) -> None:
    file = folder.parent / "some" / "where" / "hub.db"
    assert call(folder, "migrate", HUB_DATABASE_URL=f"sqlite:///{file}").returncode == 0
    assert file.exists()


def test_a_folder_that_cannot_be_made_is_a_clear_message(folder: Path) -> None:
    (folder.parent / "file").touch()
    said = refusal(folder, "migrate", HUB_DATABASE_URL=f"sqlite:///{folder.parent / 'file' / 'hub.db'}")
    assert said.startswith("hub: HUB_DATABASE_URL: ")
    assert refusal(folder.parent / "file" / "var", "run", "--port", "0").startswith("hub: HUB_DATA_DIR: ")


def test_a_command_before_the_migration_asks_for_it(folder: Path) -> None:
    folder.mkdir()
    assert refusal(folder, "device", "add", "re_nobody") == (
        "hub: HUB_DATABASE_URL: the tables are not up to date; run `hub migrate`\n"
    )


def test_a_data_folder_that_may_not_be_written_is_a_clear_message(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o555)
    as_whom = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
    folder.parent.chmod(0o755)
    try:
        subprocess.run(hub_command("--help"), cwd=ROOT, check=True, capture_output=True, **as_whom)  # type: ignore[call-overload]  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("an unprivileged user may not read this program here")
    done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
        hub_command("run", "--port", "0"),
        cwd=ROOT,
        env=clean_environment(folder),
        capture_output=True,
        text=True,
        check=False,
        **as_whom,
    )
    assert done.returncode == 1
    assert done.stderr == f"hub: HUB_DATA_DIR: Permission denied: {folder}\n"


def test_the_secret_of_the_settings_is_used_as_it_is(folder: Path) -> None:
    hub = Launched(folder, HUB_SECRET_KEY=GOOD_SECRET)
    try:
        hub.wait_until_ready()
        assert hub.child("hub web").environ()["HUB_SECRET_KEY"] == GOOD_SECRET
        assert hub.stop() == 0
    finally:
        hub.clean_up()
