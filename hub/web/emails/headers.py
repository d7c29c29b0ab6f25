"""How headers are written."""

from __future__ import annotations

from email.header import Header
from email.headerregistry import AddressHeader
from email.policy import SMTP, EmailPolicy
from email.utils import formataddr
from typing import Any

_LINE = 75


class MailPolicy(EmailPolicy):
    """Python's policy for SMTP, but for long headers in other letters than ASCII.

    `EmailPolicy.fold` puts spaces into them where a line ends (Python 3.11 to 3.13); the older `Header` does not.
    """

    def fold(self, name: str, value: Any) -> str:
        """Write one header, folded."""
        if name == "Subject":
            return f"{name}: {_encoded(name, str(value))}\r\n"
        if isinstance(value, AddressHeader) and len(value.addresses) == 1:
            (address,) = value.addresses
            if address.addr_spec.isascii() and not address.display_name.isascii():
                return f"{name}: {_encoded(name, address.display_name)}\r\n <{address.addr_spec}>\r\n"
            if address.addr_spec.isascii():
                return f"{name}: {formataddr((address.display_name, address.addr_spec))}\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write one header, folded, as bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


MAIL_POLICY = MailPolicy(linesep=SMTP.linesep, max_line_length=SMTP.max_line_length, raise_on_defect=False)
"""Ours, for all mails: their addresses are ASCII, so that no server must know SMTPUTF8."""


def _encoded(name: str, text: str) -> str:
    charset = None if text.isascii() else "utf-8"
    return Header(text, charset, maxlinelen=_LINE, header_name=name).encode(linesep="\r\n")
