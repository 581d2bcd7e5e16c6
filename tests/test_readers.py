"""Readers of the physical forms: the same table in every form gives the same cells, and every character knows its place."""

import html
import re
from pathlib import Path

import pytest
from form_writer import FORMS, Table, aligned, dense, flat

from archdsl.diagnostics import Diagnostic, Reporter
from archdsl.forms.forms import form_of, read_sheets
from archdsl.forms.inline import COMMON, decoded
from archdsl.forms.inline import cell as read_cell
from archdsl.forms.trust import examine_cell
from archdsl.problems import readers, summaries
from archdsl.source import Source
from archdsl.text.chars import whole
from archdsl.text.grid import Cell, Sheet

FILES = Path(__file__).parent / "forms"
PAGES = Path(readers.__file__).parent / "pages"
LIMIT = 20_000


def sheets(path: str, text: str) -> tuple[Sheet, ...]:
    """Read a text that has one of the forms, and nothing to complain about outside its tables."""
    reporter = Reporter()
    found = read_sheets(Source(path, text), reporter, LIMIT)
    assert found is not None and reporter.diagnostics == []
    return found


def rows(sheet: Sheet) -> list[list[str]]:
    """Return the texts of a table."""
    return [[cell.text for cell in row] for row in sheet.rows]


def only(path: str, text: str) -> Sheet:
    """Read the only table of a text."""
    (sheet,) = sheets(path, text)
    return sheet


def codes(sheet: Sheet) -> list[str]:
    """List the codes of a table's problems."""
    return [problem.code for problem in sheet.problems]


def latex(body: str, columns: str = "ccc") -> Sheet:
    """Read a tabular with this body."""
    return only("t.tex", f"\\begin{{tabular}}{{{columns}}}\n{body}\n\\end{{tabular}}\n")


