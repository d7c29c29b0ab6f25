"""Clients of hubs on this machine, which speak plain HTTP."""

from __future__ import annotations

import ssl

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For httpx's `verify`: without it each client reads the certificates of all authorities, longer than a hub starts."""
