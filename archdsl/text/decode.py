"""The bytes of a file -> its text: UTF-8, or what else they are by a fixed rule, which is told.

Rules, the first that holds: a mark of UTF-8 or UTF-16 at the start; valid UTF-8 without null bytes; null
bytes at every other place, as UTF-16 without its mark has them; bytes of which few are no ASCII and none a
control sign: Windows-1252, which has the letters of ISO-8859-1.
"""

import re

from archdsl.light import NamedTuple

_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8"))
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\x81\x8d\x8f\x90\x9d]")
_SAMPLE = 4_000
_FEW = 0.3  # so many bytes of a text in a European language at most are no ASCII


class Decoded(NamedTuple):
    """A text, and the encoding that was taken for it where the file does not say so; else None and the byte
    that is none of text."""

    text: str | None
    encoding: str = ""
    wrong: int = 0


def decode(data: bytes) -> Decoded:
    """Return the text of a file."""
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")
    try:
        if marked or b"\0" not in data:
            return Decoded(data.decode(marked or "utf-8"))
    except UnicodeDecodeError as error:
        return Decoded(None, wrong=error.start) if marked else _older(data, error.start)
    return _wide(data)


def _older(data: bytes, wrong: int) -> Decoded:
    sample = data[max(0, wrong - _SAMPLE // 2) : wrong + _SAMPLE // 2]
    foreign = sum(byte > 0x7F for byte in sample)
    if _CONTROL.search(data) or foreign > _FEW * len(sample):
        return Decoded(None, wrong=wrong)
    return Decoded(data.decode("cp1252"), "Windows-1252")


def _wide(data: bytes) -> Decoded:
    """Read UTF-16 without its mark: nearly every second byte of a text of mostly ASCII is null."""
    first, second = data[0:_SAMPLE:2].count(0), data[1:_SAMPLE:2].count(0)
    half = len(data[:_SAMPLE]) // 2
    encoding = (
        "utf-16-le"
        if second > 0.9 * half and not first
        else "utf-16-be"
        if first > 0.9 * half and not second
        else ""
    )
    try:
        return (
            Decoded(data.decode(encoding), encoding.upper())
            if encoding
            else Decoded(None, wrong=data.index(b"\0"))
        )
    except UnicodeDecodeError as error:
        return Decoded(None, wrong=error.start)