def mended(source: Source, problem: Diagnostic) -> str:
    """Apply the only fix of a problem."""
    (fix,) = problem.fixes
    text = source.text
    for edit in sorted(fix.edits, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


RESIDUAL = [
    ["stage name", "output size", "Small", "Large"],
    ["stem", "48×48", "5×5,16,stride 2", "5×5,16,stride 2"],
    ["part1_x", "24^2", "2×2 max pool,stride 2", "2×2 max pool,stride 2"],
    ["part1_x", "24^2", "[3×3,16;3×3,16]×2", "[1×1,24;3×3,24]×3"],
    ["", "1×1", "average pool,7-d fc,softmax", "average pool,7-d fc,softmax"],
    ["FLOPs", "FLOPs", "1.2×10^6", "-"],
]
# What a form without merged cells leaves empty.
FLAT = [*RESIDUAL[:3], ["", "", *RESIDUAL[3][2:]], RESIDUAL[4], ["FLOPs", "", *RESIDUAL[5][2:]]]
RESIDUAL_FORMS = {
    "residual.tex": ("latex", RESIDUAL, 1),
    "residual.html": ("html", RESIDUAL, 1),
    "residual.mineru.md": ("markdown", RESIDUAL, 0),
    "residual.rst": ("grid", RESIDUAL, 1),
    "residual.box.txt": ("grid", RESIDUAL, 0),
    "residual.simple.rst": ("grid", [*FLAT[:5], RESIDUAL[5]], 1),
    "residual.org": ("grid", FLAT, 1),
    "residual.md": ("markdown", FLAT, 1),
    "residual.tsv": ("delimited", FLAT, 0),
    "residual.csv": ("delimited", FLAT, 0),
    "residual.txt": ("aligned", FLAT, 1),
    "residual.py.txt": ("aligned", FLAT, 0),
}


PLAIN: Table = [
    ["A", "B", "C"],
    [("input (32×32 RGB image)", 3)],
    ["conv3-8", "conv3-8; LRN", "conv3-8; conv3-8"],
    [("maxpool", 3)],
    ["conv3-16; conv3-16", "conv3-16; conv1-16", "conv3-16; conv3-16; conv3-16"],
    [("maxpool", 3)],
    [("FC-64", 3)],
    [("soft-max", 3)],
]
INVERTED: Table = [
    ["Input", "Operator", "t", "c", "n", "s"],
    ["64^2×3", "conv2d", "-", "8", "1", "2"],
    ["32^2×8", "bottleneck", "6", "16", "2", "1"],
    ["32^2×16", "conv2d 1×1", "-", "k", "1", "1"],
    ["32×32×k", "avgpool 32×32", "-", "-", "1", "-"],
]
BRACKETS: Table = [
    ["layer", "size", "18-layer", "50-layer"],
    ["conv1", "112×112", ("7×7, 64, stride 2", 2)],
    ["conv2_x", "56×56", "[3×3, 64; 3×3, 64]×2", "[1×1, 64; 3×3, 64; 1×1, 256]×3"],
    [("FLOPs", 2), "1.8×10^9", "3.8×10^9"],
]


class TestWritten:
    """Tables like those of plain, inverted-residual and residual networks, written in every form by a program."""

    @pytest.mark.parametrize("name", FORMS)
    @pytest.mark.parametrize("table", [PLAIN, INVERTED, BRACKETS], ids=["plain", "inverted", "brackets"])
    def test_cells(self, table: Table, name: str) -> None:
        sheet = only(name.replace(".box", ".txt").replace(".org", ".txt"), FORMS[name](table))
        assert [[dense(text) for text in row] for row in rows(sheet)] == [
            [dense(text) for text in flat(row)] for row in table
        ]
        assert codes(sheet) == [] and sheet.header <= 1
        merged = [cell.columns for row in sheet.rows for cell in row if cell.columns > 1]
        assert bool(merged) == (
            any(len(row) < len(table[0]) for row in table) and name in ("t.tex", "t.html", "t.rst", "t.box")
        )

    @pytest.mark.parametrize("table", [INVERTED, BRACKETS], ids=["inverted", "brackets"])
    def test_aligned(self, table: Table) -> None:
        sheet = only("t.txt", aligned(table))
        assert [[dense(text) for text in row] for row in rows(sheet)] == [
            [dense(text) for text in flat(row)] for row in table
        ]


class TestOneTableInEveryForm:
    """The same small residual network, in every form."""

    def test_every_file_is_tested(self) -> None:
        assert {path.name for path in FILES.glob("residual.*")} == set(RESIDUAL_FORMS)

    @pytest.mark.parametrize("name", RESIDUAL_FORMS)
    def test_cells(self, name: str) -> None:
        form, expected, header = RESIDUAL_FORMS[name]
        text = (FILES / name).read_text(encoding="utf-8")
        assert form_of(Source(name, text)) == form
        sheet = only(name, text)
        assert [[dense(text) for text in row] for row in rows(sheet)] == expected
        assert sheet.header == header and codes(sheet) == []
        if name not in ("residual.csv", "residual.py.txt"):  # these have no caption
            assert sheet.name == "table-4" and sheet.caption is not None and "two" in sheet.caption.text

    @pytest.mark.parametrize("name", RESIDUAL_FORMS)
    def test_every_letter_and_digit_stands_where_it_says(self, name: str) -> None:
        source = Source(name, (FILES / name).read_text(encoding="utf-8"))
        sheet = only(name, source.text)
        for row in sheet.rows:
            for cell in row:
                places = cell.offsets[:-1] if cell.offsets else range(cell.start, cell.start + len(cell.text))
                assert len(places) == len(cell.text)
                for char, place in zip(cell.text, places, strict=True):
                    # Not from a macro or the like.
                    if char.isascii() and char.isalnum() and source.text[place] not in "\\²⁶&":
                        assert source.text[place] == char, (cell.text, char, place)
                assert cell.span == cell.place(0, len(cell.text))

    def test_a_merged_cell_is_one_object(self) -> None:
        sheet = only("t.html", (FILES / "residual.html").read_text(encoding="utf-8"))
        assert sheet.rows[2][0] is sheet.rows[3][0] and sheet.rows[1][2] is sheet.rows[1][3]
        assert (sheet.rows[2][0].rows, sheet.rows[2][0].columns) == (2, 1)
        assert (sheet.rows[1][2].rows, sheet.rows[1][2].columns) == (1, 2)

    def test_the_argument_of_a_macro_has_its_own_place(self) -> None:
        source = Source("residual.tex", (FILES / "residual.tex").read_text(encoding="utf-8"))
        cell = only("residual.tex", source.text).rows[3][3]
        at = cell.text.index("24")
        assert source.text[slice(*cell.place(at, at + 2))] == "24"
        assert source.text[cell.place(0, 1).start :].startswith("\\wideblock{24}{3}")


CELLS = {
    "[3x3, 64; 3x3, 64] x 2": "[3x3, 64; 3x3, 64] x 2",
    "`[3x3, 64; 3x3, 64]` x **2**": "[3x3, 64; 3x3, 64] x 2",
    "[1×1,64<br>3×3,64<br/>1×1,256] × 3": "[1×1,64;3×3,64;1×1,256]×3",
    "[1×1,64<br><br>3×3,64]<br><br>  × 3": "[1×1,64;3×3,64]×3",
    r"$\left[\begin{array}{l}3 \times 3,64 \\ 3 \times 3,64\end{array}\right] \times 2$": "[3×3,64;3×3,64]×2",
    r"$\begin{bmatrix} 3 \times 3, 64 \\ 3 \times 3, 64 \\ \end{bmatrix} \times 2$": "[3×3,64;3×3,64]×2",
    r"$\left[\begin{smallmatrix}3\times3 & 64 \\ 3\times3 & 64\end{smallmatrix}\right]\!\times\!2$": "[3×3,64;3×3,64]×2",
    r"$\left[\begin{bmatrix}3\times3\\1\times1\end{bmatrix}\right]$": "[3×3;1×1]",
    r"$\left[\begin{array}[]{l}\text{1$\times$1, 8}\\[-0.8pt]<br>\text{3$\times$3, 8}\end{array}\right]$$\times$3": "[1×1,8;3×3,8]×3",
    r"$\left\{\begin{array}{c}1\times1\\3\times3\end{array}\right\}\times4$": "[1×1;3×3]×4",
    r"$\left.\begin{array}{c}1\times1\\3\times3\end{array}\right)\times4$": "[1×1;3×3]×4",
    r"$\Bigg\{ 1\times1 \\ 3\times3 \Bigg\} \times 4$": "[1×1;3×3]×4",
    r"[1×1, 83×3, 8]\left[\begin{tabular}[c]{@{}c@{}}1$\times$1, 8\\ 3$\times$3, 8\end{tabular}\right]×\times3": "[1×1,8;3×3,8]×3",
    r"112×\times112": "112×112",
    r"2242224^{2}": "224^2",
    "[■(1&X&1 conv@3&X&3 conv)] × 6": "[1×1 conv;3×3 conv]×6",
    "■(1&×&1, 64@3&×&3, 64)": "[1×1,64;3×3,64]",
    '[█(1×1" conv"@3×3" conv")] × 16': "[1×1 conv;3×3 conv]×16",
    "█([1×1 conv@3×3 conv]) × 24": "[1×1 conv;3×3 conv]×24",
    r"$\operatorname{conv} 2, \mathrm{x}$": "conv 2,x",
    r"conv2$\_\text{x}$": "conv2_x",
    r"conv2\_x": "conv2_x",
    r"\[3x3, 64\] x 2": "[3×3,64]x 2",
    r"$224^{2} \times 3$": "224^2×3",
    "224²×3": "224^2×3",
    "224<sup>2</sup>×3": "224^2×3",
    r"$1.8\times10^{9}$": "1.8×10^9",
    "1.8 × 10⁹": "1.8×10^9",
    r"$2^{k-1}$": "2^(k-1)",
    r"$\frac{H}{4}\times\frac{W}{4}$": "H/4×W/4",
    r"$\frac{H+1}{4}$": "(H+1)/4",
    r"$\left\lfloor\frac{n}{2}\right\rfloor$": "⌊n/2⌋",
    r"$\left[\begin{array}{ll}3\times3,&64\\\multicolumn{2}{l}{\text{C=32}}\end{array}\right]\times3$": "[3×3,64;C=32]×3",
    r"$\hat{H}_i\times\hat{W}_{i}$": "H_i×W_i",
    r"5$\times$\begin{tabular}{@{}l@{}}Conv dw / s1\\Conv / s1\end{tabular}": "5×Conv dw / s1;Conv / s1",
    "3&nbsp;&times;&nbsp;3&#44; 8": "3×3,8",
    "3 ✕ 3 ⨉ 3": "3×3×3",
    r"\makecell[l]{3x3, 8\\1x1, 8}": "3×3,8;1×1,8",
    r"{\scriptsize\bf conv}~5\,x\;5": "conv 5 x 5",
    r"\textbf{conv}\footnote{not said} \cite{him} 3\#\%\&": "conv 3#%&",
    "ResNet-50†": "ResNet-50",
    "ResNet-50*": "ResNet-50",
    r"Net$^{\dagger}$": "Net",
    r"Net$^{*}$, 3": "Net,3",
    r"\checkmark": "yes",
    "✓": "yes",
    r"a $\rightarrow$ b $\leftarrow$": "a→b←",
    r"$\dots$": "...",
    r"$\alpha$": "alpha",
    "α=0.5": "alpha=0.5",
    "--": "-",
    "—": "-",
    "[3x3, 64] *2": "[3x3, 64] *2",
    "16*k": "16*k",
    "*k* × 3": "k×3",
    "[ResNet](https://example.org/a_b)": "ResNet",
    r"\unknown{3} \unknown": "3 unknown",
    r"${a \over b$": "a over b",
    "a < b > c & d": "a < b > c & d",
}


class TestCells:
    """One cell, in the forms P1 to P15 of published tables."""

    @pytest.mark.parametrize("raw", CELLS)
    def test_text(self, raw: str) -> None:
        problems: list[Diagnostic] = []
        source = Source("cell.md", raw)
        cell = read_cell(source, whole(source), problems.append)
        assert re.sub(r"\s*([→←])\s*", r"\1", dense(cell.text)) == dense(CELLS[raw])
        assert [problem.code for problem in problems] == (["E0135"] if "over" in raw else [])

    def test_a_plain_cell_needs_no_map(self) -> None:
        source = Source("cell.md", "  3x3, 64 ")
        assert read_cell(source, whole(source), print) == Cell("3x3, 64", 2)

    def test_places(self) -> None:
        source = Source(
            "cell.md", r"$\left[\begin{array}{l}3 \times 3,64 \\ 5 \times 5,96\end{array}\right]^{2}$"
        )
        cell = read_cell(source, whole(source), print)
        at = cell.text.index("96")
        assert source.text[slice(*cell.place(at, at + 2))] == "96"
        assert source.text[cell.place(cell.text.index(";"), at).start :].startswith("\\\\")
        assert source.text[cell.place(cell.text.index("×"), at).start :].startswith("\\times")
        assert cell.part(at, at + 2).span == cell.place(at, at + 2)


class TestLatex:
    """What is LaTeX's own."""

    def test_macros(self) -> None:
        text = r"""\newcommand\K{3$\times$3}\newcommand{\two}[2][8]{[\K, #1; \K, #1] $\times$ #2}
\def\three#1#2{#1/#2}
\begin{tabular}{lll} \two{4} & \two[16]{5} & \three ab \\ \end{tabular}
\renewcommand{\K}{5$\times$5}
\begin{tabular}{lll} \two{4} & \let\x=y z & \three{1}{\K} \\ \end{tabular}"""
        first, second = sheets("t.tex", text)
        assert rows(first) == [["[3×3, 8; 3×3, 8] × 4", "[3×3, 16; 3×3, 16] × 5", "a/b"]]
        assert rows(second)[0][0] == "[5×5, 8; 5×5, 8] × 4" and rows(second)[0][2] == "1/5×5"

    def test_merged_cells(self) -> None:
        sheet = latex(
            r"\multirow{2}{*}{a} & b & c \\ & \multicolumn{2}{c|}{\multirow{-1}{*}{d}} \\ x & & \multirow[t]{2}*{y} \\ z & q & \\"
        )
        assert rows(sheet) == [["a", "b", "c"], ["a", "d", "d"], ["x", "", "y"], ["z", "q", "y"]]
        assert codes(sheet) == []

    def test_a_brace_beside_two_rows_is_no_merged_cell(self) -> None:
        sheet = latex(r"\multirow{2}{*}{5$\times$} conv dw & a & b \\ \quad conv & c & d \\")
        assert rows(sheet) == [["5× conv dw", "a", "b"], ["conv", "c", "d"]] and codes(sheet) == []

    def test_merged_upwards(self) -> None:
        sheet = latex(r" & b & c \\ \multirow{-2}{*}{a} & d & e \\")
        assert rows(sheet) == [["a", "b", "c"], ["a", "d", "e"]] and sheet.rows[0][0] is sheet.rows[1][0]

    def test_rows_that_only_make_room_are_left_out(self) -> None:
        sheet = latex(
            r"\multirow{3}{*}{a} & \multirow{3}{*}{b} & \multirow{3}{*}{c} \\ & & \\ & & \\ d & e & f \\"
        )
        assert rows(sheet) == [["a", "b", "c"], ["d", "e", "f"]] and sheet.rows[0][0].rows == 1

    @pytest.mark.parametrize(
        ("body", "header"),
        [
            (r"\hline a & b & c \\ \hline d & e & f \\ \hline g & h & i \\ \hline", 1),
            (r"\toprule a & b & c \\ \cmidrule{2-3} & x & y \\ \midrule d & e & f \\ \bottomrule", 2),
            (r"\hline \multicolumn{3}{c}{Title} \\ \hline a & b & c \\ \hline d & e & f \\", 2),
            (r"a & b & c \\ d & e & f \\", 0),
            (r"a & b & c \\ \endfirsthead a & b & c \\ \endhead d & e & f \\", 1),
        ],
    )
    def test_header(self, body: str, header: int) -> None:
        sheet = latex(body)
        assert sheet.header == header and rows(sheet)[-1][0] in "dg"
        assert [row[0] for row in rows(sheet)].count("a") == 1

    def test_environments(self) -> None:
        for begin, end in (
            (r"\begin{tabularx}{\textwidth}{@{}lX*{1}{c}@{}}", r"\end{tabularx}"),
            (r"\begin{tabular*}{5cm}[t]{l@{\extracolsep{\fill}}p{2cm}r}", r"\end{tabular*}"),
            (r"\begin{longtable}[c]{|l|>{\bfseries}c|c|}", r"\end{longtable}"),
            (r"$$\begin{array}{|l|c|c|}", r"\end{array}$$"),
        ):
            sheet = only("t.tex", f"{begin} a & b & c \\\\ d & e & f {end}")
            assert rows(sheet) == [["a", "b", "c"], ["d", "e", "f"]] and codes(sheet) == [], begin

    def test_a_matrix_in_the_text_is_no_table(self) -> None:
        text = r"$\left[\begin{array}{cc}1&2\\3&4\end{array}\right]$ \begin{tabular}{c} a \\ b \end{tabular}"
        assert rows(only("t.tex", text)) == [["a"], ["b"]]

    def test_comments_and_verbatim(self) -> None:
        text = "% \\begin{tabular}{c} x \\end{tabular}\n\\begin{verbatim}\\begin{tabular}{c} x \\end{tabular}\\end{verbatim}\n"
        assert rows(only("t.tex", text + "\\begin{tabular}{cc} a%\n & 5\\% % b\n \\\\ \\end{tabular}")) == [
            ["a", "5%"]
        ]

    def test_captions(self) -> None:
        text = r"""\begin{table}\caption{First \textbf{one}.\label{a}}\begin{tabular}{cc} a & b \end{tabular}\begin{tabular}{cc} c & d \end{tabular}\end{table}
\begin{table}\begin{tabular}{cc} e & f \end{tabular}\caption[short]{Second, see Table~\ref{a}.}\end{table}"""
        found = sheets("t.tex", text)
        assert [sheet.caption.text for sheet in found if sheet.caption] == [
            "First one.",
            "First one.",
            "Second, see Table .",
        ]
        assert [sheet.name for sheet in found] == ["table-1", "table-2", "table-3"]

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (r"a & b & c & d \\", ["E0117"]),
            (r"a & {b & c \\ d & e & f \\", ["E0135"]),
            (r"a & b} & c \\", ["E0135"]),
            (r"a & \left[ b & c \\ d & e & f", ["E0135"]),
            (r"\multirow & b & c \\", ["E0134"]),
            (r"\multirow{2}{*}{a} & b & c \\ d & e & f \\", ["E0131"]),
            (r"a & $\left[\begin{array}{c} b \right]$ & c \\", ["E0130"]),
            (r"a & \multicolumn{99999}{c}{b} \\", ["E0133"]),
            (r"a & b \\", []),
        ],
    )
    def test_problems(self, body: str, expected: list[str]) -> None:
        sheet = latex(body)
        assert codes(sheet) == expected and rows(sheet)[0][0] in ("a", "")

    def test_too_deep(self) -> None:
        assert codes(latex("a & " + "{" * 5000 + "b" + "}" * 5000 + r" & c \\")) == ["E0142"]


