"""Read whole frames at a glance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from hub.web.whole_frames import AT_ONCE, ends_whole, text_frame, whole_texts


def _frame(payload: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True, mask: bool = True) -> bytes:
    return Frame(opcode, payload, fin).serialize(mask=mask)


@given(st.lists(st.text(max_size=300), min_size=1, max_size=4))
def test_text_frames_are_read_whatever_their_length(texts: list[str]) -> None:
    data = b"".join(_frame(text.encode()) for text in texts)

    assert whole_texts(data) == texts
    assert ends_whole(data)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_000])
def test_each_form_of_a_length_is_read(length: int) -> None:
    assert whole_texts(_frame(b"x" * length)) == ["x" * length]


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_frame_is_written_as_the_parser_writes_it(length: int) -> None:
    assert text_frame(b"x" * length) == _frame(b"x" * length, mask=False)


@given(st.text(max_size=200), st.data())
def test_a_piece_of_a_frame_is_left_to_the_parser(text: str, data: st.DataObject) -> None:
    whole = _frame(text.encode())
    piece = whole[: data.draw(st.integers(1, len(whole) - 1))]

    assert whole_texts(piece) is None
    assert not ends_whole(piece)


@pytest.mark.parametrize(
    "other",
    [
        _frame(b"x", Opcode.BINARY),
        _frame(b"x", Opcode.PING),
        _frame(b"x", Opcode.PONG),
        _frame(b"\x03\xe8", Opcode.CLOSE),
        _frame(b"\xff"),
        _frame(b"x" * AT_ONCE),
    ],
    ids=["binary", "ping", "pong", "close", "no UTF-8", "long"],
)
def test_any_other_frame_is_left_to_the_parser_which_is_done_with_it(other: bytes) -> None:
    assert whole_texts(_frame(b"x") + other) is None
    assert ends_whole(_frame(b"x") + other)


@pytest.mark.parametrize(
    "begun",
    [_frame(b"x", fin=False), _frame(b"x", Opcode.CONT), _frame(b"x", mask=False)],
    ids=["first of several", "last of several", "not masked"],
)
def test_after_a_message_in_several_frames_or_a_fault_nothing_is_whole(begun: bytes) -> None:
    assert whole_texts(begun) is None
    assert not ends_whole(begun)


@given(st.binary(min_size=1, max_size=40))
def test_rubbish_never_raises(data: bytes) -> None:
    whole_texts(data)
    ends_whole(data)
