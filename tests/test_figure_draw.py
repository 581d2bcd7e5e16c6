"""Drawing: formats, both engines, themes, hostile names, what is said when something is missing."""

import builtins
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from figure_graphs import BOTTLENECK, PLAIN, graph, row, spec
from test_figure_dot import HOSTILE

from archdsl.cli import common
from archdsl.cli.main import main
from archdsl.figure import draw as drawing
from archdsl.figure.draw import FigureFormatError, draw, svg
from archdsl.figure.engine import EngineMissingError
from archdsl.figure.theme import DARK, LIGHT
from archdsl.graph.graph import Graph, SketchStage
from archdsl.pipeline import compile_source
from archdsl.source import Source

MAGIC = {"svg": b"<?xml", "png": b"\x89PNG\r\n", "pdf": b"%PDF-", "dot": b"digraph "}
SVG = "{http://www.w3.org/2000/svg}"
NO_DOT = "no Graphviz `dot` on the PATH; the engine that pygraphviz bundles is tested instead"


def hide(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let these packages look as if they were not installed."""
    real = builtins.__import__

    def fake(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] in names:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(builtins, "__import__", fake)


def parsed(network: Graph, theme: str = "light") -> ElementTree.Element:
    return ElementTree.fromstring(svg(network, theme))


def texts(root: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()) for element in root.iter(f"{SVG}text"))


@pytest.mark.parametrize("kind", MAGIC)
def test_formats_without_a_path(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    out = tmp_path / f"figure.{kind.upper()}"
    draw(spec("table1"), str(out))
    assert out.read_bytes().startswith(MAGIC[kind])
    assert out.stat().st_size > 2000


@pytest.mark.parametrize("kind", MAGIC)
def test_dot_on_the_path(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from shutil import which

    if not which("dot"):
        pytest.skip(NO_DOT)
    hide(monkeypatch, "pygraphviz")
    out = tmp_path / f"figure.{kind}"
    draw(spec("table2"), str(out))
    assert out.read_bytes().startswith(MAGIC[kind])
    assert capfd.readouterr() == ("", "")


def test_no_engine_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hide(monkeypatch, "pygraphviz")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineMissingError, match="pip install pygraphviz"):
        draw(spec("table1"), str(tmp_path / "x.svg"))
    hide(monkeypatch, "pygraphviz", "graphviz")
    with pytest.raises(EngineMissingError, match="pip install pygraphviz"):
        draw(spec("table1"), str(tmp_path / "x.svg"))
    draw(spec("table1"), str(tmp_path / "x.dot"))


def test_svg_names_itself_and_its_parts() -> None:
    root = parsed(spec("table1"))
    assert root.findtext(f"{SVG}title") == "table1"
    assert "18 weighted layers (+3 projections)" in (root.findtext(f"{SVG}desc") or "")
    titles = [element.text or "" for element in root.iter(f"{SVG}title")]
    layer = "conv3_x/block1/conv1 (first of 2): conv (kernel 3×3, channels 128, stride 2×2, padding same)"
    assert any(
        title.startswith(f"{layer}, output 16×16×128, 73,728 params, 18,874,368 MACs\n") for title in titles
    )
    assert not [title for title in titles if re.fullmatch(r"(n|cluster)\d+.*", title)]


def test_svg_has_no_links() -> None:
    text = svg(spec("table2"))
    assert "href=" not in text
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    base = spec("table1-preact")
    stages = tuple(stage._replace(label=name, name=name) for stage in base.stages)
    nodes = tuple(node._replace(name=name + node.name) for node in base.nodes)
    root = parsed(base._replace(name=name, stages=stages, nodes=nodes))
    shown = texts(root).replace("\u00a0", " ")
    start = " ".join("".join(char if char.isprintable() else " " for char in name).split())[:12]
    assert shown.count(start) >= 5
    assert not {element.tag.removeprefix(SVG) for element in root.iter()} & {
        "script",
        "br",
        "b",
        "a",
        "image",
    }
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("sample", [BOTTLENECK, PLAIN])
def test_text_fits_its_reserved_width(sample: str) -> None:
    root = parsed(graph(sample))
    lengths = [
        (element.get("textLength"), element.get("lengthAdjust")) for element in root.iter(f"{SVG}text")
    ]
    assert len(lengths) > 20
    assert all(float(length or 0) > 0 and adjust == "spacingAndGlyphs" for length, adjust in lengths)


def test_trunk_is_straight() -> None:
    root = parsed(spec("table2"))
    centres = set()
    for group in root.iter(f"{SVG}g"):
        for path in (
            group.findall(f"{SVG}path")
            if group.get("class") == "edge" and group.find(f"{SVG}polygon") is not None
            else []
        ):
            xs = [
                float(pair.partition(",")[0])
                for pair in re.findall(r"-?[\d.]+,-?[\d.]+", path.get("d") or "")
            ]
            if path.get("stroke") == LIGHT.muted.lower():
                centres |= set(xs)
    assert len(centres) == 2  # two columns


def test_themes() -> None:
    light, dark, auto = (svg(spec("table1"), theme) for theme in ("light", "dark", "auto"))
    assert LIGHT.paper.lower() in light
    assert LIGHT.families["conv"].lower() not in dark
    assert DARK.families["conv"].lower() in dark
    assert "prefers-color-scheme" not in light + dark
    rule = (
        f'.archdsl-figure [fill="{LIGHT.families["conv"].lower()}"]{{fill:{DARK.families["conv"].lower()}}}'
    )
    assert rule in auto
    assert re.sub(r"<style>.*?</style>\n", "", auto) == light


def test_every_colour_can_be_restyled() -> None:
    assert len(set(LIGHT.colours())) == len(LIGHT.colours()) == len(DARK.colours())
    assert tuple(LIGHT.families) == tuple(DARK.families)
    used = set(
        re.findall(
            r'(?:fill|stroke)="(#[0-9a-f]{6})"',
            svg(spec("resnet-cifar"), "light") + svg(graph(PLAIN), "light"),
        )
    )
    assert used <= {colour.lower() for colour in LIGHT.colours()}


def test_any_rank_is_drawn() -> None:
    network = row((12,), ("dense", {"channels": 3, "bias": True}, (3,)))
    assert "dense" in texts(parsed(network))


def test_nothing_heavy_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys, archdsl; archdsl.draw('specs/table1.arch', sys.argv[1]);"
        "sys.exit(' '.join(name for name in ('numpy', 'keras', 'tensorflow', 'matplotlib') if name in sys.modules) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "x.svg")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_stderr_closed(tmp_path: Path) -> None:
    code = "import os, sys; os.close(2); import archdsl; archdsl.draw('specs/table1.arch', sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "x.svg")], check=False)
    assert done.returncode == 0
    assert (tmp_path / "x.svg").stat().st_size > 2000


def test_text_is_set_in_the_installed_font(tmp_path: Path) -> None:
    draw(spec("table1"), str(tmp_path / "x.pdf"))
    fonts = set(re.findall(rb"/BaseFont /\w+\+([\w-]+)", (tmp_path / "x.pdf").read_bytes()))
    assert fonts == {b"Roboto-Regular", b"Roboto-Bold"}


def test_environment_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "mine")
    svg(spec("table1"))
    assert os.environ["FONTCONFIG_FILE"] == "mine"
    monkeypatch.delenv("FONTCONFIG_FILE")
    svg(spec("table1"))
    assert "FONTCONFIG_FILE" not in os.environ


@pytest.mark.parametrize("out", ["x.jpg", "x", "x.svg.gz", ".svg"])
def test_unknown_format(out: str) -> None:
    with pytest.raises(FigureFormatError, match=r"\.svg, \.png, \.pdf, \.tex, \.dot"):
        draw(spec("table1"), out)


def test_unknown_theme(tmp_path: Path) -> None:
    with pytest.raises(FigureFormatError, match="light, dark, auto"):
        draw(spec("table1"), str(tmp_path / "x.svg"), theme="blue")


def test_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    table = str(Path("specs/table2.arch").resolve())
    monkeypatch.chdir(tmp_path)
    assert main(["draw", table]) == 0
    assert main(["draw", table, "-o", "dark.pdf", "--theme", "dark"]) == 0
    assert capfd.readouterr() == ("wrote table2.svg\nwrote dark.pdf\n", "")
    assert (tmp_path / "table2.svg").read_bytes().startswith(b"<?xml")


def test_command_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    table = "specs/table1.arch"
    assert main(["draw", table, "-o", "x.gif"]) == 2
    assert (
        capfd.readouterr().err
        == "archdsl: `x.gif` does not end in a format that can be drawn: .svg, .png, .pdf, .tex, .dot, .mmd, .html\n"
    )
    assert main(["draw", table, "-o", str(tmp_path / "none" / "x.svg")]) == 2
    assert (
        capfd.readouterr().err
        == f"archdsl: cannot write {tmp_path / 'none' / 'x.svg'}: no such file or directory\n"
    )
    with pytest.raises(SystemExit) as exit_:
        main(["draw", table, "--level", "atoms"])
    assert exit_.value.code == 2
    assert "choose from" in capfd.readouterr().err

    def missing(dot: str, kind: str, dpi: int) -> bytes:
        raise EngineMissingError("drawing needs Graphviz; install it with `pip install pygraphviz`")

    monkeypatch.setattr(drawing, "run_graphviz", missing)
    assert main(["draw", table, "-o", str(tmp_path / "x.svg")]) == 3
    assert (
        capfd.readouterr().err
        == "archdsl: drawing needs Graphviz; install it with `pip install pygraphviz`\n"
    )


def test_command_tells_spec_errors(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.arch"
    broken.write_text("input 32x32x3\nconv1 7x7 3x3, 16\n")
    assert main(["draw", str(broken), "-o", str(tmp_path / "x.svg")]) == 1
    assert "E0" in capfd.readouterr().err
    assert main(["draw", str(tmp_path / "none.arch"), "-o", str(tmp_path / "y.svg")]) == 2
    assert not (tmp_path / "y.svg").exists()


def test_command_draws_a_broken_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    found = compile_source(Source("net.arch", "input 32x32x3\nconv1 7x7 3x3, 16\n"))
    assert found.failed
    stage = SketchStage("conv1", (7, 7), (32, 32, 16), "3x3, 16", True, 2, 448)
    tables = [
        SimpleNamespace(settings=compiled.settings, graph=None, sketch=(stage,))
        for compiled in found.compiled
    ]
    monkeypatch.setattr(common, "compilation", lambda args, path: found._replace(compiled=tuple(tables)))
    out = tmp_path / "x.svg"
    assert main(["draw", "net.arch", "-o", str(out)]) == 1
    told = capfd.readouterr()
    assert (told.out, told.err.count("error[E0")) == (f"wrote {out}\n", 1)
    shown = texts(ElementTree.fromstring(out.read_text(encoding="utf-8"))).replace("\u00a0", " ")
    assert "declared 7×7, computed 32×32×16" in shown
    assert "1 error: E0" in shown


def test_command_levels(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    texts_of = {}
    for level in ("auto", "stage", "block", "layer", "paper"):
        assert (
            main(["draw", "specs/table1.arch", "--level", level, "-o", str(tmp_path / f"{level}.dot")]) == 0
        )
        texts_of[level] = (tmp_path / f"{level}.dot").read_text(encoding="utf-8")
    assert texts_of["auto"] == texts_of["block"]
    assert len(set(texts_of.values())) == 4
    capfd.readouterr()
    assert (
        main(
            [
                "draw",
                "specs/resnet-cifar.arch",
                "-D",
                "n=200",
                "--level",
                "layer",
                "-o",
                str(tmp_path / "x.dot"),
            ]
        )
        == 2
    )
    assert "draw level `block` instead" in capfd.readouterr().err
    with pytest.raises(FigureFormatError, match="auto, stage, block, layer, paper"):
        draw(spec("table1"), str(tmp_path / "x.svg"), level="atoms")