class TestHtml:
    """What is HTML's own."""

    def test_flow(self) -> None:
        sheet = only(
            "t.html",
            "<table><tr><td rowspan=2>a<td>b<td>c<tr><td colspan='2'>d<tr><td rowspan=0>e<td>f<td>g<tr><td>h<td>i</table>",
        )
        assert (
            rows(sheet) == [["a", "b", "c"], ["a", "d", "d"], ["e", "f", "g"], ["e", "h", "i"]]
            and codes(sheet) == []
        )

    def test_nested_tables_are_apart(self) -> None:
        outer, inner = sheets("t.html", "<table><tr><td>a<table><tr><td>b<td>x</table>c<td>d</table>")
        assert (rows(outer), rows(inner)) == ([["ac", "d"]], [["b", "x"]])

    def test_a_nested_table_of_one_column_is_the_lines_of_its_cell(self) -> None:
        sheet = only("t.html", "<table><tr><td>a<table><tr><td>3&times;3<tr><td>c</table>d<td>e</table>")
        assert rows(sheet) == [["a; 3×3; c d", "e"]]

    def test_presentation_without_its_source(self) -> None:
        text = "<table><tr><td><math><msup><mn>7</mn><mrow><mn>2</mn></mrow></msup><mo>&#xd7;</mo><mi>k</mi></math><td>"
        text += '<math><mfenced open="[" close="]"><mtable><mtr><mtd><mn>3</mn></mtd></mtr><mtr><mtd>1</mtd></mtr></mtable></mfenced></math></table>'
        assert rows(only("t.html", text)) == [["7^2×k", "[3; 1]"]]

    def test_problems(self) -> None:
        assert codes(only("t.html", "<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c</table>")) == [
            "E0131"
        ]
        assert codes(only("t.html", "<table><tr><td>a<td>b")) == ["E0130"]

    def test_captions_below(self) -> None:
        table = "<table><tr><td>a</table>\n"
        found = sheets("t.html", f"{table}<p>Table 7: one</p>\n{table}<p>Table 9. two</p>")
        assert [sheet.name for sheet in found] == ["table-7", "table-9"]
        assert [
            sheet.name for sheet in sheets("t.html", f"<caption>As Table 3 shows</caption>{table}{table}")
        ] == ["table-1", "table-2"]


