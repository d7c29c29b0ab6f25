"""Hash and check passwords."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher

from hub.services import passwords as module
from hub.services.passwords import LONGEST, Passwords, TooBusy

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Made for tests that need many hashes; the slow ones are argon2-cffi's business."""


async def test_the_right_password_matches_and_no_other() -> None:
    passwords = Passwords(QUICK)
    kept = await passwords.hash("päss\ud800word")
    assert kept.startswith("$argon2id$")
    assert await passwords.matches(kept, "päss\ud800word")
    assert not await passwords.matches(kept, "password")
    assert not await passwords.matches("no hash at all", "password")


async def test_without_a_hash_nothing_matches() -> None:
    passwords = Passwords(QUICK)
    assert not await passwords.matches(None, "nobody's password")


async def test_an_endless_password_matches_nothing() -> None:
    passwords = Passwords(QUICK)
    kept = await passwords.hash("x" * LONGEST)
    assert not await passwords.matches(kept, "x" * (LONGEST + 1))


async def test_hashes_of_other_parameters_are_outdated() -> None:
    kept = await Passwords(QUICK).hash("password")
    assert not Passwords(QUICK).outdated(kept)
    assert Passwords().outdated(kept)


async def test_those_who_would_wait_for_long_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    passwords = Passwords(QUICK)
    kept = await passwords.hash("password")
    tries = [passwords.matches(kept, "password") for _ in range(5)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert outcomes[:3] == [True] * 3
    assert all(isinstance(outcome, TooBusy) for outcome in outcomes[3:])
    assert await passwords.matches(kept, "password")
