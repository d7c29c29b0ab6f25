"""What the tests of the API share."""

from __future__ import annotations

from tests.integration.web.api.desk import desk

__all__ = ["desk"]
