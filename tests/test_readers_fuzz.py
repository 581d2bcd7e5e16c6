"""Readers of the physical forms on any text: no exception, places inside the text, bounded time and memory."""

import time
from pathlib import Path

import pytest
from form_writer import FORMS, Cell, Table, dense, flat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archdsl.diagnostics import Reporter
from archdsl.forms.forms import READERS, read_sheets
from archdsl.forms.merged_cells import MAX_CELLS
from archdsl.source import Source
from archdsl.text.grid import Sheet

FILES = Path(__file__).parent / "forms"
SEEDS = {path.name: path.read_text(encoding="utf-8") for path in sorted(FILES.iterdir())}
FORM_OF = {
    "latex": "tex",
    "html": "html",
    "markdown": "md",
    "grid": "rst",
    "delimited": "csv",
    "aligned": "txt",
}
LIMIT = 20_000
BITS = [
    *[
        r"\begin{tabular}{ccc}",
        r"\end{tabular}",
        r"\multirow{2}{*}{",
        r"\multicolumn{2}{c}{",
        r"\\",
        r"\\[2pt]",
        r"&",
        r"{",
        r"}",
        r"$",
        r"\left[",
        r"\right]",
        r"\begin{array}{c}",
        r"\end{array}",
    ],
    *[
        r"\newcommand{\a}[1]{#1\a}",
        r"\a{",
        r"\def\b#1{#1#1}",
        r"\b",
        r"\hline",
        r"\midrule",
        r"\caption{",
        r"%",
        r"#",
        r"^{",
        r"_",
        r"~",
        r"\times",
        r"\frac{",
        r"\cite{",
        r"\begin{table}",
        r"\end{table}",
    ],
    *[
        r"\NewDocumentCommand\c{O{1}m}{#2#1}",
        r"\c[",
        r"\let\a\b",
        r"\iffalse",
        r"\ifx",
        r"\else",
        r"\fi",
        r"\newif\ifd",
        r"\dtrue",
        r"\ifd",
        r"\begin{comment}",
        r"\end{comment}",
        r"\end{document}",
        r"\verb|",
        r"\SetCell[r=2,c=2]{c}",
        r"\Block{2-2}{",
        r"\texorpdfstring{",
        r"\unknown{",
        r"\endfoot",
        r"\endhead",
        r"\input{",
    ],
    *[
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "<td rowspan=2>",
        "<td colspan=3>",
        "<th>",
        "</td>",
        "<math>",
        "</math>",
        "<annotation>",
        "</annotation>",
        "<msup>",
        "<!--",
        "-->",
    ],
    *[
        "&times;",
        "&#215;",
        "&amp",
        "&#99999999;",
        "<br>",
        "<sup>",
        "<script>",
        "+---+---+",
        "+===+",
        "====",
        "----",
        "┌───┬──┐",
        "│",
        "└──┴──┘",
        "⎡",
        "⎤",
        "⎣",
        "⎦",
        "[",
        "]",
        "(",
        ")",
        ";",
        ",",
        "×",
        "x",
    ],
    *[
        "3x3",
        "64",
        "[3×3, 64",
        "×2",
        "■(",
        "@",
        "&X&",
        "643×3,",
        '"',
        '""',
        "33××33,,",
        "²",
        "✓",
        "†",
        "*",
        "**",
        "`",
        "```",
        "#",
        "## ",
        "Table 2:",
        "[rowspan=2]",
        "$$",
        "\\[",
        "\\]",
    ],
    *(
        "|",
        "|---|---|",
        "|---+---|",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\t",
        "\r\n",
        "\xa0",
        "\x00",
        "\ue000",
        "\ufeff",
    ),
]
TEXTS = st.lists(st.sampled_from(BITS) | st.text(max_size=4), max_size=60).map(" ".join) | st.lists(
    st.sampled_from(BITS), max_size=80
).map("".join)


