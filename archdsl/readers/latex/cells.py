"""Tokens of LaTeX -> the text of cells; tells the table around it where a cell or a row ends."""

import re
from typing import Final, NamedTuple

from archdsl.problems import readers
from archdsl.readers.latex.stream import Stream, plain
from archdsl.readers.latex.symbols import ARRAYS, BRACKETED, FORMATTING, LENGTHS, ROW_ENDS, RULES, SKIPPED, SYMBOLS
from archdsl.readers.latex.tokens import Token
from archdsl.readers.normal import COLUMN
from archdsl.readers.text import Writer

MAX_DEPTH: Final = 1000
_LENGTH = re.compile(r"\s*[-+]?[\d.]*\s*(?:pt|em|ex|mm|cm|in|mu|\\[A-Za-z]+)")
_TRIM = re.compile(r"\s*(?:\[[^\]\n]{0,40}\])?\s*\([lr]*\)")
_SIMPLE = re.compile(r"[\w.]*|[-+]?\d+|[†‡*§¶,]+")


class Group(NamedTuple):
    """Something open: braces, a `\\left` or an environment; `mark` is where its text begins."""

    # "{", "merged" (the text of `\multirow`), "^", "/" (a fraction's upper part), "left", "env", or "matrix": one with its own brackets.
    kind: str
    mark: int
    token: Token
    name: str = ""

    @property
    def inner(self) -> bool:
        """Tell whether `&` and `\\\\` in it part its own rows and not the table's."""
        return self.kind in ("left", "env", "matrix")


