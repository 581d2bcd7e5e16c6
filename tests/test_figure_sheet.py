"""Figures for print: a width and the least type there, titles, ground, ids, and the same network in words."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import archdsl
from archdsl.figure.draw import render
from archdsl.figure.sheet import Sheet, TypeTooSmallError, length

ROOT = Path(__file__).parent.parent
TABLE2 = ROOT / "specs/table2.arch"
COLUMN = 3.5 * 72


def network(name: str = "specs/table2.arch") -> archdsl.Network:
    return archdsl.load(str(ROOT / name)).network()


def drawn(level: str = "auto", **said: object) -> str:
    return render(network(), "svg", "light", level, Sheet(**said)).decode()  # type: ignore[arg-type]


def width(svg: str) -> float:
    match = re.search(r'<svg width="([\d.]+)pt"', svg)
    assert match
    return float(match[1])


def types(svg: str) -> list[float]:
    """List the sizes of all type as it stands in print."""
    match = re.search(r'transform="scale\(([\d.]+)', svg)
    assert match
    return [float(match[1]) * float(size) for size in re.findall(r'<text [^>]*font-size="([\d.]+)"', svg)]


@pytest.mark.parametrize(
    ("text", "points"), [("3.5in", 252.0), ("7pt", 7.0), ("25.4 mm", 72.0), ("2.54cm", 72.0), (".5in", 36.0)]
)
def test_lengths(text: str, points: float) -> None:
    assert length(text) == pytest.approx(points)


@pytest.mark.parametrize("text", ["", "3.5", "in", "0in", "-1in", "3,5in", "1e3in", "12345in"])
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(ValueError, match="is no length"):
        length(text)


@pytest.mark.parametrize("inches", [3.5, 7.0])
def test_type_can_be_read_at_the_width(inches: float) -> None:
    svg = drawn(width=inches * 72)
    assert width(svg) <= inches * 72
    assert min(types(svg)) >= 6.95
    assert "Conv5-x" in svg


def test_a_wide_sheet_keeps_the_blocks_and_a_narrow_one_has_cards() -> None:
    assert "3×3 conv" in drawn(width=600, least=6) and "ReLU" in drawn(width=600, least=6)
    assert ">BN<" not in drawn(width=COLUMN).partition("</desc>")[2]


def test_the_width_that_the_message_says_works_and_a_narrower_one_does_not() -> None:
    with pytest.raises(TypeTooSmallError) as told:
        drawn("block", width=COLUMN)
    match = re.search(r"--width ([\d.]+)in", str(told.value))
    assert match
    needed = float(match[1]) * 72
    assert min(types(drawn("block", width=needed))) >= 6.95
    with pytest.raises(TypeTooSmallError):
        drawn("block", width=needed - 18)


def test_a_figure_without_width_is_as_large_as_before() -> None:
    assert drawn() == render(network(), "svg", "light").decode()
    assert 'transform="scale(1 1)' in drawn()


def test_titles() -> None:
    own, other, none = drawn(), drawn(title="A residual network"), drawn(title="")
    assert ">table2</text>" in own and ">table2</text>" not in other
    assert ">A residual network</text>" in other
    assert "weighted layers" not in none.partition("</desc>")[2]
    assert "<title>table2</title>" in none  # for who cannot see it


def test_ground() -> None:
    assert (
        'fill="#ffffff" stroke="none" points' in drawn() or 'fill="#ffffff" stroke="transparent"' in drawn()
    )
    assert '<polygon fill="#ffffff"' not in drawn(clear=True)


def test_dots_per_inch() -> None:
    def pixels(dpi: int) -> int:
        return int.from_bytes(render(network(), "png", "light", "auto", Sheet(dpi=dpi))[16:20], "big")

    assert pixels(144) == pytest.approx(2 * pixels(72), abs=2)


def test_figures_on_one_page_share_no_id() -> None:
    one, other = (re.findall(r' id="([^"]+)"', drawn(level)) for level in ("block", "stage"))
    assert one and other
    assert len(set(one)) == len(one)
    assert not set(one) & set(other)


def test_the_figure_in_words() -> None:
    for level in ("block", "stage", "paper"):
        match = re.search(r"<desc>(.*?)</desc>", drawn(level), re.DOTALL)
        assert match
        places = [match[1].index(stage.name) for stage in network().stages[1:-1]]
        assert places == sorted(places), level
        assert "Conv4-x, 4 times" in match[1]


def command(*words: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "archdsl", "draw", *words], capture_output=True, cwd=cwd, check=False
    )


def test_the_command(tmp_path: Path) -> None:
    piped = command(str(TABLE2), "-o", "-", "--format", "png", cwd=tmp_path)
    assert piped.returncode == 0 and piped.stdout.startswith(b"\x89PNG") and not piped.stderr
    small = command(str(TABLE2), "--width", "1in", "-o", "x.svg", cwd=tmp_path)
    assert small.returncode == 2 and b"7 pt need --width" in small.stderr
    assert not (tmp_path / "x.svg").exists()
    two = command(str(TABLE2), str(TABLE2), "--width", "7in", cwd=tmp_path)
    assert two.returncode == 2 and b"--width is for the figure of one network" in two.stderr
    for words in (["--width", "wide"], ["--dpi", "12"], ["--title", "a", "--no-title"]):
        assert command(str(TABLE2), *words, cwd=tmp_path).returncode == 2


def test_the_level_of_a_broken_table(tmp_path: Path) -> None:
    text = (
        (ROOT / "specs/papers/u-net-padded.arch")
        .read_text(encoding="utf-8")
        .replace("32x32x1024", "33x33x1024")
    )
    (tmp_path / "u.arch").write_text(text, encoding="utf-8")
    drawn = {
        level: command("u.arch", "-o", "-", "--level", level, cwd=tmp_path)
        .stdout.decode()
        .partition("</desc>")[2]
        for level in ("stage", "block", "layer")
    }
    assert all("declared 33×33×1024" in svg for svg in drawn.values())
    assert ">3x3, 128; 3x3, 128<" in drawn["block"]
    assert ">3x3, 128<" in drawn["layer"] and ">3x3, 128; 3x3, 128<" not in drawn["layer"]
    assert ">3x3, 128" not in drawn["stage"]


LATEX = shutil.which("pdflatex")


@pytest.mark.parametrize("level", ["block", "stage", "paper"])
def test_tikz_has_what_the_svg_has(level: str) -> None:
    svg, tex = drawn(level), render(network(), "tex", "light", level).decode()
    shapes = len(re.findall(r"<(?:path|polygon|polyline|ellipse) ", svg))
    assert tex.count("\\path[") == shapes
    assert tex.count("\\node[") == len(re.findall(r"<text ", svg))
    assert r"Conv2-x" in tex and r"16$\times$16$\times$128" in tex


def test_tikz_escapes_names() -> None:
    from archdsl.figure.tikz import tikz

    svg = drawn(title=r"50% of $x_1 & {y} \input{a}")
    head = next(line for line in tikz(svg).splitlines() if "50" in line)
    assert r"50\% of \$x\_1 \& \{y\} \textbackslash{}input\{a\}" in head


@pytest.mark.skipif(LATEX is None, reason="pdflatex is not installed")
def test_tikz_compiles_to_one_page_of_the_size_of_the_svg(tmp_path: Path) -> None:
    (tmp_path / "figure.tex").write_bytes(render(network(), "tex", "light", "stage", Sheet(COLUMN)))
    plain = r"\pdfobjcompresslevel=0\input{figure.tex}"
    command = [str(LATEX), "-interaction=nonstopmode", "-halt-on-error", "-jobname=figure", plain]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "(1 page," in done.stdout
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", (tmp_path / "figure.pdf").read_bytes())
    assert box
    assert float(box[1]) == pytest.approx(width(drawn("stage", width=COLUMN)), abs=1)


def test_a_broken_table_is_drawn_on_the_sheet_too(tmp_path: Path) -> None:
    broken = str(ROOT / "examples/misprint.arch")
    piped = command(broken, "-o", "-", cwd=tmp_path)
    assert piped.returncode == 1 and b"E0302" in piped.stderr
    assert b"<svg" in piped.stdout and b"E0302" in piped.stdout
    narrow = command(broken, "-o", "-", "--width", "2in", "--title", "Row by row", cwd=tmp_path)
    assert width(narrow.stdout.decode()) <= 2 * 72
    assert b">Row by row</text>" in narrow.stdout
