"""The lines of a native spec, without its comments."""

from collections.abc import Iterator

from archdsl.source import Source
from archdsl.text.grid import Cell


def printed_lines(source: Source) -> Iterator[Cell]:
    """Return what a native spec says, line by line."""
    at = 0
    for line in source.clean.split("\n"):
        hash_at = next(
            (i for i, char in enumerate(line) if char == "#" and (i == 0 or line[i - 1].isspace())), len(line)
        )
        yield Cell(line[:hash_at], at)
        at += len(line) + 1