class TestDocuments:
    """Markdown with tables of several forms."""

    TEXT = r"""# Paper
Table 2: pipes
| a | b |
|---|---|
| 1 | $2 \| 3$ | 4 |

```latex
\newcommand{\K}{3$\times$3}
\begin{tabular}{cc} \K & x \\ \end{tabular}
```

```python
| not | read |
|-----|------|
\begin{tabular}{c} no \end{tabular}
```

text <table><tr><td>c<td>d</tr></table> text <table><tr><td>e</table>

$$
\begin{array}{cc} f & g \\ h & i \end{array}
$$

## Table 5
| j | k |
| - | - |
| 56×56 [rowspan=2] | l |
| | m |
"""

    def test_order_and_names(self) -> None:
        found = sheets("t.md", self.TEXT)
        assert [rows(sheet)[0] for sheet in found] == [
            ["a", "b"],
            ["3×3", "x"],
            ["c", "d"],
            ["e"],
            ["f", "g"],
            ["j", "k"],
        ]
        assert [sheet.name for sheet in found] == [
            "table-2",
            "table-2-2",
            "table-3",
            "table-4",
            "table-5-5",
            "table-5",
        ]
        assert codes(found[0]) == ["E0117"] and not any(codes(sheet) for sheet in found[1:])

    def test_written_spans(self) -> None:
        sheet = sheets("t.md", self.TEXT)[-1]
        assert rows(sheet)[1:] == [["56×56", "l"], ["56×56", "m"]] and sheet.rows[1][0] is sheet.rows[2][0]

    def test_two_tables_under_one_heading(self) -> None:
        table = "| a | b |\n|---|---|\n| c | d |\n\n"
        assert [sheet.name for sheet in sheets("t.md", f"# Table 1\n\n{table}{table}")] == [
            "table-1",
            "table-2",
        ]


