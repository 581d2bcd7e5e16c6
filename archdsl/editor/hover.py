"""Hover: what the word at a place was taken for and what it means, and what is known of its row."""

from typing import NamedTuple

from archdsl.editor.document import Document
from archdsl.editor.facts import listed
from archdsl.editor.lines import before, key_at, word_at
from archdsl.explaining.blocks import page
from archdsl.explaining.texts import explain, op_text
from archdsl.ledger.entries import Entry
from archdsl.ops import OPS
from archdsl.resolve.conventions import CONVENTIONS, FACTS
from archdsl.source import Span
from archdsl.syntax import library
from archdsl.syntax.names import Blocks

_MOST_LINES = 40
# What an entry was taken for, where its own words explain nothing.
ROLES = {
    "name": "the row's name",
    "output": "the declared size of the row's output",
    "input": "the size of the input",
    "header": "the header of a column",
    "kernel": "the window",
    "channels": "channels or units",
    "repeat": "the repeat",
    "filler": "a word without a meaning of its own",
}


class Hover(NamedTuple):
    """A text in Markdown about a place."""

    span: Span
    text: str


def hover(document: Document, offset: int) -> Hover | None:
    """Say what there is to say about a place; None where that is nothing."""
    entry = entry_at(document, offset)
    line = document.source.position(offset)[0] - 1
    rows = document.by_line.get(line, ())
    span = entry.span if entry else word_at(document, offset)
    page = _page(document, entry) if entry else _of_word(document, offset)
    parts = [_taken(document, entry) if entry else "", listed(rows), _shown(page)]
    text = "\n\n---\n\n".join(part for part in parts if part)
    return Hover(span, text) if text else None


def _of_word(document: Document, offset: int) -> str | None:
    """Return the page of a word that was taken for nothing, of a setting or in a row with an error."""
    key, word = key_at(document, offset), document.text(word_at(document, offset))
    in_a_row = document.is_spec and not before(document, offset).comment
    return explain(key or word) if key or (word and in_a_row) else None


def entry_at(document: Document, offset: int) -> Entry | None:
    """Return the shortest place around an offset that was taken for something."""
    around = [
        entry
        for entry in document.entries
        if entry.span.start <= offset <= entry.span.end and entry.what != "told"
    ]
    found = min(around, key=lambda entry: entry.span.end - entry.span.start, default=None)
    return None if found and "\n" in document.text(found.span) else found  # the definition of a block


def _taken(document: Document, entry: Entry) -> str:
    role = ROLES.get(entry.what, entry.what)
    text = " ".join(document.text(entry.span).split())
    return f"`{text}`: {role}" if role != text.lower() else ""


def _page(document: Document, entry: Entry) -> str | None:
    """Return the page of what a place was taken for: of a setting, a style, a block, a layer, or what an
    option says."""
    word = document.text(entry.span).strip()
    if entry.what == "block":
        return _of_block(document, word)
    if entry.row < 0 and entry.what in (*CONVENTIONS, *FACTS):
        return explain(word if entry.what == "style" and word != "style" else entry.what)
    if entry.what in ROLES:
        return None
    op = OPS.get(entry.what.replace(" ", "_"))
    docs = [] if op else [param.doc for op in OPS.values() for param in op.params if param.name == entry.what]
    return docs[0] if docs else op_text(op) if op else explain(entry.what)


def _of_block(document: Document, word: str) -> str | None:
    blocks = (Blocks(one.settings.blocks.own, library.find) for one in document.compilation.compiled)
    words = word.partition("(")[0].split()
    found = next((known for one in blocks if (known := one.longest(words))), None)
    return page(found[1]) if found else None


def _shown(page: str | None) -> str:
    """Show a page as it is in a terminal, up to so many lines."""
    if not page:
        return ""
    lines = page.strip().split("\n")
    more = [f"… {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []
    return "\n".join(["```text", *lines[:_MOST_LINES], *more, "```"])
