"""Bearer tokens: how they are hashed, and how tokens that must be named again follow from an id."""

from __future__ import annotations

import base64
import hashlib
import hmac

_DERIVED_BYTES = 24
"""192 bits, above the contract's 128; 32 characters without padding."""

API_KEY_PREFIX = "enroute_key_"
DEVICE_TOKEN_PREFIX = "enroute_device_"  # noqa: S105 - what tokens begin with, so that leaked ones are recognised


def token_hash(token: str) -> bytes:
    """Hash a token for storing and finding it: 32 bytes.

    One round of SHA-256 is enough: tokens carry 128 random bits or more, so nobody can guess them from the
    hash; slow hashes are for passwords that people choose.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def link_token(secret: bytes, link_id: str) -> str:
    """Derive the token of a customer's link, 32 URL-safe characters; without the secret nobody can.

    The same secret and id always give the same token, so that a mail sent later can name the link again.
    """
    return _derived(secret, "link", link_id)


def device_token(secret: bytes, device_id: str) -> str:
    """Derive the token of a device, so that a page or a repeated answer can name it again; see `link_token`.

    Devices that are added by command or by the demo have random tokens instead.
    """
    return DEVICE_TOKEN_PREFIX + _derived(secret, "device", device_id)


def portal_key(secret: bytes, portal_id: str) -> str:
    """Derive the API key that a portal is made with, so that a repeated answer can name it again; see `link_token`."""
    return API_KEY_PREFIX + _derived(secret, "portal", portal_id)


def enrolment_token(secret: bytes, enrolment_id: str) -> str:
    """Derive the token of an enrolment link, so that a demo's start page can name it again; see `link_token`."""
    return _derived(secret, "enrolment", enrolment_id)


def invitation_token(secret: bytes, invitation_id: str) -> str:
    """Derive the token of an invitation to book, so that a mail sent later can name it; see `link_token`."""
    return _derived(secret, "invitation", invitation_id)


def session_token(secret: bytes, device_id: str, browser: str) -> str:
    """Derive the token of the session by which one browser becomes a device; see `link_token`.

    So the same browser can be given it again when its first answer was lost in a double press.
    """
    return _derived(secret, "session", f"{device_id}:{browser}")


def mqtt_key(secret: bytes, device_id: str) -> str:
    """Derive the level of a device's MQTT topic by which its messages are known; see `link_token`."""
    return _derived(secret, "mqtt", device_id)


def demo_password(secret: bytes, staff_id: str) -> str:
    """Derive the password of a demo's staff, which its start page shows; real passwords are never derived."""
    return _derived(secret, "demo password", staff_id)[:16]


def _derived(secret: bytes, label: str, id_: str) -> str:
    """Derive 32 URL-safe characters; the label keeps one kind of token from being another's."""
    digest = hmac.digest(secret, f"{label}:{id_}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:_DERIVED_BYTES]).decode("ascii")
