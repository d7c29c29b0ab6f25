"""Hubs for the long fault tests."""

from __future__ import annotations

from tests.integration.commands.conftest import folder, hub_run

__all__ = ["folder", "hub_run"]
