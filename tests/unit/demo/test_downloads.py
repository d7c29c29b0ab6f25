"""Picking packages out of the demo city's lock."""

from __future__ import annotations

import pytest

from hub.demo.downloads import ENGINE, EXTRACT, LOCK, pinned


def test_one_packages_pin_comes_with_all_its_hashes() -> None:
    lock = "a==1 \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\nb==2 \\\n    --hash=sha256:3\n"
    assert pinned(lock, "a") == "a==1 \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\n"
    assert pinned(lock, "b") == "b==2 \\\n    --hash=sha256:3\n"


def test_a_package_that_is_not_pinned_is_an_error() -> None:
    with pytest.raises(LookupError, match="c is not in"):
        pinned("a==1\n", "c")


@pytest.mark.parametrize("package", [ENGINE, EXTRACT])
def test_the_lock_pins_what_the_city_needs(package: str) -> None:
    assert "--hash=sha256:" in pinned(LOCK.read_text(), package)
