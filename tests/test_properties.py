"""Properties: any text gives diagnostics or a network, never an exception; printing and reading back is the identity."""

from pathlib import Path
from typing import Any

import pytest
from form_writer import FORMS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_printer import table_text

from archdsl import pipeline
from archdsl.diagnostics import Fix
from archdsl.graph.measure import graph_counts, network_counts
from archdsl.ops import ACTIVATIONS
from archdsl.pipeline import Compilation, compile_source
from archdsl.render.concise import render as concise
from archdsl.render.github import render as github
from archdsl.render.json_format import diagnostic_json
from archdsl.render.text import render_all
from archdsl.resolve.settings import Overrides
from archdsl.solve import follow
from archdsl.source import Source, Span
from archdsl.table.roles import role_of

ROOT = Path(__file__).parent.parent
SPECS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "specs").glob("*.arch"))]
MARKDOWN = "# T\n\n|Layer|Output size| |\n|:--:|:--:|:--:|\n|a|8 x 8| [[3 x 3, **8**]; [3 x 3, 8]] x **2** |\n\ntext<br>\n"
BITS = st.sampled_from(
    [
        "[",
        "]",
        "(",
        ")",
        ",",
        ";",
        "x",
        "×",
        "/2",
        "-",
        "+",
        "*",
        "=",
        ":",
        "|",
        "3x3",
        "64",
        "0",
        "-1",
        "1e9",
        "0.5",
        "n",
        "k",
        "conv",
        "fc",
        "pool",
        "max",
        "average",
        "gap",
        "dropout",
        "flatten",
        "relu",
        "bn",
        "stride",
        "pad",
        "groups=3",
        "d=2",
        "\n",
        "\t",
        "#",
        "²",
        "^2",
        "10-d",
        "input",
        "style",
        "resnet",
        "param",
        "classes",
        "residual",
        "shortcut",
        "identity",
        "zero-pad",
        "same",
        "valid",
        "1x1",
        "32x32",
        "1e999",
        "9999999999999999999999",
        "(n-n)",
        "1/0",
        "---",
        "|-|-|",
        "\xa0",
        "é",
        "\x00",
        "\x1b",
    ]
)


def check(text: str, path: str = "any.arch", **overrides: Any) -> Compilation:
    source = Source(path, text)
    compilation = compile_source(source, Overrides(**overrides))
    told = [(diagnostic.code, diagnostic.span, diagnostic.message) for diagnostic in compilation.diagnostics]
    assert len(set(told)) == len(told)
    for diagnostic in compilation.diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end
        if diagnostic.source is source:
            assert all(
                0 <= label.span.start <= label.span.end <= len(source.text) for label in diagnostic.labels
            ), diagnostic
            assert all(edited(source.text, fix) != source.text for fix in diagnostic.fixes), diagnostic
        assert len(render_all((diagnostic,)).split("\n")[0]) <= 140
        concise(diagnostic), github(diagnostic), diagnostic_json(diagnostic)
    for compiled in compilation.compiled:
        assert (compiled.graph is not None) or compilation.failed
        if compiled.graph:
            network_counts(compiled.graph, graph_counts(compiled.graph))
    return compilation


def edited(text: str, fix: Fix) -> str:
    """Return a text with a fix applied."""
    for edit in sorted(fix.edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


FOUND = {
    "a bracket open at the end of the file": ("any.arch", "input 2x2x3\nd 2x2 [3x3, 64"),
    "a guess that is the word itself": ("any.arch", "input 32x32x3\na 32x32 3x3 conv, 16, tanh, max px1\n"),
    "a setting that a comment leaves open": (
        "any.md",
        "<!-- archdsl:\ninput 32x3 |\n|---|---|---|\n| head | 1x1 | gap, fc 10 |\n",
    ),
    "a window larger than its map": ("any.arch", "input 2x2x3\nd 2x2 3x3, 64, valid\n"),
    "input sizes without rows": (
        "any.md",
        "| Input | Operator | t |\n|-|-|-|-|\nTable 3: the network.\n| 8²×3 | conv2d | - |\n",
    ),
    "one size wrong in two networks": (
        "any.md",
        "|a|output|A|B|\n|-|-|-|-|\n|stem|8x8|3x3, 8, stride 2|3x3, 8, stride 2|\n",
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_found_by_fuzzing(case: str) -> None:
    path, text = FOUND[case]
    check(text, path, input="32x32x3" if path.endswith("md") else None)


def test_nested_repeats_are_followed_once_for_each_bracket(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = []
    step = follow.step
    monkeypatch.setattr(follow, "step", lambda *given: steps.append(1) or step(*given))
    check("input 32x32x3\nstyle plain\na 31x31 " + "[" * 12 + "3x3, 8" + "] x 2" * 12 + "\n")
    assert 0 < len(steps) < 20_000


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check(text)
    check("input 8x8x3\n" + text)


@settings(max_examples=400, deadline=None)
@given(st.lists(BITS, max_size=40), st.booleans())
def test_any_words(words: list[str], gap: bool) -> None:
    check("input 8x8x3\n" + (" " if gap else "").join(words))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([*SPECS, MARKDOWN]),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 6), BITS), min_size=1, max_size=5),
)
def test_any_damage_to_a_spec(text: str, edits: list[tuple[int, int, str]]) -> None:
    for at, removed, put in edits:
        text = text[:at] + put + text[at + removed :]
    check(text, input="16x16x3")


