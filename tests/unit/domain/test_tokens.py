"""Hash tokens and derive links' tokens."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.tokens import demo_password, device_token, enrolment_token, link_token, token_hash


@given(st.text())
def test_any_text_has_a_hash_of_32_bytes(token: str) -> None:
    assert len(token_hash(token)) == 32


@given(st.text(st.characters()), st.text(st.characters()))
def test_different_tokens_have_different_hashes(one: str, other: str) -> None:
    assert (token_hash(one) == token_hash(other)) == (one == other)


@given(st.binary(min_size=1), st.text(st.characters(codec="ascii")))
def test_a_links_token_is_32_url_safe_characters_and_always_the_same(secret: bytes, link_id: str) -> None:
    token = link_token(secret, link_id)

    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", token)
    assert token == link_token(secret, link_id)


def test_a_links_token_depends_on_secret_and_id() -> None:
    tokens = {link_token(secret, link_id) for secret in (b"a", b"b") for link_id in ("li_1", "li_2")}

    assert len(tokens) == 4


def test_a_device_token_tells_what_it_is_when_it_is_found_lying_about() -> None:
    assert re.fullmatch(r"enroute_device_[A-Za-z0-9_-]{32}", device_token(b"a", "de_1"))


def test_no_kind_of_token_is_anothers_even_for_the_same_id() -> None:
    derived = {derive(b"a", "id_1")[-16:] for derive in (link_token, device_token, enrolment_token)}
    starts = {derive(b"a", "id_1")[:16] for derive in (link_token, enrolment_token, demo_password)}

    assert len(derived) == 3
    assert len(starts) == 3
