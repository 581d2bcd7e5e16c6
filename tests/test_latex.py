"""LaTeX as authors write it: macros, branches that are never read, what other files hold; diagnostics in macros."""

import pytest
from test_readers import codes, latex, only, rows, sheets

from archdsl.pipeline import compile_source
from archdsl.source import Source

ROW = r"a & b & %s \\"
# What is written in a cell -> what it says.
CELLS = {
    r"\begin{tabular}{c}[3x3, 8\\ 3x3, 8]\end{tabular} x 2": "[3x3, 8; 3x3, 8] x 2",
    r"$\begin{matrix}[t] 3x3\\ 1x1\end{matrix}$": "3x3; 1x1",
    r"$\begin{aligned}[3x3, 8\\ 1x1, 8]\end{aligned}$": "[3x3, 8; 1x1, 8]",
    r"$\left[\begin{array}{c}3\times3, 8\\1\times1, 8\end{array}\right]_{\times 2}$": "[3×3, 8; 1×1, 8] ×2",
    r"$\left[\begin{array}{c}3\times3, 8\\1\times1, 8\end{array}\right]^{\times N}$": "[3×3, 8; 1×1, 8] ×N",
    r"\hspace{2pt}[3x3, 8]": "[3x3, 8]",
    r"\color{red}[3x3, 8]": "[3x3, 8]",
    r"\raisebox{2pt}[0pt][0pt]{3x3} \scalebox{.8}[1]{conv}, \makebox[2em][c]{8}": "3x3 conv, 8",
    r"\verb|3x3, 8|, \verb*+k_1+": "3x3, 8, k_1",
    r"\texorpdfstring{$3\times3$}{3x3}, 8": "3×3, 8",
    r"\sout{5x5, 8} 3x3, 8": "3x3, 8",
    r"\num{1.8e9} \SI{25.6}{\mega}": "1.8e9 25.6M",
    r"R\'eseau, \v{c}, \H{o}": "Réseau, č, ő",
    r"\begin{minipage}[c]{2cm}3x3\end{minipage}, \begin{varwidth}{2cm}8\end{varwidth}": "3x3, 8",
    r"\multirowcell{1}[0pt]{3x3 \\ 8}": "3x3; 8",
    r"\x{3x3}, \mypool": "3x3, mypool",
}
# A definition, a use of it, and what that says.
MACROS = [
    (r"\let\by=\times", r"$3\by3$", "3×3"),
    (r"\let\by\times\def\k{3}\let\m\k\def\k{5}", r"$\m\by\m$", "3×3"),
    (r"\DeclareMathOperator*{\conv}{3x3 conv}", r"$\conv, 8$", "3x3 conv, 8"),
    (r"\NewDocumentCommand{\blk}{O{64} m +m}{[#2, #1; #2, #1] x #3}", r"\blk{3x3}{2}, \blk[8]{1x1}3", "[3x3, 64; 3x3, 64] x 2, [1x1, 8; 1x1, 8] x 3"),
    (r"\NewDocumentCommand\blk{ s m }{#2}", r"\blk{3x3}", "3x3"),  # a star is not followed: the macro is not known
    (r"\newcommand{\c}{64}\providecommand{\c}{32}", r"3x3, \c", "3x3, 64"),
    (r"\def\blk(#1){3x3, #1}", r"\blk(8)", "blk (8)"),  # nor are delimiters
    ("% \\newcommand{\\K}{5}\n\\newcommand{\\K}{3}", r"\K", "3"),
]  # fmt: skip
# What stands before and in a table, of which `dead` is never read.
DEAD = [
    r"\iffalse dead \fi live",
    r"\if0 dead \else live \fi",
    r"\iftrue live \else dead \fi",
    r"\iffalse \iftrue dead \else dead \fi \ifx\a\b dead \else dead \fi dead \fi live",
    r"\newif\iflong \iflong dead \else live \fi",
    r"\newif\iflong \longtrue \iflong live \else dead \longfalse \fi",
    "\\begin{comment}\ndead \\fi\n\\end{comment} live",
    "live % \\iffalse\n % dead \\fi\n",
]


@pytest.mark.parametrize("raw", CELLS)
def test_cells(raw: str) -> None:
    sheet = latex(ROW % raw)
    assert (
        rows(sheet)[0][2].replace("× ", "×").replace("25.6 M", "25.6M").rstrip() == CELLS[raw]
        and codes(sheet) == []
    )


@pytest.mark.parametrize(("definition", "use", "meant"), MACROS)
def test_macros(definition: str, use: str, meant: str) -> None:
    sheet = only("t.tex", f"{definition}\n\\begin{{tabular}}{{ccc}} {ROW % use} \\end{{tabular}}")
    assert rows(sheet) == [["a", "b", meant]] and codes(sheet) == []


