"""Who mails come from."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import msgspec

from hub.domain.mailbox import split_mailbox


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """The operator's sending address."""

    name: str
    """Empty: each portal's mails come under the portal's own name."""
    address: str

    @property
    def domain(self) -> str:
        """Tell the domain that Message-IDs are made with."""
        return self.address.rpartition("@")[2]


def sender(mail_from: str, public_url: str) -> Sender:
    """Read `HUB_MAIL_FROM`; where it is unset the sender is `noreply` at the host of the public URL."""
    name, address = split_mailbox(mail_from) if mail_from else ("", f"noreply@{_mail_host(public_url)}")
    return Sender(name=name, address=address)


def _mail_host(public_url: str) -> str:
    host = urlsplit(public_url).hostname or "localhost"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    return "localhost"  # an IP address is no domain of mails
