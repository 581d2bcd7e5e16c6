"""Lines with room: a text in which an edit moves no line but those beside it, so that places of others stay.

Each line of a spec is filled up with blanks, which mean nothing at its end. Lines and columns are those of
the text as given.
"""

from collections.abc import Sequence

_ROOM = 32  # characters that a line can grow by at least, when it gets its room
_REACH = 5  # how many lines on each side may give room to lines that have none


class Slots:
    """Fills the lines of one text up after each edit; lines that changed share the room that theirs had."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.widths: list[int] = []

    def filled(self, text: str) -> str:
        """Return the text, whose lines end in `\\n` or `\\r\\n`, with its lines filled up."""
        lines = text.split("\n")
        self.widths = self._widths(lines)
        self.lines = lines
        return "\n".join(map(_filled, lines, self.widths))

    def _widths(self, lines: list[str]) -> list[int]:
        """Return the widths of lines: those of lines that stay, and of the others the room that there is;
        where it is not enough, all lines below move."""
        above = _alike(self.lines, lines)
        most = min(len(self.lines), len(lines)) - above
        below = min(_alike(self.lines[::-1], lines[::-1]), most)
        for more in range(_REACH):
            first, end = max(above - more, 0), max(below - more, 0)
            old, new = slice(first, len(self.lines) - end), slice(first, len(lines) - end)
            room = sum(width + 1 for width in self.widths[old])
            if lines[new] and sum(len(line) + 1 for line in lines[new]) <= room:
                return [*self.widths[:first], *_shared(lines[new], room), *self.widths[old.stop :]]
        return [*self.widths[:above], *map(_room, lines[above:])]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the lines at the beginning that two texts have in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _shared(lines: Sequence[str], room: int) -> list[int]:
    """Share room, line ends included, between lines that fit in it."""
    free = room - sum(len(line) + 1 for line in lines)
    each, rest = divmod(free, len(lines))
    return [len(line) + each + (rest if at == 0 else 0) for at, line in enumerate(lines)]


def _room(line: str) -> int:
    return (len(line) // _ROOM + 2) * _ROOM


def _filled(line: str, width: int) -> str:
    """Fill a line up; a carriage return stays its last character."""
    if line.endswith("\r"):
        return line[:-1].ljust(width - 1) + "\r"
    return line.ljust(width)
