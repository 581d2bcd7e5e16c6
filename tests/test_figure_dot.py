"""DOT of the shipped specs as golden files (`pytest --update-golden` rewrites them), and text that DOT could misread."""

import re
from pathlib import Path

import pytest
from backend_graphs import everything
from figure_graphs import BOTTLENECK, PLAIN, graph, spec

from archdsl.figure.dot import figure_dot
from archdsl.figure.labels import quoted
from archdsl.figure.metrics import text_width

GOLDEN = Path(__file__).parent / "golden" / "figure"
SPECS = ("table1", "table1-preact", "table2", "table2-preact", "resnet-cifar", "wide-resnet")
SAMPLES = {"bottleneck": BOTTLENECK, "plain-nested": PLAIN}
HOSTILE = (
    'say "hi"',
    "a<b>c</b>&amp;<br/>",
    "back\\slash \\N \\G \\l \\",
    "new\nline\r\ttab",
    "]]> --> <!-- } ; { |",
    "x" * 500,
    "網路 ☃ \u202e\x00\x07",
    "",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("name", [*SPECS, *SAMPLES])
def test_golden(name: str, request: pytest.FixtureRequest) -> None:
    network = graph(SAMPLES[name]) if name in SAMPLES else spec(name)
    path = GOLDEN / f"{name}.dot"
    text = figure_dot(network, file=f"{name}.arch")
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), (
        f"the figure of {name} changed; look at it, then run pytest --update-golden"
    )


def test_themes_differ_in_colours_only() -> None:
    light, dark, auto = (figure_dot(spec("table2"), theme) for theme in ("light", "dark", "auto"))
    colour = re.compile(r"#[0-9A-F]{6}")
    assert auto == light != dark
    assert colour.sub("", light) == colour.sub("", dark)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stays_text(name: str) -> None:
    text = figure_dot(spec("table1")._replace(name=name), file=name)
    strings = re.sub(r'"[^"\\\n]*"', "", text)
    assert '"' not in strings
    assert "\\" not in text
    assert "<b>c</b>" not in text
    assert strings.count("{") == strings.count("}")


def test_quoted() -> None:
    assert quoted('a "b" <c> & \\N') == '"a &quot;b&quot; &lt;c&gt; &amp; &#92;&#92;N"'


def test_a_word_fits_into_its_join() -> None:
    joins = re.findall(
        r"width=([0-9.]+) height=\S+ label=<<(?:b|font[^>]*)>(\S+)</(?:b|font)>>",
        figure_dot(everything(True)),
    )
    found = {symbol: float(width) * 72 for width, symbol in joins}
    assert found.keys() >= {"concat", "×", "max", "avg", "+"}
    assert all(text_width(symbol, 11) + 4 < width for symbol, width in found.items() if len(symbol) > 1)
