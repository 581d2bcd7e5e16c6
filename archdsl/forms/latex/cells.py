"""Tokens of LaTeX -> the text of cells; tells the table around it where a cell or a row ends."""

from collections.abc import Callable
from unicodedata import normalize

from archdsl.forms.latex.definitions import DEFINING, define
from archdsl.forms.latex.groups import Groups
from archdsl.forms.latex.stream import Stream, plain
from archdsl.forms.latex.symbols import (
    ACCENTS,
    ARRAYS,
    BRACKETED,
    ENVIRONMENTS,
    FORMATTING,
    LENGTHS,
    ROW_ENDS,
    RULES,
    SKIPPED,
    STRETCHED,
    SYMBOLS,
)
from archdsl.forms.latex.tokens import Token
from archdsl.light import Final
from archdsl.patterns import pattern
from archdsl.problems import readers
from archdsl.text.normal import COLUMN

_LENGTH = pattern(r"\s*[-+]?[\d.]*\s*(?:pt|em|ex|mm|cm|in|mu|\\[A-Za-z]+)")
_TRIM = pattern(r"\s*(?:\[[^\]\n]{0,40}\])?\s*\([lr]*\)")
_VERBATIM = pattern(r"\*?([^A-Za-z\s*])([^\n]{0,500}?)\1")
_BLOCK = pattern(r"\s*(\d{1,9})\s*-\s*(\d{1,9})\s*")
_OVER = pattern(r"\b([rc])\s*=\s*(\d{1,9})")


