"""Grammar -> LALR tables. Lark computes them, when the package is built or installed, or in memory where that did not happen.

Loading Lark takes longer than a whole `archdsl check`, so the tables are plain Python data and parser.py runs them.
The checksum of the grammar is stored with them: stale tables are never used.
"""

import zlib
from typing import Any, NamedTuple

STARTS = ("structure", "size", "expression")


class Rule(NamedTuple):
    """One production: what it makes, how many symbols it takes, which of them it keeps.

    `inline` productions (Lark's `?rule` with one child) give that child itself; `splice` ones (the helpers of `*`)
    are lists that dissolve into their parent.
    """

    name: str
    size: int
    keep: tuple[int, ...]
    inline: bool
    splice: bool
    origin: str


class Tables(NamedTuple):
    """`actions[state][symbol]` is a state to shift to (>= 0) or `-1 - rule` to reduce by."""

    checksum: int
    pattern: str
    ignore: tuple[str, ...]
    actions: tuple[dict[str, int], ...]
    rules: tuple[tuple[Any, ...], ...]
    starts: dict[str, int]
    ends: dict[str, int]


def checksum(grammar: str) -> int:
    """Give the fingerprint that ties tables to their grammar."""
    return zlib.crc32(grammar.encode())


def compile_tables(grammar: str) -> Tables:
    """Let Lark analyse the grammar and take its tables over as plain data."""
    from lark import Lark
    from lark.parsers.lalr_analysis import Shift

    lark = Lark(grammar, parser="lalr", lexer="basic", start=list(STARTS), maybe_placeholders=False)
    table = lark.parser.parser._parse_table
    rules = sorted(lark.rules, key=str)  # the helpers of `*` come in no fixed order
    number = {rule: i for i, rule in enumerate(rules)}
    states = _in_order(table, Shift)
    index = {state: i for i, state in enumerate(states)}
    actions = tuple(
        {str(symbol): index[arg] if action is Shift else -1 - number[arg] for symbol, (action, arg) in sorted(table.states[state].items())}
        for state in states
    )
    order = sorted(lark.terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
    return Tables(
        checksum(grammar),
        "|".join(f"(?P<{terminal.name}>{terminal.pattern.to_regexp()})" for terminal in order),
        tuple(map(str, lark.ignore_tokens)),
        actions,
        tuple(tuple(_rule(rule)) for rule in rules),
        {start: index[state] for start, state in table.start_states.items()},
        {start: index[state] for start, state in table.end_states.items()},
    )


def _in_order(table: Any, shift: object) -> list[Any]:
    """Number the states by how they are reached: Lark's own order differs from run to run, and a build should not."""
    states = [state for _, state in sorted(table.start_states.items())]
    for state in states:
        reached = [arg for _, (action, arg) in sorted(table.states[state].items()) if action is shift]
        states.extend(target for target in dict.fromkeys(reached) if target not in states)
    return states


def _rule(rule: object) -> Rule:
    origin = str(rule.origin.name)  # type: ignore[attr-defined]
    expansion = rule.expansion  # type: ignore[attr-defined]
    keep = tuple(i for i, symbol in enumerate(expansion) if not (symbol.is_term and symbol.filter_out))
    alias = rule.alias  # type: ignore[attr-defined]
    inline = rule.options.expand1 and alias is None  # type: ignore[attr-defined]
    return Rule(str(alias or origin), len(expansion), keep, inline, origin.startswith("_"), origin)


def module_text(tables: Tables) -> str:
    """Write tables as a Python module, which is what a wheel carries."""
    fields = "\n".join(f"    {value!r}," for value in tables)
    header = '"""Generated from grammar.lark by Lark; never edited, never committed."""'
    return f"{header}\n\nfrom typing import Any\n\nTABLES: tuple[Any, ...] = (\n{fields}\n)\n"
