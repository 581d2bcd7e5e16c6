"""Plain text with drawn tables -> sheets: boxes, Org and psql tables, the simple tables of
reStructuredText."""

from archdsl.forms import boxes, piped, rst
from archdsl.forms.captions import named, with_captions
from archdsl.source import Source
from archdsl.text.grid import Sheet


class PlainReader:
    """Finds drawn tables line by line."""

    def __init__(self, source: Source, limit: int) -> None:
        self.source = source
        self.limit = limit
        drawn = source.clean if source.clean.isascii() else source.clean.translate(boxes.DRAWN)
        self.lines = drawn.split("\n")
        self.sheets: list[tuple[Sheet, int]] = []

    def read(self) -> tuple[Sheet, ...]:
        """Return the tables."""
        at = 0
        while at < len(self.lines):
            at = self._table(at)
        return named(with_captions(self.source, self.sheets))

    def found(self) -> bool:
        """Return whether there is a table at all, without reading it."""
        return any(self._kind(at) for at in range(len(self.lines)))

    def _kind(self, at: int) -> str:
        line = self.lines[at]
        if (
            "+" in line
            and boxes.BORDER.match(line)
            and at + 1 < len(self.lines)
            and "|" in self.lines[at + 1]
        ):
            return "box"
        if "=" in line and rst.BORDER.match(line) and self._closed(at):
            return "simple"
        if "|" in line or "+" in line:
            return "piped" if self._is_piped(at) else ""
        return ""

    def _closed(self, at: int) -> bool:
        return any(
            line.strip() == self.lines[at].strip() for line in self.lines[at + 1 : at + 3 + self.limit]
        )

    def _is_piped(self, at: int) -> bool:
        """Return whether lines of cells begin here: one with `|`, and a rule with `+` next or, in Org, next
        but few."""
        for index in range(at, min(at + 4, len(self.lines))):
            line = self.lines[index]
            if "+" in line and piped.RULE.match(line):
                return index > at or (index + 1 < len(self.lines) and "|" in self.lines[index + 1])
            if "|" not in line:
                return False
        return self._is_framed(at)

    def _is_framed(self, at: int) -> bool:
        """Return whether three lines begin here that have as many pipes, at both ends, too: rows without a
        header."""
        lines = [line.strip() for line in self.lines[at : at + 3]]
        framed = all(len(line) > 2 and line[0] == line[-1] == "|" for line in lines)
        return framed and len(lines) > 2 and len({line.count("|") for line in lines}) == 1

    def _table(self, at: int) -> int:
        kind = self._kind(at)
        if not kind:
            return at + 1
        stop = {"box": self._box_end, "simple": self._simple_end, "piped": self._piped_end}[kind](at)
        lines, starts = self.lines[at:stop][: self.limit * 4], self.source.starts[at:stop][: self.limit * 4]
        if kind == "box":
            sheet = boxes.BoxReader(self.source, lines, starts).read()
        elif kind == "simple":
            sheet = rst.SimpleReader(self.source, lines, starts).read()
        else:
            sheet = piped.read_piped(self.source, lines, starts)
        if sheet.rows or sheet.problems:
            self.sheets.append((sheet, self.source.starts[stop - 1] + len(self.lines[stop - 1])))
        return stop

    def _box_end(self, at: int) -> int:
        indent = self.lines[at].index("+")
        stop = at + 1
        while stop < len(self.lines) and self.lines[stop][indent : indent + 1] in ("|", "+"):
            stop += 1
        return stop

    def _simple_end(self, at: int) -> int:
        """A simple table ends with the border that nothing follows."""
        stop = at + 1
        while stop < len(self.lines):
            border = rst.BORDER.match(self.lines[stop])
            stop += 1
            if border and (stop >= len(self.lines) or not self.lines[stop].strip()):
                break
        return stop

    def _piped_end(self, at: int) -> int:
        stop = at
        while stop < len(self.lines) and (
            "|" in self.lines[stop] or piped.RULE.match(self.lines[stop]) or self._is_gap(stop)
        ):
            stop += 1
        return max(stop, at + 1)

    def _is_gap(self, at: int) -> bool:
        """Return whether a line of dots stands between rows."""
        after = self.lines[at + 1 : at + 2]
        return piped.GAP.match(self.lines[at]) is not None and bool(after) and "|" in after[0]
