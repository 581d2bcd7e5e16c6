"""A table of results as data, and its spelling in Markdown, LaTeX and plain text (HTML: `markup.py`)."""

import unicodedata
from typing import NamedTuple

MISSING = "–"


class Table(NamedTuple):
    """Cells of text below headers; the first `names` columns are words, the others numbers. `best` are cells
    to stress."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: int = 1
    best: frozenset[tuple[int, int]] = frozenset()


def share(value: float | None, digits: int = 3) -> str:
    """Write a number of 0..1; a dash where it is undefined."""
    return MISSING if value is None else f"{value:.{digits}f}"


def one_line(text: str) -> str:
    """Bring a name to one line without control characters, so that no name breaks a table."""
    return " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in text).split())


def markdown_text(text: str) -> str:
    """Escape what Markdown and the HTML inside it would read as marks."""
    escaped = "".join(f"\\{char}" if char in "\\`*_[]|~#" else char for char in one_line(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def markdown(table: Table) -> str:
    """Write a table in GitHub's Markdown."""
    marks = ["---" if column < table.names else "---:" for column in range(len(table.headers))]
    rows = [
        [_stressed(table, row, column, "**") for column in range(len(cells))]
        for row, cells in enumerate(table.rows)
    ]
    lines = [[markdown_text(header) for header in table.headers], marks, *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _stressed(table: Table, row: int, column: int, mark: str) -> str:
    text = markdown_text(table.rows[row][column])
    return f"{mark}{text}{mark}" if (row, column) in table.best else text


def latex_text(text: str) -> str:
    """Escape what TeX would read as commands."""
    from archdsl.format.latex_cells import escaped

    return escaped(one_line(text)).replace(MISSING, "--")


def latex(table: Table, label: str) -> str:
    """Write a table as a float with the rules of the package booktabs."""
    columns = "".join("l" if column < table.names else "r" for column in range(len(table.headers)))
    rows = [
        [_bold(table, row, column) for column in range(len(cells))] for row, cells in enumerate(table.rows)
    ]
    head, *body = [" & ".join(cells) + r" \\" for cells in ([latex_text(h) for h in table.headers], *rows)]
    lines = [
        r"\begin{table}[t]",
        r"  \centering",
        rf"  \caption{{{latex_text(table.caption)}}}",
        rf"  \label{{{label}}}",
    ]
    lines += [rf"  \begin{{tabular}}{{{columns}}}", r"    \toprule", f"    {head}", r"    \midrule"]
    lines += [*(f"    {line}" for line in body), r"    \bottomrule", r"  \end{tabular}", r"\end{table}"]
    return "% Needs in the preamble: \\usepackage{booktabs}\n" + "\n".join(lines) + "\n"


def _bold(table: Table, row: int, column: int) -> str:
    text = latex_text(table.rows[row][column])
    return rf"\textbf{{{text}}}" if (row, column) in table.best else text


def text(table: Table) -> str:
    """Write a table for a terminal."""
    cells = [[one_line(cell) for cell in row] for row in (table.headers, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    aligned = [
        "  ".join(
            f"{cell:{'<' if at < table.names else '>'}{width}}"
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
    return "\n".join(line.rstrip() for line in aligned)
