"""Writes one logical table in every physical form, for the readers to read it back.

A table is rows of cells, a cell its text as readers give it (`;` between the rows of a bracket) or a pair of a text and the number of
columns over which it is merged. Forms without merged cells repeat the text.
"""

import re
from collections.abc import Callable, Sequence

Cell = str | tuple[str, int]
Row = Sequence[Cell]
Table = Sequence[Row]

_BRACKET = re.compile(r"\[([^\[\]]*)\]")


def split(cell: Cell) -> tuple[str, int]:
    """Return a cell's text and how many columns it covers."""
    return (cell, 1) if isinstance(cell, str) else cell


def flat(row: Row) -> list[str]:
    """Return the texts of a row, a merged cell's for each column."""
    return [text for text, columns in map(split, row) for _ in range(columns)]


def dense(text: str) -> str:
    """Leave out what forms may differ in: blanks around signs, `x` for the multiplication sign."""
    return re.sub(r"\s*([×,;\[\]])\s*", r"\1", re.sub(r"(?<=\d)\s*x\s*(?=\d)", "×", text))


def latex(table: Table) -> str:
    """Write a tabular."""

    def bracket(match: re.Match[str]) -> str:
        rows = r" \\[-1pt] ".join(rf"\text{{{row.strip()}}}" for row in match[1].split(";"))
        return rf"$\left[\begin{{array}}{{c}}{rows}\end{{array}}\right]$"

    def text(raw: str) -> str:
        raw = re.sub(r"([#%&_])", r"\\\1", raw)
        raw = _BRACKET.sub(bracket, raw).replace("×", r"$\times$")
        raw = re.sub(r"(\w+)\^(\w+)", r"$\1^{\2}$", raw)
        return rf"\makecell{{{raw.replace(';', chr(92) * 2)}}}" if ";" in raw else raw

    def cell(raw: Cell) -> str:
        content, columns = split(raw)
        return text(content) if columns == 1 else rf"\multicolumn{{{columns}}}{{c}}{{{text(content)}}}"

    lines = [" & ".join(map(cell, row)) + r" \\" for row in table]
    columns = "c" * len(flat(table[0]))
    return "\n".join(
        [
            rf"\begin{{tabular}}{{{columns}}} \toprule",
            lines[0],
            r"\midrule",
            *lines[1:],
            r"\bottomrule \end{tabular}",
            "",
        ]
    )


def html(table: Table) -> str:
    """Write an HTML table."""

    def text(raw: str) -> str:
        raw = raw.replace("&", "&amp;").replace("<", "&lt;").replace(";", "<br>").replace("×", "&times;")
        return re.sub(r"\^(\w+)", r"<sup>\1</sup>", raw)

    def cell(raw: Cell, tag: str) -> str:
        content, columns = split(raw)
        return (
            f'<{tag} colspan="{columns}">{text(content)}</{tag}>'
            if columns > 1
            else f"<{tag}>{text(content)}</{tag}>"
        )

    rows = [
        "<tr>" + "".join(cell(one, "td" if number else "th") for one in row) + "</tr>"
        for number, row in enumerate(table)
    ]
    return "<table>\n" + "\n".join(rows) + "\n</table>\n"


def markdown(table: Table) -> str:
    """Write a pipe table."""
    lines = ["| " + " | ".join(flat(row)).replace(";", "<br>") + " |" for row in table]
    return "\n".join([lines[0], "|---" * len(flat(table[0])) + "|", *lines[1:], ""])


def org(table: Table) -> str:
    """Write a table of Org."""
    lines = ["| " + " | ".join(flat(row)) + " |" for row in table]
    return "\n".join([lines[0], "|" + "+".join(["---"] * len(flat(table[0]))) + "|", *lines[1:], ""])


def delimited(table: Table, separator: str) -> str:
    """Write cells and separators, quoted where need be."""

    def quoted(text: str) -> str:
        return '"' + text.replace(";", "\n") + '"' if separator in text or ";" in text else text

    return "".join(separator.join(map(quoted, flat(row))) + "\n" for row in table)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split(";")]


def _widths(table: Table) -> list[int]:
    widths = [3] * len(flat(table[0]))
    for row in table:
        column = 0
        for text, columns in map(split, row):
            share = max(map(len, _lines(text))) // columns + 3
            widths[column : column + columns] = [
                max(width, share) for width in widths[column : column + columns]
            ]
            column += columns
    return widths


def grid(table: Table) -> str:
    """Write a grid table of reStructuredText."""
    widths = _widths(table)

    def rule(sign: str) -> str:
        return "+" + "+".join(sign * (width + 2) for width in widths) + "+\n"

    text = rule("-")
    for number, row in enumerate(table):
        cells = [(_lines(content), columns) for content, columns in map(split, row)]
        for index in range(max(len(lines) for lines, _ in cells)):
            column = 0
            for lines, columns in cells:
                width = sum(widths[column : column + columns]) + 3 * (columns - 1)
                text += "| " + (lines[index] if index < len(lines) else "").ljust(width) + " "
                column += columns
            text += "|\n"
        text += rule("-" if number else "=")
    return text


def box(table: Table) -> str:
    """Write a table with box-drawing characters."""
    return re.sub(
        r"^\+.*\+$",
        lambda match: match[0].replace("+", "┼").replace("-", "─").replace("=", "═"),
        grid(table),
        flags=re.MULTILINE,
    ).replace("|", "│")


def aligned(table: Table) -> str:
    """Write columns parted by blanks; a bracket goes over lines."""
    widths = _widths(table)
    text = ""
    for row in table:
        cells = [_lines(content) for content in flat(row)]
        for index in range(max(map(len, cells))):
            parts = [
                (lines[index] if index < len(lines) else "").ljust(width)
                for lines, width in zip(cells, widths, strict=True)
            ]
            text += "  ".join(parts).rstrip() + "\n"
    return text


FORMS: dict[str, Callable[[Table], str]] = {
    "t.tex": latex,
    "t.html": html,
    "t.md": markdown,
    "t.rst": grid,
    "t.box": box,
    "t.org": org,
    "t.tsv": lambda table: delimited(table, "\t"),
    "t.csv": lambda table: delimited(table, ","),
}
