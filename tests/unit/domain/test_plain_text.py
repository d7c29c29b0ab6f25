"""What people typed, made safe."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.plain_text import header_name, one_line, paragraphs, without_links


@given(st.text(), st.integers(1, 50))
def test_one_line_is_one_short_line_without_controls(text: str, most: int) -> None:
    line = one_line(text, most)
    assert len(line) <= most
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in line)


@given(st.text(), st.integers(1, 50))
def test_paragraphs_keep_line_breaks_and_no_other_controls(text: str, most: int) -> None:
    kept = paragraphs(text, most)
    assert len(kept) <= most
    assert not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in kept.replace("\n", "").replace("\t", ""))


def test_line_breaks_become_spaces_on_one_line_and_stay_in_paragraphs() -> None:
    assert one_line("a\r\nBcc: b\u2028c", 99) == "a Bcc: b c"
    assert paragraphs("a\r\nb\u2028c  \n", 99) == "a\nb\nc"


def test_what_is_cut_off_ends_with_an_ellipsis() -> None:
    assert one_line("x" * 10_000, 5) == "xxxx…"


def test_signs_that_turn_the_direction_are_dropped_and_those_of_scripts_stay() -> None:
    assert one_line("a\u202eb", 9) == "ab"
    assert one_line("क\u094dष", 9) == "क\u094dष"


def test_a_header_name_has_no_sign_that_means_something_there() -> None:
    assert header_name('Aino "A" <b@c>, d: e;', 99) == "Aino A b c d e"


@pytest.mark.parametrize(
    "text", ["=?utf-8?q?=0d=0aBcc:x?=", "=\x00?utf-8?q?=0d=0aBcc:x?\x00=", "==??x??==", "=?=?=", ""]
)
def test_a_header_name_is_no_encoded_word(text: str) -> None:
    name = header_name(text, 99)
    assert "=?" not in name
    assert "?=" not in name


def test_addresses_in_names_are_broken() -> None:
    assert without_links("see HTTPS://evil.example or www.evil.example") == "see HTTPS evil.example or  evil.example"
