"""`archdsl fmt --to`: tables in other forms, which mean the same networks; LaTeX that compiles."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_properties import ROOT, cells, kernels, numbers, tables

from archdsl.cli.main import main
from archdsl.format.convert import FORMS, convert
from archdsl.format.latex_cells import cell, header, sentence
from archdsl.format.verify import same_networks
from archdsl.pipeline import compile_source
from archdsl.source import Source

SPECS = sorted(path for path in (ROOT / "specs").rglob("*.*") if path.suffix != ".json")
NETWORKS = """\
# Two networks of one table.
input 32x32x3
classes 10
block fire(r, e, s=1)   # squeeze and expand
    1x1, r, /s
    3x3, e   when e > r
variant small of one: width-multiplier=0.5
read 7x7, c as 3x3, c

name  | size  | one                 | two
stem  | 32x32 | 3x3, 16             | ←
conv2 | 16x16 | max pool 2x2        | ←
      |       | [1x1, 8; 3x3, 16]×2 | ×3
conv3 | 8x8   | 3x3, 32 /2          | fire(8, 32)
      | 4x4   | 3x3, 32 /2          | 2x2 max pool
head  | 1x1   | average pool, 10-d fc | ←
"""


def written(source: Source, form: str, wanted: str | None = None) -> str:
    """Write a source in a form; its errors do not matter here."""
    done = convert(source, form, wanted)
    assert done.text is not None, (source.path, form, done.why)
    return done.text


def names(source: Source) -> list[str | None]:
    """List the tables of a source: a native spec has one."""
    return list(dict.fromkeys(compiled.table.name for compiled in compile_source(source).compiled))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
@pytest.mark.parametrize("form", FORMS)
def test_every_spec_in_every_form_and_back(path: Path, form: str) -> None:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    for wanted in names(source) if form == "native" else [None]:
        text = written(source, form, wanted)
        again = Source(f"again.{FORMS[form]}", text)
        assert same_networks(compile_source(source, wanted=wanted), compile_source(again))


@pytest.mark.parametrize("form", FORMS)
def test_every_line_travels(form: str) -> None:
    source = Source("two.arch", NETWORKS)
    before = compile_source(source)
    assert not before.failed
    assert [compiled.settings.variant for compiled in before.compiled] == ["one", "small", "two"]
    text = written(source, form)
    assert all(
        part in text
        for part in ("width-multiplier=0.5", "block fire(r, e, s=1)", "when e > r", "7x7, c as 3x3, c")
    )
    assert same_networks(before, compile_source(Source(f"two.{FORMS[form]}", text)))


def test_native() -> None:
    page = (
        "# A page\n\n<!-- archdsl:\ninput 8x8x3, classes 10\nparam k=4\n-->\n\nTable 3: Small.\n\n"
        "|Layer|Output size|Structure|\n|-|-|-|\n|a|8x8|3x3, **4**|\n|b|4x4|[3x3, 4<br>3x3, 4] x 2|\n| | |BN|\n"
    )
    assert written(Source("page.md", page), "native") == (
        "input    8x8x3\nclasses  10\nparam    k = 4\n\n"
        "| Layer | Output size | Structure                |\n"
        "| ----- | ----------- | ------------------------ |\n"
        "| a     | 8x8         | 3x3, 4                   |\n"
        "| b     | 4x4         | [3x3, 4; 3x3, 4] x 2; BN |\n"
    )


def test_markdown() -> None:
    assert written(
        Source("net.arch", "# A net.\ninput 8x8x3\nparam k=2\na  8x8  3x3, 2*k; 3x3, 4*k\n     -   BN\n"),
        "markdown",
    ) == (
        "<!-- archdsl:\n# A net.\ninput  8x8x3\nparam  k = 2\n-->\n\n"
        "| Layer | Output size | Structure            |\n"
        "| ----- | ----------- | -------------------- |\n"
        "| a     | 8x8         | 3x3, 2\\*k; 3x3, 4\\*k |\n"
        "|       | -           | BN                   |\n"
    )


def test_latex() -> None:
    text = written(Source("two.arch", NETWORKS), "latex")
    for part in (
        "%   \\usepackage{booktabs}\n%   \\usepackage{multirow}\n% archdsl:\n% # Two networks of one table.\n% input    32x32x3\n",
        "% block fire(r, e, s=1)  # squeeze and expand\n%     1x1, r, /s\n%     3x3, e  when e > r\n",
        "\\begin{table}[t]\n  \\centering\n  \\setlength{\\abovetopsep}{4pt}\n  \\caption{Two networks of one table.}\n  \\label{tab:two}\n  \\begin{tabular}{lccc}\n    \\toprule\n",
        "    name & size & one & two \\\\\n    \\midrule\n    stem & $32\\times32$ & \\multicolumn{2}{c}{$3\\times3$, 16} \\\\\n",
        "\\multirow{2}{*}[-0.5\\normalbaselineskip]{conv2} & \\multirow{2}{*}[-0.5\\normalbaselineskip]{$16\\times16$} & \\multicolumn{2}{c}{max pool $2\\times2$} \\\\\n",
        "    & & $\\left[\\begin{array}{c}1\\times1,\\,8 \\\\ 3\\times3,\\,16\\end{array}\\right]\\times2$ & $\\times3$ \\\\\n",
        "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n",
    ):
        assert part in text, text


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("3x3, 64", r"$3\times3$, 64"),
        ("-", "--"),
        ("t", "$t$"),
        ("224^2 x 3", r"$224^2\times3$"),
        ("1.8×10^9", r"$1.8\times10^9$"),
        ("2^32", "$2^{32}$"),
        ("×4", r"$\times4$"),
        ("5× Conv dw", r"5$\times$ Conv dw"),
        ("#3x3 reduce", r"\#$3\times3$ reduce"),
        ("a_b & 40% {~}", r"a\_b \& 40\% \{\textasciitilde{}\}"),
        ("when s <= 2", r"when s $<$= 2"),
        (
            "[3x3, 16×k; 1x1, 8] x N plain",
            r"$\left[\begin{array}{c}3\times3,\,16\times k \\ 1\times1,\,8\end{array}\right]\times N$ plain",
        ),
        (
            "[conv, 1x1; BN] × 2",
            r"$\left[\begin{array}{c}\text{conv, $1\times1$} \\ \text{BN}\end{array}\right]\times2$",
        ),
        ("[3x3, 8] x 2", r"{[}$3\times3$, 8] $\times2$"),
        ("[3x3 conv] × ((L-4)/3)", r"{[}$3\times3$ conv] $\times((L-4)/3)$"),
        ("28x28x6", r"$28\times28\times6$"),
        ("3x3,128 /2", r"$3\times3$, 128 /2"),
        ("1+2n", "$1+2n$"),
        ("2*k", r"$2\cdot k$"),
        ("FC-10", "FC-10"),
        (
            "pool; [3x3, 8; 1x1, 8]",
            r"\makecell{pool \\ $\left[\begin{array}{c}3\times3,\,8 \\ 1\times1,\,8\end{array}\right]$}",
        ),
        ("F\u0302i F\u0302 ✓ α", r"$\hat{F}_i$ $\hat{F}$ \checkmark $\alpha$"),
        (
            "[3x3, 8; 1x1, 8]; [3x3, 8; 1x1, 8]",
            r"\makecell{$\left[\begin{array}{c}3\times3,\,8 \\ 1\times1,\,8\end{array}\right]$"
            r" \\ \addlinespace $\left[\begin{array}{c}3\times3,\,8 \\ 1\times1,\,8\end{array}\right]$}",
        ),
        ("[broken", "{[}broken"),
    ],
)
def test_cells_in_latex(text: str, latex: str) -> None:
    assert cell(text) == latex


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_generated_tables(text: str) -> None:
    # A document's table has some layer that is told at sight.
    source = Source("any.arch", f"{text}| last | - | 3x3 conv, 4 |\n")
    for form, other in zip(FORMS, [*FORMS][1:] + [*FORMS][:1], strict=True):
        once = written(source, form)
        written(Source(f"any.{FORMS[form]}", once), other)


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """Write a table of several networks, or one with properties in columns of their own."""
    size = st.sampled_from(["16x16", "16 × 16", "-"])
    count = draw(st.integers(1, 4))
    if draw(st.booleans()):
        lines = [f"| Layer | Output size | {' | '.join(f'net {letter}' for letter in 'ABC')} |"]
        dittos = st.sampled_from(["←", "same"])
        for number in range(count):
            first = draw(cells)
            goes_on = number and draw(st.booleans())
            head = " | " if goes_on else f"stage{number} | {draw(size)}"
            lines.append(
                f"| {head} | {first} | {draw(dittos | cells)} | {draw(dittos | st.just(first) | cells)} |"
            )
    else:
        lines = ["| Layer | Output size | Operator | kernel | #Channels | n |"]
        for number in range(count):
            lines.append(
                f"| stage{number} | {draw(size)} | conv | {draw(kernels)} | {draw(numbers)} | {draw(st.sampled_from('1234-'))} |"
            )
    return "\n".join(["input 16x16x3", "style plain", "param n = 2", *lines]) + "\n"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sheets())
def test_generated_sheets(text: str) -> None:
    source = Source("any.arch", text)
    for form, other in zip(FORMS, [*FORMS][1:] + [*FORMS][:1], strict=True):
        once = written(source, form)
        written(Source(f"any.{FORMS[form]}", once), other)


@pytest.mark.parametrize(
    "path",
    [*(ROOT / "tests" / "forms").iterdir(), *(ROOT / "specs" / "papers" / "forms").iterdir()],
    ids=lambda path: path.name,
)
def test_a_table_that_was_written_is_written_alike(path: Path) -> None:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    for form, ending in FORMS.items():
        once = written(source, form)
        assert written(Source(f"again.{ending}", once), form) == once


def test_headers_in_latex() -> None:
    assert header("filter size / stride", 40) == "filter size / stride"
    assert (
        header("filter size / stride (#1x1)", 11) == r"\makecell{filter size \\ / stride \\ (\#$1\times1$)}"
    )
    assert sentence('After "a b", see `x_y`.') == r"After ``a b'', see \texttt{x\_y}."


def test_counts_of_layers_below_the_header() -> None:
    text = written(
        Source("vgg.arch", (ROOT / "specs" / "papers" / "vgg.arch").read_text(encoding="utf-8")), "latex"
    )
    assert re.search(r"A & A-LRN .*\n *11 weight layers & .* 19 weight layers \\\\\n *\\midrule\n", text)


@pytest.mark.parametrize(
    ("comment", "title"),
    [
        ("# One line", "One line"),
        (
            "# Net: A. Author et al. 2015 (arXiv:1.2), section\n# 3. More.",
            "Net: A. Author et al. 2015 (arXiv:1.2), section 3.",
        ),
        ("# Net, Table 1; no more", "Net, Table 1."),
        ("", "The architecture of net."),
    ],
)
def test_the_first_sentence_is_the_caption(comment: str, title: str) -> None:
    text = written(Source("net.arch", f"{comment}\ninput 8x8x3\na  8x8  3x3, 4\n"), "latex")
    assert f"\\caption{{{title}}}" in text


TEX = next((program for program in ("pdflatex", "latexmk", "tectonic") if shutil.which(program)), None)
OPTIONS = {
    "pdflatex": ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"],
    "latexmk": ["-pdf", "-halt-on-error", "-no-shell-escape"],
    "tectonic": [],
}


@pytest.mark.skipif(TEX is None, reason="no LaTeX on the PATH")
class TestCompiled:
    """What is written compiles and fits the page."""

    def compile(self, text: str, folder: Path) -> None:
        (folder / "page.tex").write_text(text, encoding="utf-8")
        command = [str(TEX), *OPTIONS[str(TEX)], "page.tex"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
        if lacking := re.search(rb"File `([\w-]+\.sty)' not found", done.stdout):
            pytest.skip(f"LaTeX has no {lacking[1].decode()} here")
        assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-2000:]
        assert b"Overfull" not in done.stdout

    def test_every_spec(self, tmp_path: Path) -> None:
        texts = [written(Source(path.name, path.read_text(encoding="utf-8")), "latex") for path in SPECS]
        packages = sorted(
            {
                line
                for text in texts
                for line in re.findall(r"^%   (\\usepackage\{\w+\})$", text, re.MULTILINE)
            }
        )
        head = [
            "\\documentclass{article}",
            "\\usepackage[margin=2cm]{geometry}",
            *packages,
            "\\begin{document}",
        ]
        self.compile(
            "\n".join([*head, *(text + "\\clearpage" for text in texts), "\\end{document}"]), tmp_path
        )

    def test_a_document_of_its_own(self, tmp_path: Path) -> None:
        self.compile(convert(Source("two.arch", NETWORKS), "latex", standalone=True).text or "", tmp_path)


class TestCommand:
    """`archdsl fmt --to` as it is run."""

    def spec(self, folder: Path, text: str = "input 8x8x3\na 8x8 3x3,4\n") -> str:
        path = folder / "net.arch"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def test_to_a_file_whose_ending_tells_the_form(self, tmp_path: Path) -> None:
        page, back = tmp_path / "net.md", tmp_path / "back.arch"
        assert main(["fmt", self.spec(tmp_path), "-o", str(page)]) == 0
        assert main(["fmt", f"{page}#table-1", "--to", "native", "-o", str(back)]) == 0
        assert main(["diff", self.spec(tmp_path), str(back)]) == 0
        assert main(["fmt", "--check", str(back)]) == 0

    def test_errors_are_told_and_the_table_is_written(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["fmt", self.spec(tmp_path, "a 8x8 3x3,4\n"), "--to", "markdown"]) == 1
        shown = capsys.readouterr()
        assert "| a     | 8x8         | 3x3,4     |" in shown.out
        assert "E0215" in shown.err

    def test_several_tables(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        page = tmp_path / "page.md"
        page.write_text(
            "<!-- archdsl: input 8x8x3 -->\n\n"
            + "| Layer | Size | Block |\n|-|-|-|\n| a | 8x8 | 3x3, 4 |\n\n" * 2,
            encoding="utf-8",
        )
        assert main(["fmt", str(page), "--to", "native"]) == 1
        assert "choose one of `#table-1`, `#table-2`; nothing is written" in capsys.readouterr().err
        assert main(["fmt", "--to", "native", str(ROOT / "specs/papers/resnet.arch#50-layer")]) == 1
        assert (
            "no table `50-layer` in it; a table is written with all of its networks"
            in capsys.readouterr().err
        )
        assert main(["fmt", f"{page}#table-2", "--to", "native"]) == 0
        assert main(["fmt", str(page), "--to", "latex", "--standalone"]) == 0
        assert capsys.readouterr().out.count("\\begin{tabular}") == 2

    @pytest.mark.parametrize(
        "more",
        [
            ["-o", "x.pdf"],
            ["--standalone"],
            ["--to", "markdown", "--check"],
            ["--to", "native", "--standalone"],
            ["--to", "native", "--variant", "b"],
        ],
    )
    def test_misuse(self, tmp_path: Path, more: list[str]) -> None:
        assert main(["fmt", self.spec(tmp_path), *more]) == 2

    def test_no_table(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        page = tmp_path / "page.md"
        page.write_text("Nothing.\n", encoding="utf-8")
        assert main(["fmt", str(page), "--to", "native"]) == 1
        assert capsys.readouterr().out == ""
