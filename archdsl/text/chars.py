"""Text under cleaning: characters, each with its place in the source."""

import re
from collections.abc import Callable, Sequence

from archdsl.light import NamedTuple
from archdsl.source import Source
from archdsl.text.grid import Cell


class Text(NamedTuple):
    """Characters and their places; `places` has one more, the place of the end."""

    chars: str
    places: Sequence[int]

    def part(self, start: int, stop: int) -> "Text":
        """Return the characters from `start` to `stop`."""
        return Text(self.chars[start:stop], self.places[start : stop + 1])

    def cell(self) -> Cell:
        """Return the text without the white space around it as a cell."""
        chars = self.chars.rstrip()
        stop = len(chars)
        start = stop - len(chars.lstrip())
        if start == stop:
            return Cell("", self.places[0])
        first = self.places[start]
        last = self.places[stop - 1]
        if last - first == stop - 1 - start and _consecutive(self.places[start:stop]):
            return Cell(chars[start:], first)
        offsets = (*self.places[start:stop], max(last + 1, first))
        return Cell(chars[start:], first, offsets)


def whole(source: Source) -> Text:
    """Return a source as text whose characters stand where they stand."""
    return Text(source.clean, range(len(source.clean) + 1))


def _consecutive(places: Sequence[int]) -> bool:
    return isinstance(places, range) or list(places) == list(range(places[0], places[0] + len(places)))


class Writer:
    """Builds a text from copied parts and from characters that stand for something else."""

    __slots__ = ("chars", "places")

    def __init__(self) -> None:
        self.chars: list[str] = []
        self.places: list[int] = []

    def __len__(self) -> int:
        return len(self.chars)

    def copy(self, text: Text, start: int, stop: int) -> None:
        """Add a part of a text, every character at its own place."""
        self.chars.extend(text.chars[start:stop])
        self.places.extend(text.places[start:stop])

    def put(self, chars: str, place: int) -> None:
        """Add characters that all stand for what begins at `place`."""
        self.chars.extend(chars)
        self.places.extend([place] * len(chars))

    def cut(self, length: int) -> None:
        """Take back what was added after the first `length` characters."""
        del self.chars[length:], self.places[length:]

    def last(self) -> str:
        """Return the last character that is no blank, if any."""
        for char in reversed(self.chars):
            if char and not char.isspace():
                return char
        return ""

    def text(self, end: int) -> Text:
        """Return what was written; a character blotted out by the empty string is gone."""
        if "" in self.chars:
            kept = [index for index, char in enumerate(self.chars) if char]
            return Text("".join(self.chars), [*(self.places[index] for index in kept), end])
        return Text("".join(self.chars), [*self.places, end])


def replaced(text: Text, pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str | None]) -> Text:
    """Write `new` for every match, at the place where the match or its group `at` begins; leave a match for
    which `new` gives None."""
    matches = list(pattern.finditer(text.chars))
    at_group = "at" if "at" in pattern.groupindex else 0
    if not matches:
        return text
    writer, at = Writer(), 0
    for match in matches:
        chars = new if isinstance(new, str) else new(match)
        if chars is not None:
            writer.copy(text, at, match.start())
            writer.put(chars, text.places[match.start(at_group)])
            at = match.end()
    writer.copy(text, at, len(text.chars))
    return writer.text(text.places[-1])


def unwrapped(text: Text, pattern: re.Pattern[str]) -> Text:
    """Keep, of every match, its first group."""
    writer, at = Writer(), 0
    for match in pattern.finditer(text.chars):
        writer.copy(text, at, match.start())
        writer.copy(text, *match.span(1))
        at = match.end()
    if not at:
        return text
    writer.copy(text, at, len(text.chars))
    return writer.text(text.places[-1])
