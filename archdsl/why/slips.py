"""A text with errors -> the slips in it: edits that make it readable, each proved by compiling the text with
it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from os.path import commonprefix

from archdsl.diagnostics import Diagnostic, Edit
from archdsl.lang.slips import INDENT, KEY, REMARK, SLIPS, Slip
from archdsl.lang.vocabulary import layer_word
from archdsl.light import NamedTuple
from archdsl.problems.blocks import EMPTY as EMPTY_BLOCK
from archdsl.problems.slips import slip as slip_of
from archdsl.resolve.conventions import CONVENTIONS, FACTS
from archdsl.resolve.settings import is_key
from archdsl.source import Source, Span

_MOST_WORK = 100_000  # characters and layers that are compiled again, over all tries
_TRIES = 12
_LAYERS = re.compile(r"[\[\](){}|]|\d[xX×]\d")
_SIZE = re.compile(r"\d+\s?[xX×]\s?\d+")
Again = Callable[[str], Sequence[Diagnostic]]


class _Place(NamedTuple):
    """A slip: its line, the edit, and the stretch of the line that is quoted."""

    line: int
    edit: Edit
    quoted: Span


class SlipFinder:
    """Looks for the slips of one text; `again` gives what is told of another one, at a cost of `work`."""

    def __init__(self, source: Source, found: Sequence[Diagnostic], again: Again, work: int) -> None:
        self.source = source
        self.again = again
        self.left = list(found)
        self.edits: list[Edit] = []
        self.told: list[Diagnostic] = []
        self.tries = min(_TRIES, _MOST_WORK // max(work, 1))

    def explained(self) -> list[Diagnostic]:
        """Return what is told of the text, with each slip in place of all that follows from it."""
        waiting: list[tuple[Slip, list[_Place]]] = []
        for slip in (KEY._replace(put=_key_of), *SLIPS, INDENT, REMARK):
            found = places = self._places(slip)
            told = len(self.told)
            while places and self.tries:
                places = self._tried(slip, places)
            if found and len(self.told) == told:
                waiting.append((slip, found))
        self._together(waiting)
        return [*self.told, *self.left]

    def _together(self, waiting: list[tuple[Slip, list[_Place]]]) -> None:
        """Take in the slips that mend nothing alone, if together they leave no error."""
        edits = [*self.edits, *(place.edit for _, places in waiting for place in places)]
        if len(waiting) > 1 and self.tries and not self._lines(self.again(edited(self.source.text, edits))):
            self.left = [one for one in self.left if one.severity != "error"]
            self.told += [self._message(slip, places) for slip, places in waiting]

    def _places(self, slip: Slip) -> list[_Place]:
        lines = self._lines(self.left)
        numbers = range(1, len(self.source.starts) + 1) if slip.anywhere and lines else sorted(lines)
        if slip is INDENT:
            numbers = self._of_empty_blocks()
        elif slip is REMARK:
            numbers = self._remarks()
        return [
            place
            for number in numbers
            for place in self._in_line(slip, number)
            if not self._taken(place.edit.span)
        ]

    def _in_line(self, slip: Slip, number: int) -> Iterator[_Place]:
        start = self.source.starts[number - 1]
        end = self.source.starts[number] if number < len(self.source.starts) else len(self.source.clean)
        line = self.source.clean[start:end].rstrip("\n")
        for match in slip.pattern.finditer(line):
            meant = slip.put(match) if callable(slip.put) else match.expand(slip.put)
            same = len(commonprefix((match[0], meant)))  # noqa: RUF071 - of texts, no paths
            if meant != match[0]:
                edit = Edit(Span(start + match.start() + same, start + match.end()), meant[same:])
                yield _Place(number, edit, _quoted(line, start, match))

    def _of_empty_blocks(self) -> list[int]:
        """Return the lines after each block that has none: up to a blank one, a row with a size, or a
        setting."""
        found: list[int] = []
        for one in self.left:
            number = self._key(one)[1] + 1
            while (
                one.code == EMPTY_BLOCK
                and number <= len(self.source.starts)
                and _may_be_of_block(self.source.line(number))
            ):
                found.append(number)
                number += 1
        return found

    def _remarks(self) -> list[int]:
        """Return the first line that is no setting, if nothing in it is a word or a sign of layers, nor like
        one."""
        lines = enumerate(
            map(str.split, Source("", edited(self.source.text, self.edits)).clean.split("\n")), 1
        )
        first = next(
            (
                number
                for number, words in lines
                if words and words[0][0] != "#" and not is_key(words[0].lower())
            ),
            0,
        )
        words = self.source.line(first).partition("#")[0].split() if first else ["["]
        told = [one for one in self.left if self._key(one)[1] == first]
        plain = not any(_LAYERS.search(word) or layer_word(word) for word in words)
        return [first] if told and plain and not any(one.fixes for one in told) else []

    def _taken(self, span: Span) -> bool:
        return any(span.start < edit.span.end and edit.span.start < span.end for edit in self.edits)

    def _tried(self, slip: Slip, places: list[_Place]) -> list[_Place]:
        """Take the edits in if they leave fewer errors, no new ones, and none in their lines; else give those
        that might."""
        self.tries -= 1
        edits = [*self.edits, *(place.edit for place in places)]
        after = self.again(edited(self.source.text, edits))
        bad = self._lines(after)
        keys = {self._key(one) for one in after}
        errors = {self._key(one) for one in after if one.severity == "error"}
        fewer = errors < {self._key(one) for one in self.left if one.severity == "error"}
        mended = [place for place in places if place.line not in bad]
        if len(mended) < len(places):
            return mended
        if fewer:
            self.edits, self.left = edits, [one for one in self.left if self._key(one) in keys]
            self.told.append(self._message(slip, places))
        return []

    def _key(self, one: Diagnostic) -> tuple[str, int]:
        """Identify a diagnostic by its code and line, which edits leave as they are; 0 is the line of another
        text."""
        return one.code, one.source.position(one.span.start)[0] if one.source.path == self.source.path else 0

    def _lines(self, found: Iterable[Diagnostic]) -> set[int]:
        return {self._key(one)[1] for one in found if one.severity == "error"} - {0}

    def _message(self, slip: Slip, places: Sequence[_Place]) -> Diagnostic:
        start, end = quoted = places[0].quoted
        inside = [place.edit for place in places if place.quoted == quoted]
        shifted = [Edit(Span(edit.span.start - start, edit.span.end - start), edit.text) for edit in inside]
        said = self.source.text[start:end]
        spans = list(dict.fromkeys(place.quoted for place in places))
        edits = tuple(place.edit for place in places)
        return slip_of(self.source, spans, (said, edited(said, shifted)), (slip.says, slip.holds), edits)


def _key_of(match: re.Match[str]) -> str:
    """Return the setting that a line's first word may have been meant for; the word itself where none is
    near."""
    from difflib import get_close_matches

    word = match[0].strip().lower()
    near = (
        get_close_matches(word, (*CONVENTIONS, *FACTS), 1, 0.75) if len(word) > 3 and not is_key(word) else ()
    )
    return match[0].replace(match[0].strip(), near[0]) if near else match[0]


def _may_be_of_block(line: str) -> bool:
    words = line.split()
    if not words or words[0].lower() == "block" or is_key(words[0].lower()):
        return False
    return not any(_SIZE.fullmatch(word) for word in words[1:2])


def _quoted(line: str, start: int, match: re.Match[str]) -> Span:
    """Return the bracket that a slip stands in; without one, the slip itself."""
    opening, closing = line.rfind("[", 0, match.start()), line.find("]", match.end())
    if opening >= 0 and closing >= 0 and "]" not in line[opening : match.start()]:
        return Span(start + opening, start + closing + 1)
    key = match.end("key") if "key" in match.re.groupindex else match.start()
    return Span(start + key, start + match.end())


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Apply edits that do not overlap."""
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
