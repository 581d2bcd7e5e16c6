"""Tokens with the document's own macros expanded, and the arguments of macros taken from them."""

import re
from collections.abc import Callable, Iterator

from archdsl.diagnostics import Diagnostic
from archdsl.forms.latex.tokens import Token, tokenize
from archdsl.light import Final, NamedTuple
from archdsl.patterns import pattern
from archdsl.problems import readers
from archdsl.source import Source, Span
from archdsl.text.chars import Text

MAX_EXPANDED: Final = 200_000
MAX_ARGUMENT: Final = 20_000
MAX_FAILURES: Final = 20
_ROW_SPACE = pattern(r"\s*\*?\s*(?:\[\s*[-+]?\s*[\d.]*\s*(?:pt|em|ex|mm|cm|in|bp|sp|\\[A-Za-z]+)\s*\])?")
_POSITION = pattern(r"\[\s*[tbclr]?\s*\]")

_DELIMITERS = {**{name: name for name in "{}"}, "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]"}
_DELIMITERS |= {"lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉"}


class Macro(NamedTuple):
    """A definition: for each parameter its value if it may be left out, else None; and its text."""

    parameters: tuple[list[Token] | None, ...]
    body: list[Token]


class Macros:
    """The macros that a document has defined so far, and what reading them has cost: a document has one
    budget."""

    def __init__(self) -> None:
        self.known: dict[str, Macro] = {}
        self.expanded = 0
        self.failures = 0


class Stream:
    """Reads tokens one by one; `macros` may grow while it reads."""

    def __init__(
        self,
        source: Source,
        text: Text,
        start: int,
        stop: int,
        macros: Macros,
        report: Callable[[Diagnostic], None],
        comments: bool = True,
    ) -> None:
        self.source = source
        self.text = text
        self.macros = macros
        self.report = report
        self.at = start
        self._stop = stop
        self._comments = comments
        self._lexer = tokenize(text, start, stop, comments)
        self._pending: list[Token] = []
        self._closing = Token("]", start)  # what closed the last argument

    def __iter__(self) -> Iterator[Token]:
        while token := self.next():
            yield token

    def next(self) -> Token | None:
        """Return the next token that is no macro of the document's own."""
        while token := self.raw():
            macro = self.macros.known.get(token.name) if token.text[0] == "\\" else None
            if macro is None:
                return token
            self._expand(token, macro)
        return None

    def raw(self) -> Token | None:
        """Return the next token, unexpanded."""
        if self._pending:
            return self._pending.pop()
        token = next(self._lexer, None)
        if token:
            self.at = token.at + len(token.text)
        return token

    def back(self, *tokens: Token) -> None:
        """Put tokens back, to be read again in this order."""
        self._pending.extend(reversed(tokens))

    def place(self, token: Token) -> int:
        """Return the place in the source that a token stands for."""
        return token.call if token.call >= 0 else self.text.places[token.at]

    def span(self, token: Token) -> Span:
        """Return the token's place in the source, of the call where it came from a macro."""
        place = self.place(token)
        return Span(place, place + (len(token.text) if token.call < 0 else 1))

    def skip_blanks(self) -> None:
        """Pass over white space."""
        while (token := self.raw()) and token.text.isspace():
            pass
        if token:
            self.back(token)

    def argument(self, limit: int = MAX_ARGUMENT) -> list[Token] | None:
        """Take an argument: a group in braces, a macro or a single character; None, and nothing taken, where
        there is none."""
        self.skip_blanks()
        token = self.raw()
        if token is None:
            return None
        if token.text == "{":
            return self._balanced(token, "{", "}", limit)
        if token.text in ("}", "&", "[", "]") or token.name == "\\":
            self.back(token)
            return None
        if token.text[0] != "\\" and len(token.text) > 1:
            self.back(Token(token.text[1:], token.at + (token.call < 0), token.call))
            return [token._replace(text=token.text[0])]
        return [token]

    def optional(self) -> list[Token] | None:
        """Take an argument in square brackets, if one is next."""
        token = self.raw()
        if token and token.text == "[":
            return self._balanced(token, "[", "]", 200)
        if token:
            self.back(token)
        return None

    def follows(self, text: str) -> bool:
        """Return whether a token is the next one."""
        token = self.raw()
        if token:
            self.back(token)
        return token is not None and token.text == text

    def position(self) -> None:
        """Pass over how the rows of an environment stand: a letter in brackets."""
        self._optional_if(_POSITION)

    def delimiter(self) -> str:
        """Take the delimiter after `\\left` or `\\right`: a character, of whatever name."""
        self.skip_blanks()
        token = self.raw()
        if token is None:
            return ""
        if token.text[0] == "\\":
            return _DELIMITERS.get(token.name, "")
        if len(token.text) > 1:
            self.back(Token(token.text[1:], token.at + (token.call < 0), token.call))
        return token.text[0]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take what matches a pattern in the file itself; what came from a macro stays."""
        match = None if self._pending else pattern.match(self.text.chars, self.at, self._stop)
        if match is None or not match[0].strip():
            return None
        self.at = match.end()
        self._lexer = tokenize(self.text, self.at, self._stop, self._comments)
        return match

    def skip_space(self) -> None:
        """Pass over what may follow `\\\\` or a rule: a star and an extra space in brackets."""
        self.take(_ROW_SPACE)
        if self._pending:
            self._optional_if(_ROW_SPACE)

    def _optional_if(self, pattern: re.Pattern[str]) -> None:
        """Pass over an argument in square brackets if it matches a pattern, brackets and all; else it is
        text."""
        opening = self.raw()
        if opening:
            self.back(opening)
        taken = self.optional()
        if opening and taken and not pattern.fullmatch(f"[{plain(taken)}]"):
            self.back(opening, *taken, self._closing)

    def _balanced(self, opening: Token, left: str, right: str, limit: int) -> list[Token] | None:
        if self.macros.failures >= MAX_FAILURES:
            self.back(opening)
            return None
        tokens: list[Token] = []
        depth = braces = 0
        while len(tokens) < limit and (token := self.raw()):
            if token.text == right and depth == 0 and braces <= 0:
                self._closing = token
                return tokens
            depth += (token.text == left) - (token.text == right)
            braces += 0 if left == "{" else (token.text == "{") - (token.text == "}")
            tokens.append(token)
        self.macros.failures += 1
        self.back(opening, *tokens)
        return None

    def _expand(self, call: Token, macro: Macro) -> None:
        place = self.place(call)
        arguments: list[list[Token]] = []
        for default in macro.parameters:
            given = self.optional() if default is not None else self.argument()
            if given is None and default is None:
                self.report(readers.missing_argument(self.source, self.span(call), call.name))
            arguments.append(given if given is not None else default or [])
        expanded: list[Token] = []
        for token in macro.body:
            if token.text[0] == "#" and len(token.text) == 2:
                expanded.extend(
                    arguments[int(token.text[1]) - 1] if 0 < int(token.text[1]) <= len(arguments) else []
                )
            else:
                expanded.append(token._replace(call=place))
        self.macros.expanded += 1 + len(expanded)
        if self.macros.expanded > MAX_EXPANDED:
            self.report(readers.runaway_macro(self.source, Span(place, place + 1), call.name, MAX_EXPANDED))
            self.macros.known.clear()
            self._pending = [token for token in self._pending if token.call < 0]
        else:
            self.back(*expanded)


def plain(tokens: list[Token]) -> str:
    """Return the text of an argument that is a number or a name."""
    return "".join(token.text for token in tokens).strip()
