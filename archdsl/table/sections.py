"""A table in sections that each print an input of their own -> a table for each: a generator and its
discriminator."""

import re

from archdsl.patterns import pattern
from archdsl.table.bands import filled
from archdsl.text.grid import Cell, Sheet

# `G(z) – 100 × 1 × 1 input`, `Discriminator, input: 32 × 32 × 3`, `Encoder (input 28 x 28 x 1)`
SECTION = pattern(
    r"\s*(.*?)\s*(?:[-–—:,(]\s*)*(?:input\s*:?\s*(\d+(?:\s*[x×]\s*\d+)+)|(\d+(?:\s*[x×]\s*\d+)+)\s*input)\s*\)?\s*",
    re.IGNORECASE,
)


def sections(sheet: Sheet, header: int) -> tuple[tuple[str, Sheet], ...]:
    """Return the sections of a sheet with their titles; the sheet itself where it has no two of them."""
    starts = [index for index, row in enumerate(sheet.rows) if index >= header and title_of(row)]
    if len(starts) < 2 or starts[0] > header:
        return (("", sheet),)
    ends = [*starts[1:], len(sheet.rows)]
    return tuple(
        (
            title_of(sheet.rows[start]) or "",
            sheet._replace(rows=(*sheet.rows[:header], *sheet.rows[start:end]), header=header),
        )
        for start, end in zip(starts, ends, strict=True)
    )


def title_of(row: tuple[Cell, ...]) -> str | None:
    """Return what a row calls a network, if it is one with a name and an input and nothing else."""
    cells = filled(row)
    match = SECTION.fullmatch(cells[0].text) if len(cells) == 1 else None
    return match[1] if match and match[1] else None
