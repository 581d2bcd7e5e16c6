"""`tf.train.Example` on the wire, for images of one size: https://protobuf.dev/programming-guides/encoding.

An example is a map of names to features; a feature is a list of bytes, floats or int64. Names are written in
sorted order, as TensorFlow's deterministic serialisation does.
"""

from collections.abc import Iterator
from typing import NamedTuple

BYTES, INTS = 1, 3  # fields of a Feature
Value = bytes | int


class Feature(NamedTuple):
    """Where the value of a feature is in an example: `begin` and `end` of the bytes, or the number itself."""

    begin: int
    end: int
    number: int | None


class Malformed(ValueError):
    """The bytes are no `tf.train.Example` with one value per feature."""


def varint(number: int) -> bytes:
    """Write a number of at least 0 in groups of 7 bits, the lowest first."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*found, number))


def _field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def example(features: dict[str, Value]) -> bytes:
    """Write an example: bytes as a list of one, a number as a list of one int64."""
    entries = b""
    for name, value in sorted(features.items()):
        kind, data = (
            (BYTES, _field(1, value)) if isinstance(value, bytes) else (INTS, _field(1, varint(value)))
        )
        entries += _field(1, _field(1, name.encode()) + _field(2, _field(kind, data)))
    return _field(1, entries)


def read_varint(data: bytes, position: int) -> tuple[int, int]:
    """Read a number and give it with the position behind it."""
    number = shift = 0
    while True:
        if position >= len(data) or shift > 63:
            raise Malformed
        byte = data[position]
        number |= (byte & 0x7F) << shift
        position += 1
        if byte < 0x80:
            return number, position
        shift += 7


def _fields(data: bytes, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Return the fields of a message that have a length: number, begin and end; numbers (wire type 0) have
    begin = end."""
    while begin < end:
        tag, begin = read_varint(data, begin)
        if tag & 7 == 0:
            _, after = read_varint(data, begin)
            yield tag >> 3, begin, begin
        elif tag & 7 == 2:
            length, begin = read_varint(data, begin)
            after = begin + length
            if after > end:
                raise Malformed
            yield tag >> 3, begin, after
        else:
            raise Malformed
        begin = after


def features(data: bytes) -> dict[str, Feature]:
    """Find the features of an example that have one value; raise Malformed where the bytes are no example."""
    found = {}
    for message, begin, end in _fields(data, 0, len(data)):
        entries = _fields(data, begin, end) if message == 1 else ()
        for _, first, last in entries:
            parts = {number: (a, b) for number, a, b in _fields(data, first, last)}
            if 1 not in parts:
                raise Malformed
            name = data[slice(*parts[1])].decode(errors="replace")
            value = _value(data, *parts.get(2, (0, 0)))
            if value is not None:
                found[name] = value
    return found


def _value(data: bytes, begin: int, end: int) -> Feature | None:
    for kind, first, last in _fields(data, begin, end):
        values = list(_fields(data, first, last))
        if len(values) != 1 or kind not in (BYTES, INTS):
            return None
        _, a, b = values[0]
        if kind == BYTES:
            return Feature(a, b, None)
        number, after = read_varint(data, a)
        if b not in (a, after):
            return None  # several numbers
        return Feature(a, after, number - 2**64 if number >= 2**63 else number)
    return None
