"""Unit tests of `hub/web/live`."""
