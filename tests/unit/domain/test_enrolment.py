"""Whether an enrolment link still enrols."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.domain.enrolment import may_enrol
from tests.builders import NOW

LATER, BEFORE = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)


@pytest.mark.parametrize(("demo", "again"), [(False, False), (True, True)])
def test_a_used_link_enrols_again_in_a_demo_only(demo: bool, again: bool) -> None:
    assert may_enrol(NOW, expires_at=LATER, used_at=None, revoked_at=None, demo=demo)
    assert may_enrol(NOW, expires_at=LATER, used_at=BEFORE, revoked_at=None, demo=demo) is again


@pytest.mark.parametrize("demo", [False, True])
def test_an_expired_or_revoked_link_enrols_nobody(demo: bool) -> None:
    assert not may_enrol(NOW, expires_at=NOW, used_at=None, revoked_at=None, demo=demo)
    assert not may_enrol(NOW, expires_at=LATER, used_at=None, revoked_at=BEFORE, demo=demo)