class TestDrawn:
    """Boxes, Org, psql, simple tables."""

    def test_rows_without_rules_between(self) -> None:
        text = "+-----+------------+\n| a   | b          |\n+-----+------------+\n| 1   | [3x3, 8    |\n|     |  3x3, 8]x2 |\n| 2   | c          |\n+-----+------------+\n"
        sheet = only("t.txt", text)
        assert rows(sheet) == [["a", "b"], ["1", "[3x3, 8; 3x3, 8]x2"], ["2", "c"]] and sheet.header == 1

    def test_psql(self) -> None:
        sheet = only("t.txt", " a | b \n---+---\n 1 | 2 \n 3 | 4 \n")
        assert rows(sheet) == [["a", "b"], ["1", "2"], ["3", "4"]] and sheet.header == 1

    def test_broken(self) -> None:
        sheet = only("t.txt", "+---+---+\n| a | b |\n+---+   +\n| c   d |\n+---+---+\n")
        assert codes(sheet) == ["E0141"] and rows(sheet)[0] == ["a", "b"]

    def test_lines_of_a_cell(self) -> None:
        text = "+----------+----------+\n| conv3-64 | 7x7, 64, |\n| conv3-64 | stride 2 |\n+----------+----------+\n| a        | max      |\n|          | pool     |\n+----------+----------+\n"
        assert rows(only("t.txt", text)) == [["conv3-64; conv3-64", "7x7, 64, stride 2"], ["a", "max pool"]]

    def test_several_with_prose(self) -> None:
        text = "Table 3: x\n\n=== ===\na   b\n=== ===\n1   2\n=== ===\n\nprose\n\n| c | d |\n|---+---|\n| 5 | 6 |\n"
        assert [(sheet.name, rows(sheet)[1]) for sheet in sheets("t.rst", text)] == [
            ("table-3", ["1", "2"]),
            ("table-2", ["5", "6"]),
        ]


