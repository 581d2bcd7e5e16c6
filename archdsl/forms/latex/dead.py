"""What LaTeX never reads - false branches, comment environments, what follows the document - as blanks, every
place kept."""

import re
from itertools import chain

from archdsl.patterns import pattern
from archdsl.text.chars import Text

_MARK = pattern(
    r"%[^\n]*|\\begin[ \t]*\{(comment)\}|\\(end)[ \t]*\{document\}|\\newif[ \t]*\\if([A-Za-z@]+)"
    r"|\\(?:if[ \t]*([01])(?!\d)|if([A-Za-z@]*)|(else|fi)(?![A-Za-z@])"
    r"|([A-Za-z@]+?)(true|false)(?![A-Za-z@]))"
    r"|\\(?:[A-Za-z@]+|.)",
    re.DOTALL,
)
# Conditionals of TeX whose condition is not evaluated here: both of their branches are read.
_PRIMITIVE = pattern(r"|x|num|dim|cat|case|odd|[vhm]mode|inner|void|[hv]box|eof|defined|csname|pdf")
_INK = pattern(r"[^\n]")


class _Branch:
    """A conditional that is open: whether it holds, None where that is not known, and where what is dead of
    it begins."""

    def __init__(self, holds: bool | None, start: int, stop: int) -> None:
        self.holds = holds
        self.dead = start if holds is False else None
        self.marks = [] if holds is None else [(start, stop)]


class _Scanner:
    def __init__(self, chars: str, stop: int) -> None:
        self.chars = chars
        self.stop = stop
        self.flags: dict[str, bool] = {"true": True, "false": False}
        self.open: list[_Branch] = []
        self.dead: list[tuple[int, int]] = []
        self._false = 0  # how many of the branches that are open are dead
        self._closed = True  # a comment environment that begins from here on has an end

    def scan(self, start: int) -> None:
        at = start
        while match := _MARK.search(self.chars, at, self.stop):
            at = max(match.end(), self._mark(match))
            if match[2] and not self._false:
                self.dead.append((match.end(), self.stop))
                break

    def _mark(self, match: re.Match[str]) -> int:
        """Take a mark into account; give the place where it ends."""
        if match[1]:
            return self._comment(match.start())
        if match[3]:
            self.flags[match[3]] = False
            self.dead.append(match.span())
        elif match[4] or match[5] is not None:
            self._if(match)
        elif match[6]:
            self._branch(match)
        elif match[7] in self.flags and not self._false:
            self.flags[match[7]] = match[8] == "true"
            self.dead.append(match.span())
        return 0

    def _comment(self, start: int) -> int:
        end = self.chars.find("\\end{comment}", start, self.stop) if self._closed else -1
        if end < 0:
            self._closed = False
            return 0
        self.dead.append((start, end + len("\\end{comment}")))
        return self.dead[-1][1]

    def _if(self, match: re.Match[str]) -> None:
        if match[4] == "0" or match[5] in self.flags:
            self.open.append(_Branch(bool(match[5]) and self.flags[match[5]], *match.span()))
            self._false += self.open[-1].dead is not None
        elif match[4] or _PRIMITIVE.fullmatch(match[5]):
            self.open.append(_Branch(None, *match.span()))

    def _branch(self, match: re.Match[str]) -> None:
        if not self.open:
            return
        branch = self.open[-1]
        if branch.holds is not None:
            branch.marks.append(match.span())
        if branch.dead is not None:
            branch.marks.append((branch.dead, match.end()))
            branch.dead = None
            self._false -= 1
        elif branch.holds and match[6] == "else":
            branch.dead = match.start()
            self._false += 1
        if match[6] == "fi":
            self.dead += self.open.pop().marks


def living(text: Text, start: int, stop: int) -> Text:
    """Return a text in which, from `start` to `stop`, blanks stand for what is never read."""
    chars = text.chars
    if not any(mark in chars for mark in ("\\fi", "{comment}", "{document}")):
        return text
    scanner = _Scanner(chars, stop)
    scanner.scan(start)
    parts, at = [], 0
    for first, last in sorted(scanner.dead):
        if last > at:
            parts += [chars[at : max(at, first)], _INK.sub(" ", chars[max(at, first) : last])]
            at = last
    return Text("".join(chain(parts, [chars[at:]])), text.places)