class CellText:
    """Writes one cell after the other; `feed` gives the event that a token is for the table: `&`, `\\`, a rule, the end."""

    def __init__(self, stream: Stream, markdown: bool = False) -> None:
        self.stream = stream
        self.markdown = markdown
        self.too_deep = False
        self.new_cell()

    def new_cell(self) -> None:
        """Begin another cell."""
        self.writer = Writer()
        self.groups: list[Group] = []
        self.rows = self.columns = 1
        self._merged = (0, -1)  # where the text of `\multirow` begins and ends
        self._open_kinds: dict[str, int] = {}
        self._row_at = -1
        self._next_group = "{"

    def feed(self, token: Token) -> str:
        """Read a token; give the event, or the empty string."""
        text = token.text
        first = text[0]
        if first == "~" or text.isspace():
            self._put(" ", token)
            return ""
        kind, self._next_group = self._next_group, "{"
        if first == "\\":
            return self._macro(token)
        if first == "{":
            self._open(kind, token)
        elif first == "}":
            self._close_brace(token)
        elif first == "&":
            return self._ampersand(token)
        elif first == "^":
            self._power(token)
        elif first != "$":
            self._copy(token)
        return ""

    def _power(self, token: Token) -> None:
        after = self.stream.next()
        if after:
            self.stream.back(after)
        if after and after.text == "{":
            self._next_group = "^"
        else:
            self._put("^", token)

    def _put(self, chars: str, token: Token) -> None:
        self.writer.put(chars, self.stream.place(token))

    def _copy(self, token: Token) -> None:
        if token.call >= 0:
            self.writer.put(token.text, token.call)
        else:
            self.writer.copy(self.stream.text, token.at, token.at + len(token.text))

    def _open(self, kind: str, token: Token, name: str = "") -> None:
        if len(self.groups) >= MAX_DEPTH:
            self.too_deep = True
            self.stream.report(readers.nested_groups(self.stream.source, self.stream.span(token), MAX_DEPTH))
            return
        if kind == "{" and self.writer.chars and self.writer.chars[-1].isalnum() and self.stream.text.chars[token.at - 1] == "}":
            self._put(" ", token)
        group = Group(kind, len(self.writer), token, name)
        self.groups.append(group)
        self._count(group, 1)

    def _count(self, group: Group, change: int) -> None:
        for key in ("inner" * group.inner, group.kind, group.name):
            self._open_kinds[key] = self._open_kinds.get(key, 0) + change

    def _close_brace(self, token: Token) -> None:
        if not self.groups or self.groups[-1].inner:
            self.stream.report(readers.unbalanced_brace(self.stream.source, self.stream.span(token), "}"))
            return
        group = self.groups.pop()
        self._count(group, -1)
        if group.kind in ("^", "/"):
            self._raised(group, token)
        elif group.kind == "merged":
            self._merged = (group.mark, len(self.writer))

    def _raised(self, group: Group, token: Token) -> None:
        """Write an exponent, or the upper part of a fraction, in parentheses where it is more than a word."""
        chars, places = self.writer.chars[group.mark :], self.writer.places[group.mark :]
        content = "".join(chars).strip()
        self.writer.cut(group.mark)
        if not content:
            return
        simple = _SIMPLE.fullmatch(content) is not None
        start = self.stream.place(group.token)
        self.writer.put(("^" if group.kind == "^" else "") + ("" if simple else "("), start)
        self.writer.chars.extend(chars)
        self.writer.places.extend(places)
        self._put(("" if simple else ")") + ("/" if group.kind == "/" else ""), token)

    def _ampersand(self, token: Token) -> str:
        if self._open_kinds.get("inner"):
            self._put(COLUMN, token)
            return ""
        if self.groups:
            opened = self.groups[0].token
            self.stream.report(readers.unbalanced_brace(self.stream.source, self.stream.span(opened), "{"))
        return "&"

    def _macro(self, token: Token) -> str:  # noqa: C901, PLR0912 - one branch for each kind of macro
        name = token.name
        if name in ROW_ENDS:
            return self._row_end(token)
        if name in SYMBOLS:
            self._symbol(name, token)
        elif name in RULES:
            self._discard(RULES[name])
            return "" if self.groups else name
        elif name in SKIPPED:
            if name in ("cmidrule", "cline"):
                self.stream.skip(_TRIM)
            self._discard(SKIPPED[name])
        elif name == "begin":
            return self._begin(token)
        elif name == "end":
            return self._end(token)
        elif name in ("left", "right"):
            self._delimiter(name, token)
        elif name in ("multirow", "multicolumn"):
            self._merge(name, token)
        elif name in ("textsuperscript", "frac", "dfrac", "tfrac", "nicefrac", "sfrac"):
            self._next_group = "^" if name == "textsuperscript" else "/"
        elif name == "ding":
            self._put("yes" if plain(self.stream.argument() or []) in ("51", "52") else "no", token)
        elif name in LENGTHS:
            self.stream.skip(_LENGTH)
        elif name in ("[", "]"):
            self._put(name if self.markdown else "", token)
        elif name not in FORMATTING and not self.stream.define(name):
            self._unknown(name, token)
        return ""

    def _symbol(self, name: str, token: Token) -> None:
        symbol = SYMBOLS[name]
        # `×\times`: the character and its source side by side, as copied from a converted page.
        if symbol and token.call < 0 and token.at and self.stream.text.chars[token.at - 1] == symbol:
            return
        self._put(symbol, token)

    def _unknown(self, name: str, token: Token) -> None:
        after = self.stream.raw()
        if after:
            self.stream.back(after)
        if name[:1].isalpha() and not (after and after.text == "{"):
            self._put(f" {name} ", token)

    def _discard(self, count: int) -> None:
        self.stream.optional()
        for _ in range(count):
            self.stream.argument()
            self.stream.optional()

    def _row_end(self, token: Token) -> str:
        self.stream.skip_row_space()
        if not self.groups:
            return "\\"
        self._row_at = len(self.writer)
        self._put(";", token)
        return ""

    def _merge(self, name: str, token: Token) -> None:
        self.stream.optional()
        count = self.stream.argument(100)
        self.stream.optional()
        other = self.stream.argument(1000)
        self.stream.optional()
        number = plain(count or [])
        sign, digits = number[:1] == "-", number.lstrip("-")
        if count is None or other is None or not (digits.isascii() and digits.isdecimal()):
            self.stream.report(readers.missing_argument(self.stream.source, self.stream.span(token), name))
        elif self._open_kinds.get("inner"):
            pass  # of an array in the cell
        elif name == "multirow":
            self._next_group = "merged"
            self.rows = (-1 if sign else 1) * max(1, int(digits[:9]))
        else:
            self.columns = max(1, int(digits[:9]))

    def _begin(self, token: Token) -> str:
        name = plain(self.stream.argument(50) or [])
        if name not in ARRAYS:
            name = name.removesuffix("*")
        if name not in ARRAYS:
            if name == "minipage":
                self._discard(1)
            return ""
        self._discard(ARRAYS[name])
        own = name in BRACKETED and self.writer.last() != "["
        self._open("matrix" if own else "env", token, name)
        self._put("[" * own, token)
        return ""

    def _end(self, token: Token) -> str:
        name = plain(self.stream.argument(50) or [])
        if name not in ARRAYS:
            name = name.removesuffix("*")
        if not name or not self._open_kinds.get(name):
            return f"end {name}"
        while self.groups:
            group = self._pop(name)
            if group.name == name:
                self._put("]" * (group.kind == "matrix"), token)
                break
        return ""

    def _pop(self, closing: str) -> Group:
        """Close the innermost group; one that is closed by another's end lacks its own."""
        group = self.groups.pop()
        self._count(group, -1)
        span = self.stream.span(group.token)
        if group.name and group.name != closing:
            self.stream.report(readers.unclosed_table(self.stream.source, span, f"\\end{{{group.name}}}"))
        elif not group.name and group.kind != closing:
            self.stream.report(readers.unbalanced_brace(self.stream.source, span, "\\left" if group.kind == "left" else "{"))
        return group

    def merged_rows(self) -> int:
        """Give over how many rows the cell is merged: none where there is text beside that of `\\multirow`."""
        start, stop = self._merged
        beside = stop >= 0 and "".join((*self.writer.chars[:start], *self.writer.chars[stop:])).strip()
        return 1 if beside else self.rows

    def close(self) -> None:
        """Report what is still open where the cell ends."""
        while self.groups:
            self._pop("")

    def _delimiter(self, name: str, token: Token) -> None:
        sign = self.stream.delimiter()
        place = self.stream.place(token)
        if name == "left":
            self._open("left", token)
            self.writer.chars.append(sign if sign in tuple("[({⌊⌈") else "")
            self.writer.places.append(place)
            return
        if not self._open_kinds.get("left"):
            self._put(sign, token)
            return
        while (group := self._pop("left")).kind != "left":
            pass
        if self._row_at > group.mark:  # whatever its shape, a delimiter around rows is a block's bracket
            self.writer.chars[group.mark], sign = "[", "]"
        self._put(sign if sign in tuple("])}⌋⌉") else "", token)
