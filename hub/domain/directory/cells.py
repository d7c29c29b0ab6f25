"""How fields of the directory are written in a cell of a sheet, and read back."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

Resolve = Callable[[str, str], str]
"""Finds the id of an entry by its kind and what a sheet calls it; raises ValueError where there is none."""
NameOf = Callable[[str, str], str]
"""Names an entry, by its kind and id, as a sheet does."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TIME = r"(\d{1,2}):(\d\d)(?::(\d\d))?"
_HOURS = re.compile(rf"{_TIME}\s*[-–]\s*{_TIME}")  # some spreadsheets make a dash of the hyphen
_DAY = re.compile(r"([A-Za-z]{3})(?:\s*[-–]\s*([A-Za-z]{3}))?\s+(.+)", re.DOTALL)
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Cell:
    """One way to write a field."""

    read: Callable[[str, Resolve], Any]
    """Gives what the API would be sent; raises ValueError in words."""
    write: Callable[[Any, NameOf], str | float | None]


def _read_number(text: str, _resolve: Resolve) -> float | int:
    plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    try:
        number = float(plain)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("expected a number")
    return int(plain) if plain.lstrip("+-").isdigit() else number


def _read_boolean(text: str, _resolve: Resolve) -> bool:
    if text.lower() not in _BOOLEANS:
        raise ValueError("expected yes or no")
    return _BOOLEANS[text.lower()]


def _write_boolean(value: bool, _name_of: NameOf) -> str:
    return "yes" if value else "no"


def _read_json(text: str, _resolve: Resolve) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise ValueError("expected JSON, as the API takes it") from None


TEXT = Cell(read=lambda text, _: text, write=lambda value, _: value)
NUMBER = Cell(read=_read_number, write=lambda value, _: value)
BOOLEAN = Cell(read=_read_boolean, write=_write_boolean)


def reference(kind: str) -> Cell:
    """Write another entry by its name."""
    return Cell(
        read=lambda text, resolve: resolve(kind, text),
        write=lambda value, name_of: None if value is None else name_of(kind, value),
    )


def references(kind: str) -> Cell:
    """Write other entries, parted by semicolons."""
    return Cell(
        read=lambda text, resolve: [resolve(kind, one) for one in _items(text)],
        write=lambda value, name_of: "; ".join(name_of(kind, one) for one in value),
    )


def pairs(kind: str, field: str, second: str, *, number: bool = False) -> Cell:
    """Write `NAME:second; NAME` for items that name another entry in `field` and may say a second thing."""

    def read(text: str, resolve: Resolve) -> list[dict[str, Any]]:
        found = []
        for item in _items(text):
            name, colon, value = item.rpartition(":")
            said = {second: _read_number(value, resolve) if number else value.strip()} if colon else {}
            found.append({field: resolve(kind, name.strip() if colon else item), **said})
        return found

    def write(value: Sequence[Any], name_of: NameOf) -> str:
        return "; ".join(f"{name_of(kind, getattr(one, field))}:{getattr(one, second)}" for one in value)

    return Cell(read, write)


def _read_held(text: str, resolve: Resolve) -> list[dict[str, Any]]:
    found = []
    for item in _items(text):
        rated, at, expires = item.partition("@")
        [one] = _RATED.read(rated, resolve)
        found.append(one | ({"expires_at": expires.strip()} if at else {}))
    return found


def _write_held(value: Sequence[Any], name_of: NameOf) -> str:
    return "; ".join(
        f"{_RATED.write([one], name_of)}{f'@{one.expires_at.isoformat()}' if one.expires_at else ''}" for one in value
    )


def _read_hours(text: str, _resolve: Resolve) -> list[dict[str, int]]:
    found = []
    for item in _items(text):
        if not (parts := _DAY.fullmatch(item)):
            raise ValueError("expected such as Mon-Fri 08:00-12:00 13:00-16:00; Sat 09:00-12:00")
        first, last = _weekday(parts[1]), _weekday(parts[2] or parts[1])
        for weekday in range(first, last + 1 if last >= first else last + 8):
            found += [{"weekday": weekday % 7, **stretch} for stretch in _stretches(parts[3])]
    return found


def _write_hours(value: Sequence[Any], _name_of: NameOf) -> str:
    days = [(day, [one for one in value if one.weekday == day]) for day in range(7)]
    return "; ".join(f"{_DAYS[day]} {' '.join(map(_stretch, hours))}" for day, hours in days if hours)


def _write_groups(value: Sequence[Any] | None, _name_of: NameOf) -> str:
    return "; ".join(map(_stretch, value or ()))


def _read_roles(text: str, resolve: Resolve) -> Any:
    roles = _read_json(text, resolve)
    try:
        for role in roles:
            for need in role.get("requirements", []):
                need["characteristic"] = resolve("characteristics", need["characteristic"])
    except (TypeError, AttributeError, KeyError):
        raise ValueError("expected roles in JSON, as the API takes them") from None
    return roles


def _write_roles(value: Sequence[Any], name_of: NameOf) -> str:
    roles = msgspec.to_builtins(value)
    for role in roles:
        for need in role["requirements"]:
            need["characteristic"] = name_of("characteristics", need["characteristic"])
    return msgspec.json.encode(roles).decode() if roles else ""


_RATED = pairs("characteristics", "characteristic", "rating", number=True)
HELD = Cell(_read_held, _write_held)
"""`GAS:3@2027-01-01T00:00:00Z; LADDER`: the rating and the expiry may be left out."""
REQUIRED = pairs("characteristics", "characteristic", "min_rating", number=True)
HOURS = Cell(_read_hours, _write_hours)
"""`Mon-Fri 08:00-12:00 13:00-16:00; Sat 09:00-12:00`."""
GROUPS = Cell(lambda text, _: [one for item in _items(text) for one in _stretches(item)], _write_groups)
"""`08:00-12:00; 12:00-16:00`."""
ROLES = Cell(_read_roles, _write_roles)
"""JSON, as the API takes it."""
JSON = Cell(_read_json, lambda value, _: msgspec.json.encode(value).decode() if value else "")


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(";") if item.strip()]


def _weekday(name: str) -> int:
    if name.title() not in _DAYS:
        raise ValueError(f"expected one of {', '.join(_DAYS)}, not {name}")
    return _DAYS.index(name.title())


def _stretches(text: str) -> list[dict[str, int]]:
    found = [[int(part or 0) for part in match.groups()] for match in _HOURS.finditer(text)]
    if not found or _HOURS.sub("", text).strip(" ,\n"):
        raise ValueError("expected hours such as 08:00-12:00")
    if any(minutes > 59 or seconds > 59 for one in found for _, minutes, seconds in (one[:3], one[3:])):
        raise ValueError("expected minutes up to 59")
    return [{"starts_s": _seconds(*one[:3]), "ends_s": _seconds(*one[3:])} for one in found]


def _seconds(hours: int, minutes: int, seconds: int) -> int:
    return hours * 3600 + minutes * 60 + seconds


def _stretch(one: Any) -> str:
    return f"{_clock(one.starts_s)}-{_clock(one.ends_s)}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
