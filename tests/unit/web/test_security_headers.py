"""Say what pages may do."""

from __future__ import annotations

import pytest

from hub.web.security_headers import content_security_policy

TILES, LETTERS = "https://tiles.example", "https://letters.example:8443"


@pytest.mark.parametrize("origins", [frozenset[str](), frozenset({TILES, LETTERS})])
def test_no_inline_script_or_style_is_ever_allowed(origins: frozenset[str]) -> None:
    policy = content_security_policy(origins)

    assert "unsafe" not in policy
    assert "*" not in policy
    assert policy.startswith("default-src 'none'; ")


def test_only_map_data_may_come_from_the_origins_of_a_style() -> None:
    policy = content_security_policy(frozenset({TILES, LETTERS}))

    for origin in (TILES, LETTERS):
        open_to_it = {part.split()[0] for part in policy.split("; ") if origin in part}
        assert open_to_it == {"img-src", "connect-src"}
    assert "example" not in content_security_policy(frozenset())


@pytest.mark.parametrize(
    "origin", ["*", "https://*", "https://a.example; script-src *", "https://a.example/x", "https:", "'unsafe-inline'"]
)
def test_what_is_no_origin_gets_into_no_policy(origin: str) -> None:
    with pytest.raises(ValueError, match="no origins"):
        content_security_policy(frozenset({origin}))