def check(path: str, text: str, form: str | None = None) -> tuple[Sheet, ...]:
    """Read a text, by the form that it has or by any; see that the result is well formed."""
    source = Source(path, text)
    reporter = Reporter()
    sheets = READERS[form](source, reporter, LIMIT) if form else read_sheets(source, reporter, LIMIT) or ()
    size = len(source.text)
    assert len({sheet.name for sheet in sheets}) == len(sheets)
    for sheet in sheets:
        assert 0 <= sheet.span.start <= sheet.span.end <= size
        assert 0 <= sheet.header <= len(sheet.rows)
        assert len({len(row) for row in sheet.rows}) <= 1
        for row in sheet.rows:
            for cell in row:
                assert cell.text == cell.text.strip() and "\n" not in cell.text
                assert cell.rows >= 1 and cell.columns >= 1
                assert not cell.offsets or len(cell.offsets) == len(cell.text) + 1
                assert all(
                    0 <= place <= size for place in cell.offsets or (cell.start, cell.start + len(cell.text))
                )
    for problem in [*reporter.diagnostics, *(problem for sheet in sheets for problem in sheet.problems)]:
        assert problem.labels and all(
            0 <= label.span.start <= label.span.end <= size for label in problem.labels
        ), problem
        assert all(
            0 <= edit.span.start <= edit.span.end <= size for fix in problem.fixes for edit in fix.edits
        )
    return sheets


QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("form", FORM_OF)
@QUICK
@given(text=TEXTS)
def test_any_text(form: str, text: str) -> None:
    check(f"t.{FORM_OF[form]}", text, form)
    check(f"t.{FORM_OF[form]}", text)


@pytest.mark.parametrize("name", SEEDS)
@QUICK
@given(data=st.data())
def test_mutations_of_documents(name: str, data: st.DataObject) -> None:
    text = SEEDS[name]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(st.sampled_from(["", *BITS]) | st.text(max_size=3)) + text[stop:]
    check(name, text)


FOUND = {
    "a rule above all rows": ("t.org", "|--+--|\n|a|b|\n|c|d|\n"),
    "a border without columns": ("t.txt", "+--+\n|\n+\n|\n+\n"),
    "more pieces than columns": ("t.txt", "a  b  c\n1  2  3  4\n[  5  6  7\n8  9  ]  x\n"),
    "a backslash at the end": ("t.md", "|a|\n|-|\n|$b\\|\n"),
}


@pytest.mark.parametrize("case", FOUND)
def test_found_by_fuzzing(case: str) -> None:
    path, text = FOUND[case]
    for form in FORM_OF:
        check(path, text, form)
    check(path, text)


