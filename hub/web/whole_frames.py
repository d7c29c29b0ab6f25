"""Read and write whole websocket frames at a glance: nearly all are text frames that come and go in one piece.

websockets' parser reads byte by byte in coroutines, since a frame may come in pieces. Where one came whole, its header
(RFC 6455, section 5.2) says all. Whatever is not as plain as that is left to the parser.
"""

from __future__ import annotations

from websockets.frames import apply_mask  # type: ignore[attr-defined]  # there it is the one in C, if that was built

AT_ONCE = 65_536
"""More bytes than this are the parser's, which knows how long a message may be."""
FINAL, FINAL_TEXT, CONTINUED = 0x80, 0x81, 0x00
MASKED = 0x80
MASK_BYTES = 4
_TWO_BYTE_LENGTH, _EIGHT_BYTE_LENGTH = 126, 127


def whole_texts(data: bytes) -> list[str] | None:
    """Read data that begins with a frame; None unless it is nothing but few final, masked text frames of UTF-8."""
    if len(data) > AT_ONCE:
        return None
    texts: list[str] = []
    start = 0
    while start < len(data):
        if data[start] != FINAL_TEXT or (found := _frame_at(data, start)) is None:
            return None
        payload, end = found
        try:
            texts.append(apply_mask(data[payload:end], data[payload - MASK_BYTES : payload]).decode())
        except UnicodeDecodeError:
            return None
        start = end
    return texts


def text_frame(text: bytes) -> bytes:
    """Write UTF-8 as one final frame, unmasked, as a server sends it."""
    length = len(text)
    if length < _TWO_BYTE_LENGTH:
        return bytes((FINAL_TEXT, length)) + text
    if length < AT_ONCE:
        return bytes((FINAL_TEXT, _TWO_BYTE_LENGTH)) + length.to_bytes(2, "big") + text
    return bytes((FINAL_TEXT, _EIGHT_BYTE_LENGTH)) + length.to_bytes(8, "big") + text


def ends_whole(data: bytes) -> bool:
    """Tell whether data that begins with a frame, of whichever kind, also ends with one, and no message is begun."""
    start = 0
    while start < len(data):
        whole = data[start] & FINAL and data[start] & 0x0F != CONTINUED
        if not whole or (found := _frame_at(data, start)) is None:
            return False
        start = found[1]
    return True


def _frame_at(data: bytes, start: int) -> tuple[int, int] | None:
    """Find where a masked frame's payload begins and ends; None where the frame is not all there, or is not masked."""
    if len(data) < start + 2 or not data[start + 1] & MASKED:
        return None
    length, header = data[start + 1] & ~MASKED, 2
    if length == _TWO_BYTE_LENGTH:
        length, header = int.from_bytes(data[start + 2 : start + 4], "big"), 4
    elif length == _EIGHT_BYTE_LENGTH:
        length, header = int.from_bytes(data[start + 2 : start + 10], "big"), 10
    payload = start + header + MASK_BYTES
    end = payload + length
    return (payload, end) if end <= len(data) else None
