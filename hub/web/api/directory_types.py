"""What is sent and answered of each kind of the directory: all follows from its entry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

import msgspec
from msgspec import UNSET, UnsetType

from hub.store.directory.entries import Stored
from hub.store.directory.kind import Kind


@dataclass(frozen=True)
class KindTypes:
    """The types of one kind."""

    answer: Any
    """The entry with its id."""
    page: Any
    change: Any
    """What may change: every field may be left out."""
    some: Any
    """The entry with its id, of which those who may not see everything see less."""


@cache
def types_of(kind: Kind) -> KindTypes:
    """Make the types of a kind."""
    entry = kind.entry
    hints = get_type_hints(entry, include_extras=True)
    fields = [(name, hints[name]) for name in entry.__struct_fields__]
    optional = [(name, hint | UnsetType, UNSET) for name, hint in fields]
    about = (entry.__doc__ or "").strip()
    name = entry.__name__
    answer = _struct(f"{name}Answer", about, [("id", str), *fields])
    page = _struct(f"{name}List", f"A page of {kind.path}.", [("items", _list_of(answer)), ("next_cursor", str | None)])
    change = _struct(f"{name}Change", "What changes; what is left out stays as it is.", optional)
    some = _struct(f"{name}Told", about, [("id", str), *optional])
    return KindTypes(answer, page, change, some)


def _list_of(item: Any) -> Any:
    return list[item]


def answer_of(kind: Kind, stored: Stored) -> Any:
    """Describe an entry."""
    fields = {name: getattr(stored.entry, name) for name in kind.entry.__struct_fields__}
    return types_of(kind).answer(id=stored.id, **fields)


def changes_in(change: Any) -> dict[str, Any]:
    """List what a change names."""
    return {name: getattr(change, name) for name in change.__struct_fields__ if getattr(change, name) is not UNSET}


def _struct(name: str, about: str, fields: list[Any]) -> Any:
    return msgspec.defstruct(name, fields, namespace={"__doc__": about}, module=__name__, frozen=True, kw_only=True)