class TestDelimited:
    """Tabs, commas and semicolons."""

    def test_separators(self) -> None:
        for separator, name in (
            ("\t", "t.tsv"),
            (",", "t.csv"),
            (";", "t.csv"),
            ("\t", "t.txt"),
            (";", "t.txt"),
        ):
            text = f'a{separator}b{separator}c\n1{separator}"x{separator}""y"""{separator}3\n'
            found = rows(only(name, text))
            assert found[0] == ["a", "b", "c"] and found[1][::2] == ["1", "3"]
            assert found[1][1].replace(" ", "") == f'x{separator}"y"'.replace("\t", "")

    def test_lines_in_quotes(self) -> None:
        assert rows(only("t.csv", 'a,b\n1,"[3x3, 8\n 3x3, 8]\nx2"\n')) == [
            ["a", "b"],
            ["1", "[3x3, 8; 3x3, 8]x2"],
        ]

    def test_problems(self) -> None:
        assert codes(only("t.csv", 'a,b\n1,"3x3\n2,3\n')) == ["E0140"]
        assert codes(only("t.csv", "a,b\n1,2,3\n4,5\n")) == ["E0117"]

    def test_several(self) -> None:
        found = sheets("t.tsv", "Table 6. one\na\tb\n1\t2\n\nTable 8. two\nc\td\te\n3\t4\t5\n")
        assert [(sheet.name, len(sheet.rows[0])) for sheet in found] == [("table-6", 2), ("table-8", 3)]


