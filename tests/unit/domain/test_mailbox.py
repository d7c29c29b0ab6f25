"""E-mail addresses."""

from __future__ import annotations

import pytest

from hub.domain.mailbox import is_address, split_mailbox


@pytest.mark.parametrize("text", ["a@b", "aino.aalto+x@example.org", "äiti@example.org", "a@münchen.example"])
def test_addresses(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<c@d>", "<a@b>", "a@b,c@d", "a@b\0", "x" * 260 + "@b"],
)
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)


def test_a_mailbox_is_split_into_name_and_address() -> None:
    assert split_mailbox(" Fix It <a@b> ") == ("Fix It", "a@b")
    assert split_mailbox('"Fix, It" <a@b>') == ("Fix, It", "a@b")
    assert split_mailbox("a@b") == ("", "a@b")


@pytest.mark.parametrize("text", ["", "Name", "Name <a@b", "a@b, c@d", "Na\nme <a@b>"])
def test_what_is_no_mailbox(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        split_mailbox(text)
