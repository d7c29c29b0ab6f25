"""Read `HUB_SMTP_URL`."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

_START_TLS = {"always": True, "auto": None, "never": False}


class SmtpServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where the server is, read from `HUB_SMTP_URL`."""

    host: str
    port: int
    tls: bool
    """TLS from the start."""
    start_tls: bool | None
    """Whether to change to TLS; None: where the server offers it."""
    username: str | None
    password: str | None


def smtp_server(url: str) -> SmtpServer:
    """Read `smtp://user:pass@host:port?starttls=…` or `smtps://…`; raises ValueError without repeating the URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("expected smtp://host:port, signs such as / and @ in a password as %2F and %40") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("expected smtp://… or smtps://…")
    tls = parts.scheme == "smtps"
    wish = parse_qs(parts.query).get("starttls", ["auto"])[-1]
    try:
        start_tls = _START_TLS[wish]
    except KeyError:
        raise ValueError("expected starttls=always, auto or never") from None
    if bool(parts.username) != bool(parts.password):
        raise ValueError("expected user and password, or neither")
    if tls and start_tls:
        raise ValueError("smtps:// begins with TLS, so leave starttls out")
    return SmtpServer(
        host=parts.hostname,
        port=port or (465 if tls else 25),
        tls=tls,
        start_tls=False if tls else start_tls,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )
