"""Keep a data folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hub.data_dir import LONGEST_SOCKET_PATH, DataDir, FolderTakenError, RunFile, settings_beside
from hub.settings import Settings

RUN = RunFile(base_url="http://127.0.0.1:8123", redis_url="unix:///s", router_url="http://127.0.0.1:5000", pid=1)


def test_a_second_hub_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with DataDir(str(tmp_path)).locked():  # noqa: SIM117 - the second one must fail while the first holds
        with pytest.raises(FolderTakenError, match=str(tmp_path)), DataDir(str(tmp_path)).locked():
            pass


def test_the_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with DataDir(str(tmp_path)).locked():
            pass


def test_a_refused_hub_leaves_the_other_ones_run_file(tmp_path: Path) -> None:
    folder = DataDir(str(tmp_path))
    with folder.locked():
        folder.write_run_file(RUN)
        with pytest.raises(FolderTakenError), DataDir(str(tmp_path)).locked():
            pass
        assert folder.run_file() == RUN
    assert folder.run_file() is None


def test_a_new_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = DataDir(str(tmp_path / "deep" / "var"))
    with folder.locked():
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = DataDir(str(tmp_path))
    assert folder.secret() == ""

    made = folder.secret(create=True)

    assert len(made) >= 32
    assert folder.secret(create=True) == folder.secret() == made
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_two_folders_have_two_secrets(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    assert DataDir(str(tmp_path / "a")).secret(create=True) != DataDir(str(tmp_path / "b")).secret(create=True)


def test_the_store_listens_in_the_folder_where_its_path_is_short() -> None:
    assert DataDir("/srv/hub").socket_path() == Path("/srv/hub/valkey.sock")


def test_the_store_listens_elsewhere_where_the_path_grew_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/tmp")  # noqa: S108 - what an operator's machine has

    path = DataDir(str(tmp_path / ("ä" * 60))).socket_path()

    assert len(os.fsencode(path)) <= LONGEST_SOCKET_PATH
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.parent.rmdir()


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1}'])
def test_a_run_file_that_cannot_be_read_is_no_run_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)

    assert DataDir(str(tmp_path)).run_file() is None


def test_commands_beside_a_hub_find_it_by_its_run_file(tmp_path: Path) -> None:
    folder = DataDir(str(tmp_path))
    secret = folder.secret(create=True)
    folder.write_run_file(RUN)

    found = settings_beside(Settings(data_dir=str(tmp_path)))

    assert (found.redis_url, found.public_url, found.router_url) == (RUN.redis_url, RUN.base_url, RUN.router_url)
    assert found.secret_key == secret
    assert found.database_url == f"sqlite:///{tmp_path / 'hub.db'}"


def test_what_is_set_wins_over_the_run_file(tmp_path: Path) -> None:
    DataDir(str(tmp_path)).write_run_file(RUN)
    settings = Settings(data_dir=str(tmp_path), redis_url="redis://store", router_url="http://osrm")

    found = settings_beside(settings)

    assert (found.redis_url, found.router_url) == ("redis://store", "http://osrm")
