"""Bearer tokens: how they are hashed, and how a link's token follows from its id."""

from __future__ import annotations

import base64
import hashlib
import hmac

_LINK_TOKEN_BYTES = 24
"""192 bits, above the contract's 128; 32 characters without padding."""


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
    digest = hmac.digest(secret, b"link:" + link_id.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:_LINK_TOKEN_BYTES]).decode("ascii")
