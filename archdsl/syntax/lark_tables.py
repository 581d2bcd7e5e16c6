"""Grammar -> LALR tables, by Lark, when the package is built or installed, or in memory where that did not
happen."""

from archdsl.light import Any
from archdsl.patterns import code_of
from archdsl.syntax.tables import STARTS, Rule, Tables


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
        {
            str(symbol): index[arg] if action is Shift else -1 - number[arg]
            for symbol, (action, arg) in sorted(table.states[state].items())
        }
        for state in states
    )
    order = sorted(
        lark.terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name)
    )
    pattern = "|".join(f"(?P<{terminal.name}>{terminal.pattern.to_regexp()})" for terminal in order)
    return Tables(
        grammar,
        pattern,
        tuple(map(str, lark.ignore_tokens)),
        actions,
        tuple(tuple(_rule(rule)) for rule in rules),
        {start: index[state] for start, state in table.start_states.items()},
        {start: index[state] for start, state in table.end_states.items()},
        code_of(pattern),
    )


def _in_order(table: Any, shift: object) -> list[Any]:
    """Number the states by how they are reached: Lark's own order differs from run to run, and a build should
    not."""
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
    return f"{header}\n\nTABLES: tuple = (  # type: ignore[type-arg]\n{fields}\n)\n"
