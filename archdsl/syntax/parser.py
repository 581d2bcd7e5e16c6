"""Text of a cell -> values: a driver for the LALR tables that Lark computed."""

from collections.abc import Callable

from archdsl.light import Any, NamedTuple
from archdsl.patterns import from_code
from archdsl.source import Span
from archdsl.syntax.tables import Rule, Tables
from archdsl.text.grid import Cell

Actions = dict[str, Callable[[list[Any], Span], Any]]


class Token(NamedTuple):
    """A terminal of the grammar, as it stands in the source."""

    kind: str
    text: str
    span: Span


class ParseError(Exception):
    """The text does not follow the grammar; says where, and which terminals could have stood there."""

    def __init__(self, token: Token, expected: frozenset[str]) -> None:
        super().__init__(token.text)
        self.token = token
        self.expected = expected


class Parser:
    """Runs one grammar's tables; `actions` turn each production into a value."""

    def __init__(self, tables: Tables) -> None:
        self._actions = tables.actions
        self._rules = [Rule(*rule) for rule in tables.rules]
        self._starts = tables.starts
        self._ends = tables.ends
        self._ignore = tables.ignore
        self._match = from_code(tables.pattern, tables.code).match

    def tokens(self, cell: Cell) -> list[Token]:
        """Split the text of a cell; raise ParseError at a character of no terminal."""
        found, at, text = [], 0, cell.text
        offset = None if cell.offsets else cell.start
        while at < len(text):
            match = self._match(text, at)
            if match is None:
                raise ParseError(Token("", text[at], cell.place(at, at + 1)), frozenset())
            kind = str(match.lastgroup)
            if kind not in self._ignore:
                stop = match.end()
                place = cell.place(at, stop) if offset is None else Span(offset + at, offset + stop)
                found.append(Token(kind, match.group(), place))
            at = match.end()
        return found

    def passed(self, cell: Cell) -> list[Span]:
        """Return the words that the lexer passes over (the `nn.` before a class), of a text that it can
        read."""
        found, at = [], 0
        while match := self._match(cell.text, at):
            at = match.end()
            if match.lastgroup in self._ignore and match.group().strip():
                found.append(cell.place(match.start(), at))
        return found

    def parse(
        self, start: str, cell: Cell, actions: Actions, arrange: Callable[[list[Token]], list[Token]] = list
    ) -> Any:
        """Parse a cell by the start rule of its role; raise ParseError where it does not fit.

        `arrange` gives the tokens another order or kinds before the grammar sees them.
        """
        states: list[int] = [self._starts[start]]
        values: list[Any] = []
        spans: list[Span] = []
        length = len(cell.text.rstrip())
        end = cell.place(length, length).start
        for token in [*arrange(self.tokens(cell)), Token("$END", "", Span(end, end))]:
            while (action := self._actions[states[-1]].get(token.kind)) is not None and action < 0:
                self._reduce(self._rules[-1 - action], states, values, spans, token.span, actions)
                if token.kind == "$END" and states[-1] == self._ends[start]:
                    return values[0]
            if action is None:
                raise ParseError(
                    token, frozenset(k for k in self._actions[states[-1]] if k.isupper() or k == "$END")
                )
            states.append(action)
            values.append(token)
            spans.append(token.span)
        raise ParseError(Token("$END", "", Span(end, end)), frozenset())

    def _reduce(
        self,
        rule: Rule,
        states: list[int],
        values: list[Any],
        spans: list[Span],
        ahead: Span,
        actions: Actions,
    ) -> None:
        name, size, keep, inline, splice, origin = rule
        if size == 1 and inline and keep and not splice and type(values[-1]) is not list:
            states[-1] = self._actions[states[-2]][origin]  # the value is that of its only part
            return
        first = len(values) - size
        children: list[Any] = []
        for i in keep:
            value = values[first + i]
            children.extend(value) if type(value) is list else children.append(value)
        if size:
            start = spans[first].start
            span = Span(start, max(start, spans[-1].end))
        else:
            span = Span(ahead.start, ahead.start)
        if splice:
            value = children
        elif inline and len(children) == 1:
            value = children[0]
        else:
            value = actions[name](children, span)
        del states[first + 1 :], values[first:], spans[first:]
        states.append(self._actions[states[-1]][origin])
        values.append(value)
        spans.append(span)


def load_tables(grammar: str) -> Tables:
    """Return the tables of a grammar: those made at installation if they are its own, else fresh ones."""
    try:
        from archdsl.syntax import _tables

        tables = Tables(*_tables.TABLES)
        if tables.grammar == grammar:
            return tables
    except ImportError:
        pass
    from archdsl.syntax.lark_tables import compile_tables

    return compile_tables(grammar)
