"""Plain tables -> LaTeX: a float each, with rules of booktabs, merged cells and a caption; settings and blocks in comments."""

import re
from collections.abc import Sequence

from archdsl.format.latex_cells import cell, inline, split
from archdsl.format.piped import joined
from archdsl.format.table import PlainTable
from archdsl.readers.roles import CLAIMS, ELIDED, role_of

# What of a package's is written -> the package.
_PACKAGES = {
    r"\text{": "amsmath",
    r"\checkmark": "amssymb",
    r"\toprule": "booktabs",
    r"\resizebox": "graphicx",
    r"\makecell": "makecell",
    r"\multirow": "multirow",
}
_DITTO = ("←", "<-", "〃", '"', "''", "same", "ditto")
_PAGE, _SMALL = 72, 90  # characters that fit into the text's width, in its own size and in a small one


def write_latex(tables: Sequence[PlainTable], standalone: bool = False) -> str:
    """Write the tables; `standalone` makes it a document, else the packages that they need are named in a comment."""
    body = "\n".join(map(_float, tables))
    needed = [f"\\usepackage{{{package}}}" for macro, package in _PACKAGES.items() if macro in body]
    if standalone:
        head = ["\\documentclass{article}", "\\usepackage[margin=2cm]{geometry}", *needed, "\\begin{document}"]
        return "\n".join([*head, body + "\\end{document}"]) + "\n"
    return "\n".join(["% Needs in the preamble:", *(f"%   {line}" for line in needed), body])


def _float(table: PlainTable) -> str:
    said = ["% archdsl:", *(f"% {line}" for line in table.lines if line)] if table.lines else []
    table = table if table.indices("size") else joined(table)
    width = _width(table)
    environment = "table*" if width > _SMALL else "table"
    size = ["  \\small"] if _PAGE < width <= _SMALL else []
    opening, ending = ("  \\resizebox{\\textwidth}{!}{%\n", "}") if width > _SMALL else ("", "")
    caption = inline(table.caption or table.title or f"The architecture of {table.name}.")
    columns = "".join("l" if column.role == "name" else "c" for column in table.columns)
    headers = " & ".join(inline(column.header) for column in table.columns)
    body = [f"{headers} \\\\", "\\midrule", *_rows(table)]
    lines = [
        *said,
        f"\\begin{{{environment}}}[t]",
        "  \\centering",
        *size,
        f"  \\caption{{{caption}}}",
        f"  \\label{{tab:{_slug(table.name)}}}",
        f"{opening}  \\begin{{tabular}}{{{columns}}}",
        *(f"    {line}" for line in ("\\toprule", *body, "\\bottomrule")),
        f"  \\end{{tabular}}{ending}",
        f"\\end{{{environment}}}",
    ]
    return "\n".join(lines) + "\n"


def _rows(table: PlainTable) -> list[str]:
    written: list[str] = []
    tall = counted = False
    for index in range(len(table.rows)):
        line = _row(table, index)
        before, tall = tall, "\\begin{array}" in line or "\\makecell" in line
        counts = _counts(table, index)
        if counts and not counted and written:
            written.append("\\midrule")
        elif (before or tall) and written:
            written.append("\\addlinespace")
        counted = counts
        written.append(f"{line} \\\\")
    return written


def _counts(table: PlainTable, index: int) -> bool:
    """Tell a row of counts of the networks."""
    names = table.indices("name")
    return bool(names) and role_of(table.rows[index][names[0]].text) in CLAIMS


def _row(table: PlainTable, index: int) -> str:
    row = table.rows[index]
    networks = table.indices("structure")
    common = _common(table, index) if len(networks) > 1 else ""
    cells = []
    for column, entry in enumerate(row):
        if common and column in networks:
            cells += [f"\\multicolumn{{{len(networks)}}}{{c}}{{{cell(common)}}}"] if column == networks[0] else []
        elif entry.above:
            cells.append("")
        else:
            count = _stands_for(table, index, column)
            cells.append(f"\\multirow{{{count}}}{{*}}{{{cell(entry.text)}}}" if count > 1 else cell(entry.text))
    return re.sub(r" +(?=&)|(?<=&) +(?=&)", " ", " & ".join(cells)).strip()


def _stands_for(table: PlainTable, index: int, column: int) -> int:
    """Count the rows that a cell stands for."""
    stop = index + 1
    while stop < len(table.rows) and table.rows[stop][column].above:
        stop += 1
    return stop - index


def _common(table: PlainTable, index: int) -> str:
    """Give what all networks have in a row, dittos resolved; nothing where they differ, or are merged with other rows."""
    networks = table.indices("structure")
    entries = [table.rows[index][column] for column in networks]
    adjacent = networks[-1] - networks[0] == len(networks) - 1
    merged = any(entry.above for entry in entries) or any(_stands_for(table, index, column) > 1 for column in networks)
    said = {entry.text for entry in entries[1:] if entry.text.lower() not in _DITTO} - {entries[0].text}
    whole = not ELIDED.fullmatch(entries[0].text)
    return entries[0].text if adjacent and whole and not merged and not said else ""


def _width(table: PlainTable) -> int:
    rows = [[column.header for column in table.columns], *([entry.text for entry in row] for row in table.rows)]
    return sum(max(map(_shown, column)) + 2 for column in zip(*rows, strict=True))


def _shown(text: str) -> int:
    return max(len(part.strip("[] ")) for piece in split(text) for part in (piece.split(";") or [""]))


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "table"