class TestAligned:
    """Columns of text."""

    def test_full_width_rows(self) -> None:
        text = "  A          B          C\n--------------------------\nconv3-8    conv3-8    conv3-8\n          conv3-8    conv3-8\n          maxpool\n        softmax, classes\n"
        sheet = only("t.txt", text)
        assert rows(sheet)[0] == ["A", "B", "C"] and sheet.header == 1
        assert rows(sheet)[1] == ["conv3-8"] * 3 and rows(sheet)[3] == ["maxpool"] * 3

    def test_a_header_of_two_lines_and_a_long_name(self) -> None:
        text = "                 ResNet-18      ResNet-34\nlayer   size\n----------------------------------------\nconv2_x 56x56    [3x3, 8        [3x3, 8\n"
        sheet = only("t.txt", text + "                  3x3, 8] x2     3x3, 8] x3\n")
        assert (
            rows(sheet)[:2] == [["", "", "ResNet-18", "ResNet-34"], ["layer", "size", "", ""]]
            and sheet.header == 2
        )
        assert rows(sheet)[2] == ["conv2_x", "56x56", "[3x3, 8; 3x3, 8] x2", "[3x3, 8; 3x3, 8] x3"]

    def test_the_wider_of_two_lines_of_a_header(self) -> None:
        head = (
            "         size (out)   Structure of ResNet-18    ResNet-34\nlayer    H x W            of blocks\n"
        )
        text = (
            head + "-" * 58 + "\none      8 x 8        3x3, 4                    3x3, 5\n" + " " * 42 + "fc\n"
        )
        assert rows(only("t.txt", text))[3] == ["", "", "fc", ""]

    def test_a_further_line_belongs_to_what_it_overlaps_in_one_place(self) -> None:
        head = "Layer    Output    Structure    Params\n-----    ------    ---------    ------\n"
        text = head + "one      8 x 8     [3x3, 4          112\n" + " " * 25 + "1x1, 5] x 2\n"
        last = "two      4 x 4     3x3, 4           112\n"
        assert rows(only("t.txt", text + last))[1][2:] == ["[3x3, 4; 1x1, 5] x 2", "112"]

    def test_a_gap_within_a_cell(self) -> None:
        sheet = only("t.txt", "name   size   layers\na      8x8    3x3, 8  stride 2\nb      8x8    3x3, 8\n")
        assert rows(sheet)[1] == ["a", "8x8", "3x3, 8 stride 2"]

    def test_rows_of_our_own_are_left_to_the_native_reader(self) -> None:
        for text in (
            "conv1  32x32  3x3, 64\nconv2  16x16  3x3, 64, stride 2\n",
            "input 32x32x3\nconv1 32x32 3x3, 64\n",
            "",
            "| a | b |\n",
        ):
            assert form_of(Source("net.txt", text)) is None
        assert form_of(Source("net.arch", "a  b  c\nd  e  f\n")) is None

    def test_trailing_prose(self) -> None:
        text = "name   size   layers\na      8x8    3x3, 8\nb      8x8    3x3, 8\n\nThis is prose that follows on the table, and says little.\n"
        assert len(only("t.txt", text).rows) == 3