names = st.sampled_from(["", "conv1", "Conv2-x", "a b", "stage 3", "1", "x"])
numbers = st.integers(1, 64).map(str) | st.sampled_from(["n", "(n + 1)", "2*n", "n*n", "4n"])
# Few: what is repeated is drawn in brackets of brackets, and a thousand layers show nothing that ten do not.
repeats = st.integers(1, 4).map(str) | st.sampled_from(["12", "n", "(n + 1)", "2*n", "n*n", "4n"])
kernels = st.sampled_from(["1x1", "3x3", "5x5", "1x3", "k3"])
words = st.sampled_from(
    [
        "BN",
        "no bias",
        "stride=1",
        "same",
        "dilation=1",
        "no norm",
        *[f.replace("_", " ") for f in ACTIVATIONS],
    ]
)
conv = st.builds(lambda k, c, w: f"{k}, {c}, {w}", kernels, numbers, words) | st.builds(
    lambda k, c: f"{k} conv, {c}", kernels, numbers
)
layer = conv | st.sampled_from(
    ["max pool 2x2 /1", "relu", "BN", "dropout 0.25", "depthwise 3x3", "average pool 3x3, stride 1"]
)
block = st.builds(
    lambda items, n: f"[{'; '.join(items)}] x {n}", st.lists(layer, min_size=1, max_size=3), repeats
)
nested = st.builds(
    lambda items, n: f"[{'; '.join(items)}] x {n} plain",
    st.lists(layer | block, min_size=2, max_size=3),
    repeats,
)
cells = st.lists(layer | block | nested, min_size=1, max_size=3).map("; ".join)


@st.composite
def tables(draw: st.DrawFn) -> str:
    used: set[str] = set()
    rows = []
    for cell in draw(st.lists(cells, min_size=1, max_size=4)):
        name = draw(names)
        name = "" if name in used else name
        used.add(name)
        rows.append(
            f"| {name} | {draw(st.sampled_from(['-', '16x16', '16 x 16', '8x8x4', '8^2']))} | {cell} |"
        )
    style = draw(st.sampled_from(["plain", "resnet", "preact"]))
    return "\n".join(["input 16x16x3", f"style {style}", "param n = 2", *rows]) + "\n"


def without_places(value: Any) -> Any:
    """Return a part of the AST with its places, and the text it was read from, left out."""
    if isinstance(value, Span) or not isinstance(value, tuple):
        return None if isinstance(value, Span) else value
    fields = getattr(value, "_fields", None)
    if fields is None:
        return tuple(map(without_places, value))
    return (
        type(value).__name__,
        *(without_places(part) for field, part in zip(fields, value, strict=True) if field != "text"),
    )


@settings(max_examples=300, deadline=None)
@given(tables())
def test_printing_and_reading_back_is_the_identity(text: str) -> None:
    first = check(text).compiled[0].table
    if any(row.items is None for row in first.rows):
        return
    printed = table_text(first)
    again = check(printed).compiled[0].table
    assert without_places(again.rows) == without_places(first.rows), printed
    assert table_text(again) == printed


def test_printing_the_shipped_specs_is_the_identity() -> None:
    for text in SPECS:
        first = check(text).compiled[0]
        again = check(table_text(first.table)).compiled[0]
        assert without_places(again.table.rows) == without_places(first.table.rows)
        assert again.graph is not None
        assert first.graph is not None
        assert [node[:5] for node in again.graph.nodes] == [node[:5] for node in first.graph.nodes]


@pytest.mark.parametrize("name", FORMS)
def test_no_form_is_cut_off_silently(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "MAX_ROWS", 20)
    path = name.replace(".box", ".txt").replace(".org", ".txt")
    rows = [["layer", "output", "structure"], *([f"conv{number}", "8×8", "3×3, 8"] for number in range(30))]
    codes = [diagnostic.code for diagnostic in check(FORMS[name](rows), path, input="8x8x3").diagnostics]
    assert codes == ["E0107"]


def test_a_long_cell_is_not_searched_for_a_header() -> None:
    assert role_of("layer name") == "name"
    assert role_of(" (1+" * 2_000_000) is None  # in time that does not depend on its length
