"""Say what pages may do."""

from __future__ import annotations

import pytest

from hub.web.security_headers import content_security_policy


@pytest.mark.parametrize("origin", [None, "https://tiles.example"])
def test_no_inline_script_or_style_is_ever_allowed(origin: str | None) -> None:
    policy = content_security_policy(origin)

    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; ")


def test_only_map_data_may_come_from_the_styles_origin() -> None:
    policy = content_security_policy("https://tiles.example")

    open_to_it = {part.split()[0] for part in policy.split("; ") if "tiles.example" in part}
    assert open_to_it == {"img-src", "connect-src"}
    assert "example" not in content_security_policy(None)