@pytest.mark.parametrize("text", DEAD)
def test_what_is_never_read(text: str) -> None:
    before, _, after = text.partition("live")
    for whole in (
        f"\\begin{{tabular}}{{cc}} a & {text} \\\\ \\end{{tabular}}",
        text.replace("live", r"\begin{tabular}{cc} a & live \\ \end{tabular}").replace(
            "dead", r"\begin{tabular}{cc} dead & d \end{tabular}"
        ),
    ):
        assert rows(
            only("t.tex", f"{whole}\\end{{document}} \\begin{{tabular}}{{c}} dead \\end{{tabular}}")
        ) == [["a", "live"]]
    assert before or after


def test_a_condition_that_is_not_known() -> None:
    assert [
        rows(sheet)[0][0]
        for sheet in sheets(
            "t.tex", r"\ifx\a\b \begin{tabular}{c}a\end{tabular}\else\begin{tabular}{c}b\end{tabular}\fi"
        )
    ] == ["a", "b"]
    assert rows(only("t.tex", r"\iffalse \begin{tabular}{c}a\end{tabular}")) == [["a"]]  # never closed


def test_the_feet_of_pages() -> None:
    sheet = latex(
        r"\caption{C} \\ \toprule a & b & c \\ \midrule \endfirsthead \multicolumn{3}{c}{continued} \\ a & b & c \\ \midrule \endhead"
        r"\midrule \multicolumn{3}{r}{to be continued} \\ \endfoot \bottomrule \endlastfoot d & e & f \\"
    )
    assert rows(sheet) == [["a", "b", "c"], ["d", "e", "f"]] and sheet.header == 1


def test_a_rule_below_the_first_layers_ends_no_header() -> None:
    assert (
        latex(
            r"layer & output & structure \\ a & 8x8 & 3x3 conv, 4 \\ \hline b & 4x4 & 3x3 conv, 8 \\"
        ).header
        == 0
    )


def test_cells_of_tabularray() -> None:
    sheet = only(
        "t.tex",
        r"\begin{tblr}{ccc} \SetCell[r=2]{c} a & \SetCell[c=2]{c,bg=red} b & \\ & d & e \\ f & g & h \\ \end{tblr}",
    )
    assert rows(sheet) == [["a", "b", "b"], ["a", "d", "e"], ["f", "g", "h"]] and codes(sheet) == []


def test_blocks_of_nicematrix() -> None:
    sheet = only(
        "t.tex",
        r"\begin{NiceTabular}{ccc}[hvlines] \Block{2-1}{a} & \Block[c]{1-2}{b} & \\ & d & e \\ \Block{x}{f} & g & h \\ \end{NiceTabular}",
    )
    assert rows(sheet) == [["a", "b", "b"], ["a", "d", "e"], ["f", "g", "h"]] and codes(sheet) == ["E0134"]


def test_columns_that_every_row_merges_are_one() -> None:
    sheet = latex(r"a & \multicolumn{2}{c}{b} \\ c & \multicolumn{2}{c}{d} \\")
    assert rows(sheet) == [["a", "b"], ["c", "d"]] and sheet.rows[0][1].columns == 1


FAULTY = r"""% archdsl: input 8x8x3

\newcommand{\one}{x}\newcommand{\blk}[2]{[3x3, #1; 3x3, #1, relou] x #2}
\begin{tabular}{ccc}
layer & output & structure \\ \hline
a & 8x8 & \blk{8}{2} \\
b & 8x8 & \blk{8}{3} \\
\end{tabular}
"""


def test_a_fault_in_a_macro_is_told_at_its_first_use() -> None:
    (told,) = compile_source(Source("t.tex", FAULTY)).diagnostics
    assert told.code == "E0204" and told.fixes == ()
    assert [FAULTY[label.span.start : label.span.end] for label in told.labels] == ["\\blk", "\\blk"]
    assert [FAULTY.count("\n", 0, label.span.start) for label in told.labels] == [5, 2]
    assert told.labels[1].text == "the macro is defined here"


def test_a_fault_in_an_argument_is_told_there() -> None:
    text = FAULTY.replace(", relou", "").replace("{8}{2}", "{8, relou}{2}")
    (told,) = compile_source(Source("t.tex", text)).diagnostics
    assert text[told.span.start : told.span.end] == "relou" and len(told.labels) == 1


def test_other_files_are_named() -> None:
    (told,) = compile_source(Source("t.tex", r"\begin{table}\input{tables/a}\end{table}")).diagnostics
    assert told.code == "E0110" and "`\\input` are not read" in told.notes[0].text
