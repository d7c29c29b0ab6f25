"""Who lives and works in the demo: everybody is made up.

Mail addresses end in example.org. Phone numbers are +44 7700 900000 to 900999, which the British regulator Ofcom
keeps free for films and books, so nobody ever answers them; Finland has no such range.
"""

from __future__ import annotations

import msgspec

PORTAL = "Helsinki Home Services"
TIME_ZONE = "Europe/Helsinki"

TECHNICIANS = (
    "Aino Lindqvist",
    "Mikael Saarela",
    "Noora Hakala",
    "Petri Rautavaara",
    "Sofia Ahlgren",
    "Tuomas Kettunen",
    "Yusuf Demir",
    "Hanna Virolainen",
)
"""They drive the rolling plan."""

BOOKABLE = ("Elina Kivistö", "Janne Lehtonen")
"""Nobody drives them: customers can book them, and visitors of the demo play the first one."""

TERRITORIES = ("Harbour", "Station and Parliament", "University and Kruununhaka")
"""A technician serves one of them, or two."""
AREAS = ((59.9, 24.4, 60.169, 25.5), (60.169, 24.4, 60.5, 24.944), (60.169, 24.944, 60.5, 25.5))
"""Where they are, as far as anybody drives: south, west, north and east in degrees."""


class Service(msgspec.Struct, frozen=True):
    """A kind of work that can be booked."""

    name: str
    duration_s: int
    preparation: str


SERVICES = (
    Service(
        "Boiler service", 3600, "Please keep one metre in front of the boiler clear, and know where the gas tap is."
    ),
    Service(
        "Broadband installation", 2700, "Please have the router's box at hand and a free socket near the phone point."
    ),
    Service("Dishwasher repair", 2700, "Please empty the dishwasher and clear the cupboard beside it."),
    Service(
        "Electrical safety check", 1800, "The power will be off for ten minutes: please save your work before we come."
    ),
    Service(
        "Leak inspection", 1800, "Please do not use the tap or the drain in question for an hour before the visit."
    ),
    Service("Window and lock repair", 2400, "Please move furniture and plants away from the window."),
)
"""What is done, how long it would take outside the demo, and what the customer should prepare."""

_FIRST = (
    *("Anna", "Eero", "Helmi", "Ilari", "Johanna", "Kaarlo", "Leena", "Matias", "Niina", "Oskar"),
    *("Pihla", "Risto", "Saara", "Timo", "Ulla", "Ville", "Wilma", "Ylva", "Åke", "Elias"),
)
_LAST = (
    *("Aalto", "Berg", "Halonen", "Jokinen", "Karlsson", "Laine", "Mäkelä", "Nyström"),
    *("Ojala", "Peltonen", "Ranta", "Salmi", "Toivonen"),
)
_ASCII = str.maketrans("äåöÄÅÖ", "aaoAAO")


class Customer(msgspec.Struct, frozen=True):
    """Somebody who waits for a visit."""

    name: str
    email: str
    phone: str


def customer(number: int) -> Customer:
    """Make up the customer with this number, counted from 0; 260 of them have different names."""
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}"
    email = name.translate(_ASCII).lower().replace(" ", ".") + "@example.org"
    return Customer(name, email, f"+44 7700 9004{number % 100:02}")


def technician_phone(number: int) -> str:
    """Make up the phone number of the technician with this number, counted from 0."""
    return f"+44 7700 9001{number % 100:02}"
