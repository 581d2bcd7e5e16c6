"""The LALR tables of the grammar, as lark_tables.py makes them.

Loading Lark takes longer than a whole `archdsl check`, so the tables are plain Python data and parser.py runs
them. The text of the grammar is stored with them: stale tables are never used.
"""

from archdsl.light import Any, NamedTuple

STARTS = ("structure", "size", "expression")


class Rule(NamedTuple):
    """One production: what it makes, how many symbols it takes, which of them it keeps.

    `inline` productions (Lark's `?rule` with one child) give that child itself; `splice` ones (the helpers of
    `*`) are lists that dissolve into their parent.
    """

    name: str
    size: int
    keep: tuple[int, ...]
    inline: bool
    splice: bool
    origin: str


class Tables(NamedTuple):
    """`actions[state][symbol]` is a state to shift to (>= 0) or `-1 - rule` to reduce by."""

    grammar: str
    pattern: str
    ignore: tuple[str, ...]
    actions: tuple[dict[str, int], ...]
    rules: tuple[tuple[Any, ...], ...]
    starts: dict[str, int]
    ends: dict[str, int]
    code: tuple[Any, ...] = ()  # of the pattern
