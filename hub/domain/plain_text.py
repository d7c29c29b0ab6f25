"""What people typed, made safe for headers, mails and lists: no control characters, no endless lengths."""

from __future__ import annotations

import re

_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
    "\u202a-\u202e\u2066-\u2069"  # would turn the direction of what follows
    "\ud800-\udfff]"  # half of a character: cannot be encoded
)
_BREAKS = re.compile("[\r\n\v\f\x85\u2028\u2029]+")
_SPACES = re.compile(r"\s+")
_LINKS = re.compile(r"://|\bwww\.", re.IGNORECASE)
_ENCODED_WORD = re.compile(r"=\?|\?=")
_MEANT_FOR_HEADERS = re.compile(r'[<>@,;:"\\()\[\]]+')


def one_line(text: str, most: int) -> str:
    """Write text on one line of at most `most` characters; what is cut off ends with an ellipsis."""
    return _cut(_SPACES.sub(" ", _CONTROLS.sub("", _BREAKS.sub(" ", text))).strip(), most)


def paragraphs(text: str, most: int) -> str:
    """Keep line breaks, drop other control characters, and cut to at most `most` characters."""
    lines = [_CONTROLS.sub("", line).rstrip() for line in _BREAKS.sub("\n", text).split("\n")]
    return _cut("\n".join(lines).strip(), most)


def without_links(text: str) -> str:
    """Break addresses that mail programs would turn into links: a name is no place to advertise in our mails."""
    return _LINKS.sub(" ", text)


def header_name(text: str, most: int) -> str:
    """Write a name for beside an address in a header: without any sign that means something there."""
    line = one_line(text, len(text))  # first of all: controls may part the signs that are looked for
    return one_line(without_encoded_words(_MEANT_FOR_HEADERS.sub(" ", line)), most)


def without_encoded_words(text: str) -> str:
    """Break what a header would decode (RFC 2047); a line break may hide in it."""
    return _ENCODED_WORD.sub(" ", text)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
