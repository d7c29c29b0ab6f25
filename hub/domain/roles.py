"""What API keys may do, by role (contract, "Conventions")."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an API key is for."""

    ADMIN = "admin"
    DISPATCHER = "dispatcher"
    INTEGRATION = "integration"
    VIEWER = "viewer"


class Permission(StrEnum):
    """One kind of thing that a caller may want to do."""

    READ_BOOKINGS = "read_bookings"
    CHANGE_BOOKINGS = "change_bookings"
    OVERRIDE_CONFLICTS = "override_conflicts"
    READ_DIRECTORY = "read_directory"
    CHANGE_DIRECTORY = "change_directory"
    READ_TRACKS = "read_tracks"
    IMPORT_TRACKS = "import_tracks"
    WATCH_FLEET = "watch_fleet"
    ISSUE_LINKS = "issue_links"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_STAFF = "manage_staff"
    MANAGE_PORTAL = "manage_portal"


_P = Permission
_READS = frozenset({_P.READ_BOOKINGS, _P.READ_DIRECTORY, _P.READ_TRACKS, _P.WATCH_FLEET})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.DISPATCHER: frozenset(Permission) - {_P.MANAGE_STAFF, _P.MANAGE_PORTAL},
    # Another program: directory and bookings, nothing about the staff, so neither tracks nor the fleet.
    Role.INTEGRATION: frozenset(
        {
            _P.READ_BOOKINGS,
            _P.CHANGE_BOOKINGS,
            _P.READ_DIRECTORY,
            _P.CHANGE_DIRECTORY,
            _P.IMPORT_TRACKS,
            _P.ISSUE_LINKS,
        }
    ),
    Role.VIEWER: _READS,
}


def allows(role: Role, permission: Permission) -> bool:
    """Tell whether a key of this role may do this."""
    return permission in PERMISSIONS[role]
