"""People who are made up."""

from __future__ import annotations

import re

from hub.demo import people


def test_customers_have_different_names_and_mail_that_reaches_nobody() -> None:
    customers = [people.customer(number) for number in range(40)]
    assert len({customer.name for customer in customers}) == 40
    assert len({customer.email for customer in customers}) == 40
    assert all(re.fullmatch(r"[a-z.]+@example\.org", customer.email) for customer in customers)


def test_phone_numbers_are_kept_free_for_fiction() -> None:
    phones = [people.technician_phone(number) for number in range(300)] + [
        people.customer(number).phone for number in range(300)
    ]
    assert all(re.fullmatch(r"\+44 7700 900\d{3}", phone) for phone in phones)
