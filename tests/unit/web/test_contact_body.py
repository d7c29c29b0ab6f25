"""Who may be written down as a contact."""

from __future__ import annotations

import msgspec
import pytest

from hub.web.api.customer_bodies import ContactBody
from tests.unit.web.emails.mails import a_mail, composed


def a_contact(**told: str) -> ContactBody:
    """Read a contact as the API does."""
    return msgspec.convert({"name": "Aino Aalto"} | told, ContactBody)


@pytest.mark.parametrize(
    "email",
    [
        "aino.aalto+x@example.org",
        "o'brien_{x}!#$%&*/=?^`|~-@sub.example.org",
        "a@münchen.example",
        "a@例え。テスト",
        "a@xn--mnchen-3ya.example",
        "a@b-c.d_e.org",
    ],
)
def test_an_address_that_is_taken_can_be_mailed(email: str) -> None:
    assert a_contact(email=email).email == email
    assert composed(a_mail(contact_email=email))["To"].addresses[0].username == email.split("@")[0]


@pytest.mark.parametrize(
    "email",
    [
        *("a@example.org\n", "a@example.org\r\n", "\na@example.org", "a@exa\nmple.org", "a b@example.org"),
        *("......@example.org", ".a@example.org", "a.@example.org", "a..b@example.org", "äiti@example.org"),
        *("a@a..b.org", "a@.org", "a@example.", "a@example.org.", "a@example", "a@x。。org", "a@b@c.org"),
        *("a@[1.2.3.4]", "a@b,c.org", "a@b c.org", "a@b\x00.org", "a@b!.org", "<a@b.org>", "a@" + "x" * 64 + ".org"),
    ],
)
def test_an_address_that_cannot_be_mailed_is_refused(email: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="email"):
        a_contact(email=email)


@pytest.mark.parametrize("language", ["fi", "FI-fi", "pt_BR", "zh-Hant-TW"])
def test_languages(language: str) -> None:
    assert a_contact(language=language).language == language


@pytest.mark.parametrize("language", ["fi\n", "", "f", "fi-", "fi fi"])
def test_what_is_no_language(language: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="language"):
        a_contact(language=language)
