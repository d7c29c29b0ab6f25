"""Hash tokens and derive links' tokens."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.tokens import link_token, token_hash


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
