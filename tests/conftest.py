"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # a machine that is busy is no fault of the code
settings.load_profile("any machine")
