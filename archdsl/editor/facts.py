"""What is known of rows, in words: for hints and hovers."""

from collections.abc import Sequence

from archdsl.editor.document import RowFacts
from archdsl.graph.graph import Shape
from archdsl.render.summary import amount, size


def shape_text(shape: Shape | None) -> str:
    """Write a shape as `16×16×64`."""
    return size(shape).replace("x", "×")


def listed(rows: Sequence[RowFacts]) -> str:
    """Write a line of Markdown about each network's part of a row."""
    return "\n\n".join(map(_line, rows))


def _line(row: RowFacts) -> str:
    lines = [f"**{row.network}** {row.name}".rstrip() + f": {_shapes(row)}{_counts(row)}"]
    lines += [f"- {fact.fact}, because {fact.because}" for fact in row.inferred]
    return "\n".join(lines)


def _shapes(row: RowFacts) -> str:
    if row.faulty or row.computed is None:
        return f"declared {shape_text(row.declared)}, with an error" if row.declared else "has an error"
    return shape_text(row.computed) + (f", declared {shape_text(row.declared)}" if row.declared else "")


def _counts(row: RowFacts) -> str:
    if row.faulty:
        return ""
    blocks = f", {row.blocks} block{'s' * (row.blocks != 1)}" if row.blocks else ""
    macs = f", {amount(row.macs)} MACs" if row.macs else ""
    return f"{blocks}, {row.params:,} parameters{macs}"


__all__ = ["amount", "listed", "shape_text"]
