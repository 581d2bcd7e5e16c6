"""Plain tables -> Markdown: a pipe table each, its settings and blocks in a comment before it."""

import re
from collections.abc import Sequence

from archdsl.format.piped import joined, pipes, texts
from archdsl.format.table import PlainTable

_STARS = re.compile(r"(?<!\\)\*")


def write_markdown(tables: Sequence[PlainTable]) -> str:
    """Write a document of these tables."""
    return "\n".join(
        _table(table, number if len(tables) > 1 else 0) for number, table in enumerate(tables, 1)
    )


def _table(table: PlainTable, number: int) -> str:
    said = ["<!-- archdsl:", *table.lines, "-->", ""] if table.lines else []
    caption = (
        f"Table {number or 1}: {table.caption}"
        if table.caption
        else f"Table {number}: {table.name}"
        if number
        else ""
    )
    titled = [_cell(caption), ""] if caption else []
    table = table if table.indices("size") else joined(table)
    rows = [[column.header for column in table.columns], *texts(table)]
    return "\n".join([*said, *titled, *pipes([[_cell(cell) for cell in row] for row in rows])]) + "\n"


def _cell(text: str) -> str:
    """Escape what Markdown would take for a mark of its own."""
    text = text.replace("|", "\\|")
    return _STARS.sub(r"\\*", text) if text.count("*") > 1 else text