class CellText(Groups):
    """Writes one cell after the other; `feed` gives the event that a token is for the table: `&`, `\\`, a
    rule, the end."""

    def __init__(self, stream: Stream, markdown: bool = False) -> None:
        super().__init__(stream)
        self.markdown = markdown

    def new_cell(self) -> None:
        """Begin another cell."""
        super().new_cell()
        self.written_out = False  # the places beside a merged cell have cells of their own, empty
        self._next_group: tuple[str, Token | None] = ("{", None)

    def feed(self, token: Token) -> str:
        """Read a token; give the event, or the empty string."""
        text = token.text
        first = text[0]
        if first == "~" or text.isspace():
            self._put(" ", token)
            return ""
        (kind, macro), self._next_group = self._next_group, ("{", None)
        if first == "\\":
            return self._macro(token)
        if first == "{":
            self._open(kind, macro or token)
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
        if self.stream.follows("{"):
            self._next_group = ("^", None)
        else:
            self._put("^", token)

    def _copy(self, token: Token) -> None:
        if token.call >= 0:
            self.writer.put(token.text, token.call)
        else:
            self.writer.copy(self.stream.text, token.at, token.at + len(token.text))

    def _ampersand(self, token: Token) -> str:
        if self._open_kinds.get("inner"):
            self._put(COLUMN, token)
            return ""
        if self.groups:
            opened = self.groups[0].token
            self.stream.report(readers.unbalanced_brace(self.stream.source, self.stream.span(opened), "{"))
        return "&"

    def _macro(self, token: Token) -> str:
        name = token.name
        if name in _EVENTS:
            return _EVENTS[name](self, token)
        if name in SYMBOLS:
            self._symbol(name, token)
        elif name in SKIPPED:
            self._skip(name)
        elif name in _OWN:
            _OWN[name](self, name, token)
        elif name in DEFINING:
            define(self.stream, name)
        elif name in ACCENTS:
            self._accent(ACCENTS[name], token)
        elif name not in FORMATTING:
            self._unknown(name, token)
        return ""

    def _symbol(self, name: str, token: Token) -> None:
        symbol = SYMBOLS[name]
        # `×\times`: the character and its source side by side, as copied from a converted page.
        if symbol and token.call < 0 and token.at and self.stream.text.chars[token.at - 1] == symbol:
            return
        self._put(symbol, token)

    def _unknown(self, name: str, token: Token) -> None:
        """Keep the words of a macro that is not known: its name, or what it is applied to."""
        if self.stream.follows("{"):
            self._next_group = ("unknown", token)
        elif name[:1].isalpha():
            self._put(f" {name} ", token)

    def _rule(self, token: Token) -> str:
        name = token.name
        for _ in range(RULES[name]):
            self.stream.argument()
        if name.endswith("rule"):
            self.stream.skip_space()
        return "" if self.groups else name

    def _skip(self, name: str) -> None:
        if name in ("cmidrule", "cline"):
            self.stream.take(_TRIM)
        self._discard(SKIPPED[name])
        if name in STRETCHED:
            self.stream.optional()
            self.stream.optional()

    def _discard(self, count: int) -> None:
        """Pass over arguments, the optional ones before them too; what follows the last one is text."""
        self.stream.optional()
        for number in range(count):
            if number:
                self.stream.optional()
            self.stream.argument()

    def _accent(self, accent: str, token: Token) -> None:
        letter = self.stream.argument(10) or []
        if len(letter) == 1 and letter[0].text.isalpha() and len(letter[0].text) == 1:
            self._put(normalize("NFC", letter[0].text + accent), token)
        else:
            self.stream.back(*letter)

    def _row_end(self, token: Token) -> str:
        self.stream.skip_space()
        if not self.groups:
            return "\\"
        self._row_at = len(self.writer)
        self._put(";", token)
        return ""

    def _merge(self, name: str, token: Token) -> None:
        self.stream.optional()
        count = self.stream.argument(100)
        self.stream.optional()
        other = self.stream.argument(1000) if name in ("multirow", "multicolumn") else count
        self.stream.optional()
        number = plain(count or [])
        sign, digits = number[:1] == "-", number.lstrip("-")
        if count is None or other is None or not (digits.isascii() and digits.isdecimal()):
            self.stream.report(readers.missing_argument(self.stream.source, self.stream.span(token), name))
        elif self._open_kinds.get("inner"):
            pass  # of an array in the cell
        elif name == "multicolumn":
            self.columns = max(1, int(digits[:9]))
        else:
            self._next_group = ("merged", None)
            self.rows = (-1 if sign else 1) * max(1, int(digits[:9]))

    def _set_cell(self, _name: str, _token: Token) -> None:
        """Read how a cell of tabularray is merged; what it covers is written out."""
        over = dict(_OVER.findall(plain(self.stream.optional() or [])))
        self.stream.argument()
        self.rows, self.columns, self.written_out = int(over.get("r", 1)), int(over.get("c", 1)), True

    def _block(self, name: str, token: Token) -> None:
        """Read how a cell of nicematrix is merged."""
        self.stream.optional()
        over = _BLOCK.fullmatch(plain(self.stream.argument(100) or []))
        if over is None:
            self.stream.report(readers.missing_argument(self.stream.source, self.stream.span(token), name))
        else:
            self.rows, self.columns, self.written_out = int(over[1]), int(over[2]), True

    def _raise(self, name: str, _token: Token) -> None:
        self._next_group = ("^" if name == "textsuperscript" else "/", None)

    def _mark(self, _name: str, token: Token) -> None:
        self._put("yes" if plain(self.stream.argument() or []) in ("51", "52") else "no", token)

    def _length(self, _name: str, _token: Token) -> None:
        self.stream.take(_LENGTH)

    def _math(self, name: str, token: Token) -> None:
        self._put(name if self.markdown else "", token)

    def _verbatim(self, _name: str, _token: Token) -> None:
        match = self.stream.take(_VERBATIM)
        if match:
            self.writer.copy(self.stream.text, *match.span(2))

    def _first(self, _name: str, token: Token) -> None:
        """Keep the first of two arguments."""
        kept, _ = self.stream.argument(500), self.stream.argument(500)
        if kept:
            self.stream.back(token._replace(text="{"), *kept, token._replace(text="}"))

    def _elsewhere(self, name: str, token: Token) -> None:
        file = plain(self.stream.argument(200) or [])
        self.stream.report(
            readers.other_file(self.stream.source, self.stream.span(token), f"\\{name}{{{file}}}")
        )

    def _begin(self, token: Token) -> str:
        name = _environment(plain(self.stream.argument(50) or []))
        if name not in ARRAYS:
            self._discard(ENVIRONMENTS.get(name, 0)) if name in ENVIRONMENTS else None
            return ""
        if ARRAYS[name]:
            self._discard(ARRAYS[name])
        else:
            self.stream.position()
        own = name in BRACKETED and self.writer.last() != "["
        self._open("matrix" if own else "env", token, name)
        self._put("[" * own, token)
        return ""

    def _end(self, token: Token) -> str:
        name = _environment(plain(self.stream.argument(50) or []))
        if not name or not self._open_kinds.get(name):
            return f"end {name}"
        while self.groups:
            group = self._pop(name)
            if group.name == name:
                self._put("]" * (group.kind == "matrix"), token)
                break
        return ""


def _environment(name: str) -> str:
    return name if name in ARRAYS else name.removesuffix("*")


# What the macros do that the table around the cell may hear of.
_EVENTS: Final[dict[str, Callable[[CellText, Token], str]]] = {
    **dict.fromkeys(RULES, CellText._rule),
    **dict.fromkeys(ROW_ENDS, CellText._row_end),
    "begin": CellText._begin,
    "end": CellText._end,
}
# What the macros do that are no symbol, no rule and not skipped.
_OWN: Final[dict[str, Callable[[CellText, str, Token], None]]] = {
    **dict.fromkeys(("left", "right"), CellText._delimiter),
    **dict.fromkeys(("multirow", "multicolumn", "multirowcell", "multirowthead"), CellText._merge),
    **dict.fromkeys(("textsuperscript", "frac", "dfrac", "tfrac", "nicefrac", "sfrac"), CellText._raise),
    **dict.fromkeys(LENGTHS, CellText._length),
    **dict.fromkeys("[]", CellText._math),
    **dict.fromkeys(("texorpdfstring", "diagbox", "backslashbox"), CellText._first),
    **dict.fromkeys(("input", "include", "subfile", "InputIfFileExists"), CellText._elsewhere),
    "Block": CellText._block,
    "SetCell": CellText._set_cell,
    "ding": CellText._mark,
    "verb": CellText._verbatim,
}
