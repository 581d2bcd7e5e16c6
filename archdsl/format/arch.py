"""A plain table -> a native spec: settings and blocks as lines, and the table in pipes."""

import re

from archdsl.format.piped import joined, pipes, texts
from archdsl.format.table import Column, Entry, PlainTable
from archdsl.lang.headers import LEXICON
from archdsl.pipeline import native_reader
from archdsl.source import Source
from archdsl.table.roles import CLAIMS, holds_layers, plain_columns, role_of

_HASH = re.compile(r"(?:^|(?<=\s))#\s*(?=[^\d\s])")
_HASHED = re.compile(r"#[A-Za-z]\w*(?=\s|$)")


def write_native(table: PlainTable) -> str:
    """Write a spec of one table."""
    said = list(table.lines)
    if plain_columns([column.header for column in table.columns]) is not None:
        table, counts = _without_counts(joined(table))
        said += counts
    elif not table.indices("size"):
        table = joined(table)
    rows = [
        list(map(_header, table.columns)),
        *([_HASH.sub("", cell) for cell in row] for row in texts(table)),
    ]
    body = pipes(rows)
    if not _recognised(body):
        said.append(
            f"columns  {', '.join(LEXICON[word][0] if word in LEXICON else '' for word in table.words)}"
        )
    return "\n".join([*said, *([""] if said else []), *body]) + "\n"


def _without_counts(table: PlainTable) -> tuple[PlainTable, list[str]]:
    """Take out the rows that print counts of the network: where all rows are stages, settings say them."""
    names, structure = table.indices("name"), table.indices("structure")[0]
    kept: list[tuple[Entry, ...]] = []
    said = []
    for row in table.rows:
        role = role_of(row[names[0]].text) if names else None
        if role in CLAIMS and not holds_layers([row[structure].text]):
            said.append(f"{role}  {row[structure].text}")
        else:
            kept.append(row)
    return table._replace(rows=tuple(kept)), said


def _header(column: Column) -> str:
    """Write a header so that no `#` in it begins a comment."""
    text = re.sub(r"#\s+", "#", column.header)
    marked = _HASHED.match(text)
    return text if marked and role_of(marked[0]) else _HASH.sub("", text)


def _recognised(body: list[str]) -> bool:
    """Return whether a table's header is told to be one without the setting `columns`."""
    reader = native_reader(Source("", "\n".join(body)))
    reader.read("", len(body))
    return bool(reader.headers)
