"""Plain tables -> LaTeX: a float each, with rules of booktabs, merged cells and a caption; settings and
blocks in comments."""

import re
from collections.abc import Sequence

from archdsl.format.latex_cells import broken, cell, header, height, sentence, split
from archdsl.format.piped import joined
from archdsl.format.table import PlainTable
from archdsl.table.head import WEIGHTED
from archdsl.table.roles import CLAIMS, ELIDED, role_of

# What of a package's is written -> the package.
_PACKAGES = {
    r"\begin{adjustbox}": "adjustbox",
    r"\text{": "amsmath",
    r"\checkmark": "amssymb",
    r"\toprule": "booktabs",
    r"\makecell": "makecell",
    r"\multirow": "multirow",
}
_UNNAMED = re.compile(r"table-\d+")
_DITTO = ("←", "<-", "〃", '"', "''", "same", "ditto")
_NARROW = 6  # characters to which a header is broken at most
_PAGE, _SMALL = 72, 90  # characters that fit into the text's width, in its own size and in a small one


def write_latex(tables: Sequence[PlainTable], standalone: bool = False) -> str:
    """Write the tables; `standalone` makes it a document, else the packages that they need are named in a
    comment."""
    labels = ["architecture" if _UNNAMED.fullmatch(table.name) else _slug(table.name) for table in tables]
    numbered = [
        f"{label}-{number}" if labels.count(label) > 1 else label for number, label in enumerate(labels, 1)
    ]
    body = "\n".join(map(_float, tables, numbered))
    needed = [f"\\usepackage{{{package}}}" for macro, package in _PACKAGES.items() if macro in body]
    if standalone:
        head = [
            "\\documentclass{article}",
            "\\usepackage[margin=2cm]{geometry}",
            *needed,
            "\\begin{document}",
        ]
        return "\n".join([*head, body + "\\end{document}"]) + "\n"
    return "\n".join(["% Needs in the preamble:", *(f"%   {line}" for line in needed), body])


def _float(table: PlainTable, label: str) -> str:
    said = ["% archdsl:", *(f"% {line}" for line in table.lines if line)] if table.lines else []
    table = table if table.indices("size") else joined(table)
    widths = _widths(table)
    width = sum(widths)
    environment = "table*" if width > _SMALL else "table"
    size = ["  \\small"] if width > _PAGE else []
    opening, ending = (
        (["  \\begin{adjustbox}{max width=\\textwidth}"], ["  \\end{adjustbox}"])
        if width > _SMALL
        else ([], [])
    )
    caption = sentence(
        table.caption
        or table.title
        or f"The architecture of {'the network' if _UNNAMED.fullmatch(table.name) else table.name}."
    )
    columns = "".join("l" if column.role == "name" else "c" for column in table.columns)
    headers = " & ".join(
        header(column.header, most) for column, most in zip(table.columns, widths, strict=True)
    )
    lines = [
        *said,
        f"\\begin{{{environment}}}[t]",
        "  \\centering",
        *size,
        "  \\setlength{\\abovetopsep}{4pt}",
        f"  \\caption{{{caption}}}",
        f"  \\label{{tab:{label}}}",
        *opening,
        f"  \\begin{{tabular}}{{{columns}}}",
        *(f"    {line}" for line in ("\\toprule", f"{headers} \\\\", *_rows(table), "\\bottomrule")),
        "  \\end{tabular}",
        *ending,
        f"\\end{{{environment}}}",
    ]
    return "\n".join(lines) + "\n"


def _rows(table: PlainTable) -> list[str]:
    """Write the rows below the header: counts parted by a rule, brackets of several lines by some space."""
    written: list[str] = []
    kinds = [_counts(table, index) for index in range(len(table.rows))]
    tall = [any(height(entry.text) > 1 for entry in row if not entry.above) for row in table.rows]
    for index in range(len(table.rows)):
        if not index or kinds[index] != kinds[index - 1]:
            written += ["\\midrule"] if index or not kinds[index] else []
        elif tall[index] or tall[index - 1]:
            written.append("\\addlinespace")
        written.append(f"{_row(table, index)} \\\\")
    return written


def _counts(table: PlainTable, index: int) -> bool:
    """Recognise a row of counts of the networks."""
    names, row = table.indices("name"), table.rows[index]
    weighted = [WEIGHTED.fullmatch(row[column].text) is not None for column in table.indices("structure")]
    return (bool(names) and role_of(row[names[0]].text) in CLAIMS) or (bool(weighted) and all(weighted))


def _row(table: PlainTable, index: int) -> str:
    row = table.rows[index]
    networks = table.indices("structure")
    common = _common(table, index) if len(networks) > 1 else ""
    cells = []
    for column, entry in enumerate(row):
        if common and column in networks:
            cells += (
                [f"\\multicolumn{{{len(networks)}}}{{c}}{{{cell(common)}}}"] if column == networks[0] else []
            )
        elif entry.above:
            cells.append("")
        else:
            count = _stands_for(table, index, column)
            cells.append(
                f"\\multirow{{{count}}}{{*}}{_lower(table, index, count)}{{{cell(entry.text)}}}"
                if count > 1
                else cell(entry.text)
            )
    return re.sub(r" +(?=&)|(?<=&) +(?=&)", " ", " & ".join(cells)).strip()


def _stands_for(table: PlainTable, index: int, column: int) -> int:
    """Count the rows that a cell stands for."""
    stop = index + 1
    while stop < len(table.rows) and table.rows[stop][column].above:
        stop += 1
    return stop - index


def _lower(table: PlainTable, index: int, count: int) -> str:
    """Say how far a cell over several rows is to be lowered where those below the first take several
    lines."""
    rows = table.rows[index + 1 : index + count]
    more = sum(max(height(entry.text) for entry in row if not entry.above) - 1 for row in rows)
    return f"[-{more / 2:g}\\normalbaselineskip]" if more else ""


def _common(table: PlainTable, index: int) -> str:
    """Return what all networks have in a row, dittos resolved; nothing where they differ, or are merged with
    other rows."""
    networks = table.indices("structure")
    entries = [table.rows[index][column] for column in networks]
    adjacent = networks[-1] - networks[0] == len(networks) - 1
    merged = any(entry.above for entry in entries) or any(
        _stands_for(table, index, column) > 1 for column in networks
    )
    said = {entry.text for entry in entries[1:] if entry.text.lower() not in _DITTO} - {entries[0].text}
    whole = not ELIDED.fullmatch(entries[0].text)
    return entries[0].text if adjacent and whole and not merged and not said else ""


def _widths(table: PlainTable) -> list[int]:
    """Count the characters across each column: headers are broken where all columns together are wider than a
    page."""
    bodies = [max([0, *(_shown(entry.text) for entry in column)]) for column in zip(*table.rows, strict=True)]
    heads = [column.header for column in table.columns]
    whole = [max(body, _shown(head)) + 2 for body, head in zip(bodies, heads, strict=True)]
    if sum(whole) <= _PAGE:
        return whole
    return [
        max(body, *map(len, broken(head, max(body, _NARROW)))) + 2
        for body, head in zip(bodies, heads, strict=True)
    ]


def _shown(text: str) -> int:
    return max(len(part.strip("[] ")) for piece in split(text) for part in (piece.split(";") or [""]))


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "table"
