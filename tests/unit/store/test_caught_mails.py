"""The folder of caught mails."""

from __future__ import annotations

from pathlib import Path

from hub.store.caught_mails import CaughtMails


def test_the_newest_come_first_and_the_oldest_go(tmp_path: Path) -> None:
    mails = CaughtMails(tmp_path / "mail", most=3)
    names = [mails.add(f"Subject: {number}\r\n\r\n".encode()) for number in range(5)]
    assert [mail.message["Subject"] for mail in mails.newest(2)] == ["4", "3"]
    assert [mail.name for mail in mails.newest(9)] == names[:1:-1]
    assert len(list((tmp_path / "mail").iterdir())) == 3


def test_other_files_are_no_mails(tmp_path: Path) -> None:
    mails = CaughtMails(tmp_path)
    (tmp_path / "secret.key").write_text("x")
    (tmp_path / "secret.eml").write_text("x")
    assert mails.newest(9) == []
    assert mails.get("secret") is None
    assert mails.get("../secret") is None


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert CaughtMails(tmp_path / "none").newest(9) == []
