"""Lines with room: a text in which an edit of one line moves no other, so that places of other lines stay.

Each line of a spec is filled up with blanks, which mean nothing at its end. Lines and columns are those of
the text as given.
"""

_ROOM = 32  # characters that a line can grow by until the lines below move


class Slots:
    """Fills the lines of one text up after each edit; a line keeps its room as long as it fits."""

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
        """Keep the room of lines that stand where they stood: all, or, where lines were added or taken away,
        those above."""
        kept = len(self.lines)
        if len(lines) != kept:
            pairs = zip(lines, self.lines, strict=False)
            kept = next((at for at, (new, old) in enumerate(pairs) if new != old), min(len(lines), kept))
        return [
            width if len(line) <= width else _room(line)
            for line, width in zip(lines, [*self.widths[:kept], *([-1] * len(lines))], strict=False)
        ]


def _room(line: str) -> int:
    return (len(line) // _ROOM + 2) * _ROOM


def _filled(line: str, width: int) -> str:
    """A carriage return stays the last character of its line."""
    if line.endswith("\r"):
        return line[:-1].ljust(width - 1) + "\r"
    return line.ljust(width)
