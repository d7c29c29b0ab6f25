"""Decide what API keys may do."""

from __future__ import annotations

import pytest

from hub.domain.roles import Permission, Role, allows

P = Permission


@pytest.mark.parametrize("permission", list(Permission))
def test_an_admin_may_do_everything(permission: Permission) -> None:
    assert allows(Role.ADMIN, permission)


def test_only_an_admin_manages_staff() -> None:
    assert [role for role in Role if allows(role, P.MANAGE_STAFF)] == [Role.ADMIN]


def test_only_an_admin_says_what_customers_see() -> None:
    assert [role for role in Role if allows(role, P.MANAGE_PORTAL)] == [Role.ADMIN]


def test_a_viewer_changes_nothing() -> None:
    allowed = {permission for permission in Permission if allows(Role.VIEWER, permission)}

    assert allowed == {P.READ_BOOKINGS, P.READ_DIRECTORY, P.READ_TRACKS, P.WATCH_FLEET}


@pytest.mark.parametrize(
    "permission", [P.READ_TRACKS, P.WATCH_FLEET, P.MANAGE_DEVICES, P.MANAGE_STAFF, P.MANAGE_PORTAL]
)
def test_an_integration_learns_nothing_about_the_staff(permission: Permission) -> None:
    assert not allows(Role.INTEGRATION, permission)