SPOILT = {
    "33××33,, 6644": ("E0139", "3×3, 64"),
    "[3×3, 16×k3×3, 16×k]×N": ("E0137", "[3×3, 16×k; 3×3, 16×k]×N"),
    "[1×1, 643×3, 641×1, 256] ×3": ("E0137", "[1×1, 64; 3×3, 64; 1×1, 256] ×3"),
    "[1×1, 6411×11, 64]": ("E0137", "[1×1, 64; 11×11, 64]"),
    "[1×1,64]3×3,64 ×3[1×1,256]": ("E0136", "[1×1,64; 3×3,64; 1×1,256] ×3"),
    "[1×1, 64]3×3, 641×1, 256": ("E0136", None),
    "conv, 1 × 1, 64 conv, 3 × 3, 64; × 3": ("E0138", "[conv, 1 × 1, 64; conv, 3 × 3, 64] × 3"),
    "conv, 3x3, 64 conv, 3x3, 64 x 2": ("E0138", None),
}


class TestTrust:
    """What was spoilt on the way from print."""

    SOUND = (
        "[3×3, 64; 3×3, 64]×2",
        "3×3, 64",
        "[3×3, 64×k; 3×3, 64]",
        "7×7, 64, stride 2",
        "[1×11, 64, 11×1, 64] ×2",
        "[3×3, 16] 1×1, 10",
        "[[3x3, 64; 3x3, 64] x 2; 1x1, 64] x 3",
        "[3×3, 64]×2, 1×1, 64",
        "[d7×7, 96; 1×1, 384] × 3",
        "1100 x 1100",
        "xx",
    )

    @pytest.mark.parametrize("text", SPOILT)
    def test_spoilt(self, text: str) -> None:
        code, expected = SPOILT[text]
        source = Source("t.txt", text)
        (problem,) = examine_cell(source, Cell(text, 0))
        assert problem.code == code and 0 <= problem.span.start < problem.span.end <= len(text)
        assert (mended(source, problem) if problem.fixes else None) == expected
        if expected:
            assert list(examine_cell(source, Cell(expected, 0))) == []

    @pytest.mark.parametrize("text", SOUND)
    def test_sound(self, text: str) -> None:
        assert list(examine_cell(Source("t.txt", text), Cell(text, 0))) == []

    def test_a_fix_is_of_the_source(self) -> None:
        source = Source("t.html", "<table><tr><td>a</td><td>[1&times;1, 643&times;3, 64]</td></tr></table>")
        (problem,) = only("t.html", source.text).problems
        assert mended(source, problem) == source.text.replace("643", "64; 3")

    def test_no_fix_over_markup(self) -> None:
        (problem,) = only(
            "t.html", "<table><tr><td>a</td><td>[1×1,64]<b>3×3</b>,64 ×3[1×1,256]</td></tr></table>"
        ).problems
        assert problem.code == "E0136" and problem.fixes == ()


FENCES = {"latex": "page.tex", "html": "page.html", "csv": "page.csv", "text": "page.txt"}
EXAMPLES = re.compile(r"^(Fails|Works):\n\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OF_FORMS = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (readers, summaries))
# Which is told of a row's layer: tests/print.
CODES = sorted(set(re.findall(r'"([EW]\d{4})"', OF_FORMS)) - {"W0151"})


@pytest.mark.parametrize("code", CODES)
def test_pages(code: str) -> None:
    """What a page says fails gives its code alone, what it says works gives nothing."""
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {code}: ")
    examples = EXAMPLES.findall(page)
    assert [kind for kind, *_ in examples] == (["Fails", "Works"] if code != "E0142" else [])
    for kind, fence, text in examples:
        reporter = Reporter()
        found = read_sheets(Source(FENCES[fence], text), reporter, 20_000) or ()
        said = [
            problem.code
            for problem in (
                *reporter.diagnostics,
                *(problem for sheet in found for problem in sheet.problems),
            )
        ]
        assert said == ([code] if kind == "Fails" else [])


def test_common_entities_are_those_of_html() -> None:
    assert {entity: html.unescape(entity) for entity in COMMON} == COMMON
    source = Source("t.md", "3 &times; 3 &radic; &#x41;")
    assert decoded(whole(source)).chars == "3 × 3 √ A"
