"""What is printed in a network's table and was taken by nobody -> what is told of it.

A number or a layer's word in a row of layers might have made another network: such a loss is an error. What
else is lost is told.
"""

from archdsl.diagnostics import Diagnostic
from archdsl.lang.vocabulary import layer_word
from archdsl.ledger.entries import entries
from archdsl.ledger.left import left
from archdsl.light import TYPE_CHECKING
from archdsl.problems import syntax

if TYPE_CHECKING:
    from archdsl.pipeline.networks import Printed


def untaken(printed: "Printed") -> list[Diagnostic]:
    """Return a diagnostic for the numbers and layers that nobody took, and one for other words."""
    source = printed.source
    spans = left(source, [printed.grid], entries(printed))
    rows = [row.span for row in printed.grid.rows]
    heavy = tuple(
        span
        for span in spans
        if _weighs(source.clean[span.start : span.end])
        and any(row.start <= span.start < row.end for row in rows)
    )
    light = tuple(span for span in spans if span not in heavy)
    return [
        *([syntax.not_taken(source, heavy)] if heavy else []),
        *([syntax.not_read(source, light)] if light else []),
    ]


def _weighs(text: str) -> bool:
    """Return whether a text could say something of a network."""
    return any(map(str.isdecimal, text)) or layer_word(text)
