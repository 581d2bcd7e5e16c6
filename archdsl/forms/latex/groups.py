"""The text of a cell under construction, and what is open in it: braces, `\\left`, environments."""

from archdsl.forms.latex.stream import Stream
from archdsl.forms.latex.tokens import Token
from archdsl.light import Final, NamedTuple
from archdsl.patterns import pattern
from archdsl.problems import readers
from archdsl.text.chars import Writer

MAX_DEPTH: Final = 1000
_SIMPLE = pattern(r"[\w.]*|[-+]?\d+|[†‡*§¶,]+|×\s*\w+")


class Group(NamedTuple):
    """Something open: braces, a `\\left` or an environment; `mark` is where its text begins."""

    # "{", "unknown" (that of a macro which is not known), "merged" (the text of `\multirow`), "^", "/" (a
    # fraction's upper part), "left", "env", or "matrix": one with its own brackets.
    kind: str
    mark: int
    token: Token
    name: str = ""

    @property
    def inner(self) -> bool:
        """Return whether `&` and `\\\\` in it part its own rows and not the table's."""
        return self.kind in ("left", "env", "matrix")


class Groups:
    """Writes text, and closes what was opened in it."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
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

    def _put(self, chars: str, token: Token) -> None:
        self.writer.put(chars, self.stream.place(token))

    def _open(self, kind: str, token: Token, name: str = "") -> None:
        if len(self.groups) >= MAX_DEPTH:
            if not self.too_deep:
                self.stream.report(
                    readers.nested_groups(self.stream.source, self.stream.span(token), MAX_DEPTH)
                )
            self.too_deep = True
            return
        if (
            kind == "{"
            and self.writer.chars
            and self.writer.chars[-1].isalnum()
            and self.stream.text.chars[token.at - 1] == "}"
        ):
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
        elif group.kind == "unknown" and self.stream.follows("{"):
            self.stream.report(
                readers.unknown_macro(self.stream.source, self.stream.span(group.token), group.token.name)
            )

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

    def _pop(self, closing: str) -> Group:
        """Close the innermost group; one that is closed by another's end lacks its own."""
        group = self.groups.pop()
        self._count(group, -1)
        span = self.stream.span(group.token)
        if group.name and group.name != closing:
            self.stream.report(readers.unclosed_table(self.stream.source, span, f"\\end{{{group.name}}}"))
        elif not group.name and group.kind != closing:
            self.stream.report(
                readers.unbalanced_brace(self.stream.source, span, "\\left" if group.kind == "left" else "{")
            )
        return group

    def merged_rows(self) -> int:
        """Return over how many rows the cell is merged: none where there is text beside that of
        `\\multirow`."""
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
