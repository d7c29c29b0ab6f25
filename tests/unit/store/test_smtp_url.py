"""Read `HUB_SMTP_URL`."""

from __future__ import annotations

import pytest

from hub.store.smtp_url import SmtpServer, smtp_server


def test_everything_may_be_said() -> None:
    assert smtp_server("smtp://hub%40x:pa%2Fss@mail.example:587?starttls=always") == SmtpServer(
        host="mail.example",
        port=587,
        tls=False,
        start_tls=True,
        username="hub@x",
        password="pa/ss",  # noqa: S106 - made up
    )


@pytest.mark.parametrize(
    ("url", "port", "tls", "start_tls"),
    [
        ("smtp://mail", 25, False, None),
        ("smtp://mail?starttls=never", 25, False, False),
        ("smtps://mail", 465, True, False),
        ("smtp://[::1]:2525", 2525, False, None),
    ],
)
def test_what_is_left_out_has_its_usual_value(url: str, port: int, tls: bool, start_tls: bool | None) -> None:
    server = smtp_server(url)
    assert (server.port, server.tls, server.start_tls) == (port, tls, start_tls)
    assert (server.username, server.password) == (None, None)


@pytest.mark.parametrize("url", ["mail", "http://mail", "smtp://", "smtp://mail:x", "smtp://u@mail", "smtp://u:pa/s@m"])
def test_a_fault_does_not_repeat_the_url(url: str) -> None:
    with pytest.raises(ValueError, match="expected") as error:
        smtp_server(url)
    assert "pa/s" not in str(error.value)