WORDS = st.sampled_from(
    [
        "conv",
        "7×7, 64",
        "32^2×3",
        "1.8×10^9",
        "k",
        "50%",
        "a_b",
        "C#",
        "R&D",
        "3×3 max pool, stride 2",
        "×8",
        "x < y",
    ]
)
BLOCKS = st.lists(st.sampled_from(["3×3, 64", "1×1, 8", "5×5, 16×k"]), min_size=1, max_size=3).map(
    lambda rows: f"[{'; '.join(rows)}]×2"
)
CELLS = WORDS | BLOCKS | st.sampled_from(["", "-"])


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table with a header of words, names in its first column and some merged cells."""
    width = draw(st.integers(2, 5))
    rows: list[list[Cell]] = [[f"head {number}" for number in range(width)]]
    for number in range(draw(st.integers(2, 5))):
        row: list[Cell] = [f"conv{number}"]
        while (left := width - sum(1 if isinstance(cell, str) else cell[1] for cell in row)) > 0:
            columns = draw(st.integers(1, left))
            row.append(draw(CELLS) if columns == 1 else (draw(WORDS), columns))
        rows.append(row)
    return rows


@pytest.mark.parametrize("name", FORMS)
@QUICK
@given(table=tables())
def test_what_is_written_is_read(name: str, table: Table) -> None:
    (sheet,) = check(name.replace(".box", ".txt").replace(".org", ".txt"), FORMS[name](table))
    assert [[dense(cell.text) for cell in row] for row in sheet.rows] == [
        [dense(text) for text in flat(row)] for row in table
    ]
    assert sheet.problems == ()


N = 100_000
HUGE = {
    "a million cells": (
        "t.tex",
        "\\begin{tabular}{"
        + "c" * 10
        + "}"
        + ("a & b & c & d & e & f & g & h & i & j \\\\\n" * N)
        + "\\end{tabular}",
    ),
    "a million cells of HTML": (
        "t.html",
        "<table>" + ("<tr>" + "<td>a</td>" * 10 + "</tr>") * N + "</table>",
    ),
    "a million cells of Markdown": (
        "t.md",
        "|a|b|c|d|e|f|g|h|i|j|\n" + "|-" * 10 + "|\n" + "|a|b|c|d|e|f|g|h|i|j|\n" * N,
    ),
    "a million cells of CSV": ("t.csv", "a,b,c,d,e,f,g,h,i,j\n" * N),
    "a long drawn table": ("t.rst", "+--+--+\n| a| b|\n" * N + "+--+--+\n"),
    "a long aligned table": ("t.txt", "name   size   layers\n" + "a      8x8    3x3, 8\n" * N),
    "a long simple table": ("t.rst", "=== ===\na   b\n=== ===\n" + "1   2\n" * N + "=== ===\n"),
    "a wide row": ("t.html", "<table><tr>" + "<td>" * N + "</table>"),
    "wide and long": ("t.html", "<table><tr>" + "<td colspan=1000>" * 9 + "<tr><td>" * 20_000 + "</table>"),
    "huge spans": ("t.html", "<table>" + '<tr><td rowspan="65534" colspan="1000">a' * 3000 + "</table>"),
    "huge multicolumns": (
        "t.tex",
        "\\begin{tabular}{c}"
        + "\\multicolumn{1000}{c}{\\multirow{-9999}{*}{a}} \\\\" * 5000
        + "\\end{tabular}",
    ),
    "nested braces": ("t.tex", "\\begin{tabular}{c}" + "{" * N + "a" + "}" * N + "\\\\ \\end{tabular}"),
    "nested left": (
        "t.tex",
        "\\begin{tabular}{c}" + "\\left[" * N + "a" + "\\right]" * N + "\\\\ \\end{tabular}",
    ),
    "braces in Markdown": ("t.md", "|a|\n|-|\n|" + "\\x{" * N + "|\n"),
    "unclosed braces": ("t.tex", "\\newcommand{\\b}[9]{#1}\\begin{tabular}{c}" + "\\b{ a \\\\" * N),
    "a macro bomb": (
        "t.tex",
        "\\newcommand{\\a}{xxxxxxxxxx}"
        + "".join(
            f"\\newcommand{{\\{new}}}{{{old * 10}}}"
            for new, old in zip("bcdefgh", ["\\a", "\\b", "\\c", "\\d", "\\e", "\\f", "\\g"], strict=True)
        )
        + "\\begin{tabular}{c} \\h \\\\ \\end{tabular}" * 100,
    ),
    "a macro that is itself": ("t.tex", "\\def\\a{\\a}\\begin{tabular}{c} \\a & \\a \\\\ \\end{tabular}"),
    "an entity flood": ("t.html", "<table><tr><td>" + "&amp;&lt;&#215;" * N + "</table>"),
    "ampersands": ("t.html", "<table><tr><td>" + "&" * N + ";</table>"),
    "open tags": ("t.html", "<table>" + "<td " * N),
    "open quotes": ("t.html", "<table><tr>" + "<td a='" * N),
    "open comments": ("t.html", "<table><tr><td>" + "<!-- <script> <math>" * N),
    "nested tables": ("t.html", "<table><tr><td>" * N),
    "nested elements": ("t.html", "<table><tr><td>" + "<math><msup>" * N + "<mi>x</mi>"),
    "CSV quotes": ("t.csv", 'a,"b' * N),
    "doubled CSV quotes": ("t.csv", 'a,"x' + ',""' * N),
    "commas": ("t.md", "|a|\n|-|\n|" + "," * N + "|\n|" + ", " * N + ";|\n"),
    "blanks": ("t.md", "|a|\n|-|\n|é" + " " * N + "x;" + " " * N + "|\n"),
    "brackets": ("t.md", "|a|\n|-|\n|" + "[" * N + "|\n|" + "[1×1, 64]3×3, 64" * 20_000 + "|\n"),
    "kernels": ("t.md", "|a|\n|-|\n|[" + "3×3, 64" * 20_000 + "]|\n|" + "3×3, 64 " * 20_000 + "×|\n"),
    "kernels of one cell": ("t.md", "|a|\n|-|\n|" + "3×3, 64 " * 120 + "×|\n"),
    "stars": ("t.md", "|a|\n|-|\n|" + "*a " * N + "|\n|" + "**" * N + "|\n"),
    "links": ("t.md", "|a|\n|-|\n|" + "[a](" * N + "|\n|" + "[a](#)" * N + "|\n"),
    "Word equations": ("t.md", "|a|\n|-|\n|" + "■(" * 20_000 + "|\n|" + "■(a)" * 20_000 + "|\n"),
    "headings": ("t.md", "# Table 2\n| a |\n|---|\n" * 20_000),
    "many small tables": (
        "t.tex",
        "\\begin{table}\\begin{tabular}{c}a\\end{tabular}\\caption{b}\\end{table}\n" * 20_000,
    ),
    "many small tables of HTML": ("t.html", "Table 2: a <table><tr><td>a</table>\n" * 20_000),
    "many fences": ("t.md", "```\n\\begin{tabular}{c} a \\end{tabular}\n```\n|a|\n|-|\n" * 10_000),
    "many open fences": ("t.md", "|a|\n|-|\n" + "\\begin{table}\n" * N),
    "many simple borders": ("t.rst", "=== ===\n=== ====\n" * 20_000),
    "plus signs": ("t.rst", "+--+\n|+--+-" + "+-" * 50_000 + "\n+--+\n"),
    "open brackets": ("t.txt", "name   size   layers\n" + "a   8x8   [3x3, 8\n" * 20_000),
    "many columns": ("t.txt", ("a   " * 199 + "\n" + "a   " * 200 + "\n") * 300),
    "branches": (
        "t.tex",
        "\\newif\\ifd"
        + "\\ifx\\iffalse" * N
        + "\\dtrue" * N
        + "\\else\\fi" * N
        + "\\begin{tabular}{c}a\\end{tabular}",
    ),
    "comments without end": ("t.tex", "\\begin{comment}" * N + "\\begin{tabular}{c}a\\end{tabular}"),
    "first of two": (
        "t.tex",
        "\\begin{tabular}{c}" + "\\texorpdfstring{" * N + "a" + "}{b}" * N + "\\end{tabular}",
    ),
    "unknown macros": (
        "t.tex",
        "\\begin{tabular}{c}" + "\\x{" * 900 + "a" + "}" * 900 + "\\y{a}{b}" * N + "\\end{tabular}",
    ),
    "a cell of commas": ("t.md", "|name|output size|18-layer|\n|-|-|-|\n|a|8x8|" + "1," * N + "|\n"),
    "definitions": ("t.tex", "\\newcommand{\\a}{b}" * N + "\\begin{tabular}{c}\\a\\end{tabular}"),
}


@pytest.mark.parametrize("case", HUGE)
def test_huge(case: str) -> None:
    path, text = HUGE[case]
    start = time.process_time()
    sheets = check(path, text)
    assert time.process_time() - start < 20
    assert sum(len(sheet.rows) * len(sheet.rows[0]) for sheet in sheets if sheet.rows) <= MAX_CELLS * 2
