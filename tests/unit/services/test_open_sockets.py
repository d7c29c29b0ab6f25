"""Close the sockets of those who may no longer come in."""

from __future__ import annotations

from collections.abc import Callable

from hub.services.open_sockets import OpenSockets


def _leaver(left: list[str], name: str) -> Callable[[], None]:
    return lambda: left.append(name)


def test_only_sockets_of_invalid_credentials_must_leave() -> None:
    sockets, left = OpenSockets(), list[str]()
    with sockets.holding("good", _leaver(left, "good")), sockets.holding("bad", _leaver(left, "bad")):
        sockets.keep_only({"good"}, sockets.credentials())

    assert left == ["bad"]


def test_all_sockets_of_one_credential_leave() -> None:
    sockets, left = OpenSockets(), list[str]()
    with sockets.holding("bad", _leaver(left, "one")), sockets.holding("bad", _leaver(left, "two")):
        sockets.keep_only(set(), ["bad"])

    assert sorted(left) == ["one", "two"]


def test_a_socket_that_opened_after_the_question_stays() -> None:
    sockets, left = OpenSockets(), list[str]()
    asked = sockets.credentials()
    with sockets.holding("new", _leaver(left, "new")):
        sockets.keep_only(set(), asked)

    assert left == []


def test_a_closed_socket_is_listed_no_more() -> None:
    sockets, left = OpenSockets(), list[str]()
    with sockets.holding("a", _leaver(left, "one")):
        with sockets.holding("a", _leaver(left, "two")):
            pass
        assert sockets.credentials() == ["a"]
        sockets.keep_only(set(), ["a"])

    assert left == ["one"]
    assert sockets.credentials() == []
