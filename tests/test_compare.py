"""`archdsl diff`: what is the same in two networks, what differs, and how it is told and drawn."""

import json
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from figure_graphs import changed
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from test_properties import tables

import archdsl
from archdsl.cli.main import main
from archdsl.compare.align import align, align_by_key
from archdsl.compare.networks import compare
from archdsl.compare.result import Change, Comparison
from archdsl.figure.compare import compare_figure
from archdsl.figure.compare_dot import compare_dot
from archdsl.network import Network, Spec
from archdsl.pipeline import compile_source
from archdsl.source import Source

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden" / "compare"
PAIRS = {
    "table1-table2": ["specs/table1.arch", "specs/table2.arch"],
    "table2-preact": ["specs/table2.arch", "specs/table2-preact.arch"],
    "resnet-cifar-3-9": ["specs/resnet-cifar.arch", "specs/resnet-cifar.arch", "--define-b", "n=9"],
    "table1-wide": ["specs/table1.arch", "specs/wide-resnet.arch"],
    "table1-itself": ["specs/table1.arch", "specs/table1.arch"],
}
HEAD = "input 16x16x3\nstyle plain\n"
RESIDUAL = "input 16x16x3\nstyle resnet\nstem 16x16 3x3, 8\n"


def network(text: str) -> Network:
    """Compile a spec that holds one table without errors."""
    compilation = compile_source(Source("net.arch", text))
    assert not compilation.failed, [diagnostic.message for diagnostic in compilation.diagnostics]
    return Spec(compilation).network()


def compared(a: str, b: str, head: str = HEAD) -> Comparison:
    return compare(network(head + a), network(head + b))


def facts(comparison: Comparison) -> list[tuple[str, str, str]]:
    return [(change.what, change.a, change.b) for pair in comparison.stages for change in pair.changes]


RESNET = (ROOT / "archdsl/std/resnet.arch").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (HEAD + "a 16x16 [3x3, 8; 3x3, 8] x2", HEAD + "a 16x16 3x3, 8; 3x3, 8; 3x3, 8; 3x3, 8"),
        (
            HEAD + "a 16x16 3x3, 8; 3x3, 8\nb 8x8 max pool 2x2",
            HEAD + "first 16x16 3x3, 8\nsecond 8x8 3x3, 8; max pool 2x2",
        ),
        (HEAD + "a 8x8 3x3, 8", HEAD + "a - 3x3, 8, stride 2"),
        (HEAD + "a 16x16 3x3, 8", HEAD + "a 16x16 3x3, 8, pad 1"),
        (HEAD + "a 16x16 1x1, 8", HEAD + "a 16x16 1x1, 8, valid"),
        (
            HEAD + "a 16x16 3x3, 8\nb 1x1 16x16 average pool, fc 5",
            HEAD + "a 16x16 3x3, 8\nb 1x1 average pool, fc 5",
        ),
        (HEAD + "param n = 4\na 16x16 3x3, 2*n", HEAD + "a 16x16 3x3, 8"),
        (
            RESIDUAL + "b 8x8 [3x3, 16; 3x3, 16] x2",
            RESNET + RESIDUAL.replace("style resnet\n", "") + "b 8x8 [3x3, 16; 3x3, 16] x2",
        ),
        (
            RESIDUAL + "b 8x8 [3x3, 16; 3x3, 16] x2",
            RESIDUAL + "b 8x8 [3x3, 16; 3x3, 16]\nc 8x8 [3x3, 16; 3x3, 16]",
        ),
    ],
)
def test_the_same_written_differently(a: str, b: str) -> None:
    comparison = compare(network(a), network(b))
    assert comparison.same
    assert {pair.status for pair in comparison.stages} == {"same"}
    assert comparison.text().endswith("\nthe same network")
    for side in ("a", "b"):
        rows = [getattr(pair, side) for pair in comparison.stages]
        assert sum(row.trainable for row in rows) == comparison.a.params.trainable
        assert sum(row.depth for row in rows) == comparison.a.counts.depth


@pytest.mark.parametrize("kind", ["add", "maximum", "average", "subtract"])
def test_what_may_be_joined_in_any_order(kind: str) -> None:
    rows = "a - 3x3, 8\nb - from input; 1x1, 8\n"
    comparison = compared(f"{rows}c - {kind} a", f"{rows}c - from a; {kind} b")
    assert comparison.same == (kind != "subtract")


POOLS = "p - from a; zeropad 1; 3x3 max pool, /2, valid\n"


def test_zeros_that_two_pools_share() -> None:
    """Zeros in front of a pool are the pool's: two pools may share them, and without them they are others."""
    apart = f"a - 3x3, 8\n{POOLS}q - from a; zeropad 1; 3x3 average pool, /2, valid\nr - concat p, q"
    shared = "a - 3x3, 8\nz - zeropad 1\np - 3x3 max pool, /2, valid\n"
    shared += "q - from z; 3x3 average pool, /2, valid\nr - concat p, q"
    without = f"a - 3x3, 8\n{POOLS}q - from a; 3x3 average pool, /2\nr - concat p, q"
    assert compared(apart, shared).same
    assert not compared(apart, without).same
    assert not compared(f"a - 3x3, 8\n{POOLS}", "a - 3x3, 8\nzeropad 1; 3x3 max pool, /2").same


def test_zeros_around_a_whole_map_are_no_global_pool() -> None:
    assert not compared("a - zeropad 1; 18x18 average pool, valid", "a - global average pool").same


def test_rows_that_together_do_the_same_stand_in_one_pair() -> None:
    comparison = compared(
        "a 16x16 3x3, 8; 3x3, 8\nb 8x8 max pool 2x2", "c 16x16 3x3, 8\nd 8x8 3x3, 8; max pool 2x2"
    )
    assert [(pair.a.name, pair.b.name) for pair in comparison.stages if pair.a and pair.b] == [
        ("a + b", "c + d")
    ]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("a 16x16 3x3, 8", "a 16x16 5x5, 8", [("kernel", "3x3", "5x5")]),
        ("a 16x16 3x3, 8", "a 16x16 3x3, 9", [("channels", "8", "9")]),
        ("a - 3x3, 8", "a - 3x3, 8 /2", [("stride", "1", "2")]),
        ("a - 3x3, 8", "a - 3x3, 8, valid", [("padding", "same", "none")]),
        ("a - 3x3, 8", "a - 3x3, 8, pad 2", [("padding", "same", "2")]),
        ("a - 3x3, 8", "a - 3x3, 8, d=2", [("dilation", "1", "2")]),
        ("a - 3x3, 9", "a - 3x3, 9, g=3", [("groups", "1", "3")]),
        ("a - 3x3, 8", "a - 3x3, 8, no bias", [("bias", "yes", "no")]),
        ("a - 3x3, 8", "a - 3x3, 8, BN, bias", [("norm", "none", "batch")]),
        ("a - 3x3, 8, BN", "a - 3x3, 8, layer norm", [("norm", "batch", "layer")]),
        ("a - 3x3, 8", "a - 3x3, 8, gelu", [("activation", "relu", "gelu")]),
        ("a - 3x3, 8", "a - 3x3, 8; 1x1, 4", [("layer", "", "1x1 conv, 4, relu")]),
        ("a - 3x3, 8; dropout 0.5", "a - 3x3, 8", [("layer", "dropout, rate 0.5", "")]),
        ("a - 3x3, 8; dropout 0.5", "a - 3x3, 8; dropout 0.2", [("rate", "0.5", "0.2")]),
        (
            "a - max pool 2x2",
            "a - average pool 2x2",
            [("layer", "2x2 max pool, stride 2", "2x2 avg pool, stride 2")],
        ),
        ("a - [3x3, 8; 3x3, 8] x2", "a - [3x3, 8; 3x3, 8] x3", [("repeats", "x2", "x3")]),
    ],
)
def test_what_differs_in_a_layer(a: str, b: str, expected: list[tuple[str, str, str]]) -> None:
    comparison = compared(a, b)
    assert not comparison.same
    assert [pair.status for pair in comparison.stages] == ["changed"]
    assert facts(comparison) == expected
    assert facts(compared(b, a)) == [(what, y, x) for what, x, y in expected]
    assert "the networks differ" in comparison.text()


def test_where_a_difference_is() -> None:
    block = "b 8x8 [3x3, 16; 3x3, 16] x3"
    comparison = compared(block, block.replace("; 3x3, 16]", "; 1x1, 16]"), RESIDUAL)
    assert comparison.stages[1].changes == (Change("kernel", "3x3", "1x1", (1, 2, 3), "main", (2, 2), ""),)
    comparison = compared(block, block.replace("[3x3", "[1x1, 4; 3x3"), RESIDUAL)
    assert [(change.layers, change.b) for change in comparison.stages[1].changes] == [
        ((None, 1), "1x1 conv, 4, batch norm, relu")
    ]


def test_shortcuts_are_compared() -> None:
    block = "b 16x16 [3x3, 8; 3x3, 8] x2"
    assert facts(compared(block, f"{block} plain", RESIDUAL))[0] == ("activation", "none", "relu")
    assert ("shortcut", "identity", "none") in facts(compared(block, f"{block} plain", RESIDUAL))
    projecting = compared(block, f"{block} shortcut project-all", RESIDUAL)
    assert facts(projecting) == [("shortcut", "identity", "1x1 conv, 8, batch norm")]
    assert projecting.stages[1].changes[0].blocks == (1, 2)


def test_settings_explain_differences() -> None:
    rows = "stem 16x16 3x3, 8\nb 8x8 [3x3, 16; 3x3, 16] x2\n 1x1 average pool, fc 5"
    one, other = (network(f"input 16x16x3\nstyle {style}\n{rows}") for style in ("resnet", "preact"))
    comparison = compare(one, other)
    assert all(change.convention for pair in comparison.stages for change in pair.changes), facts(comparison)
    explained = {setting.key: setting.explains for setting in comparison.settings}
    assert explained["style"] == 0
    assert explained["order"] > 0 and explained["initializer"] > 0 and explained["projection-input"] == 1
    assert sum(explained.values()) == len(facts(comparison))
    gelu = compare(one, network(f"input 16x16x3\nstyle resnet\nactivation gelu\n{rows}"))
    assert {change.convention for pair in gelu.stages for change in pair.changes} == {"activation"}
    cell = compared("a - 3x3, 8", "a - 3x3, 8, gelu")
    assert [change.convention for change in cell.stages[0].changes] == [""]


def test_a_parameter_that_differs_is_told() -> None:
    comparison = compared("param n = 2\na - [3x3, 8; 3x3, 8] x n", "param n = 3\na - [3x3, 8; 3x3, 8] x n")
    assert [(setting.key, setting.a, setting.b) for setting in comparison.settings] == [("param n", "2", "3")]
    assert "   param n  2 -> 3" in comparison.text().split("\n")


def test_stages_are_matched_by_name_then_by_likeness() -> None:
    a = "conv1 16x16 3x3, 8\nconv2_x 8x8 3x3, 16\nextra 8x8 max pool 3x3 /1\nend 4x4 3x3, 32"
    b = "begin 16x16 3x3, 8\nconv2 8x8 5x5, 16\nlast 4x4 3x3, 32\nmore 4x4 dropout 0.5"
    pairs = [(pair.status, pair.a and pair.a.name, pair.b and pair.b.name) for pair in compared(a, b).stages]
    assert pairs == [
        ("same", "conv1", "begin"),
        ("changed", "conv2_x", "conv2"),
        ("removed", "extra", None),
        ("same", "end", "last"),
        ("added", None, "more"),
    ]


def test_an_input_is_told_where_the_output_above_does_not_tell_it() -> None:
    comparison = compared("a 16x16 3x3, 8\nb 16x16 3x3, 4", "a 16x16 3x3, 6\nb 16x16 3x3, 4")
    assert facts(comparison)[-1] == ("input", "16x16x8", "16x16x6")
    assert "input 16x16x8 -> 16x16x6" not in comparison.text()
    rows = "a - 3x3, 8; 3x3, 8\nb - 3x3, 8"
    comparison = compare(network(f"input 16x16x3\n{rows}"), network(f"input 32x32x3\n{rows}"))
    assert [line.strip() for line in comparison.text().split("\n") if line.startswith("     input")] == [
        "input 16x16x3 -> 32x32x3"
    ]


def test_a_narrow_comparison_has_the_networks_below_each_other() -> None:
    comparison = compared(
        "long-name-of-a-stage 16x16 3x3, 8\nb 16x16 3x3, 4",
        "another-name-of-a-stage 16x16 3x3, 6\nb 16x16 3x3, 4",
    )
    assert comparison.text(width=120) == comparison.text()
    narrow = comparison.text(width=60).split("\n")
    at = next(number for number, line in enumerate(narrow) if "long-name-of-a-stage" in line)
    assert narrow[at].split() == ["~", "long-name-of-a-stage", "16x16x8", "-", "224", "55.3", "k"]
    assert narrow[at + 1].split() == ["another-name-of-a-stage", "16x16x6", "168", "41.5", "k"]


def test_a_network_of_a_table_is_named_with_its_table_or_alone() -> None:
    text = "input 32x32x3\nvariant wide: k=2\nvariant thin: k=1\nparam k = 1\na - 3x3, 8k\n"
    names = [
        [one.settings.name for one in compile_source(Source("net.arch", text), wanted=wanted).compiled]
        for wanted in ("net:thin", "thin")
    ]
    assert names[0] == names[1] == ["net:thin"]
    assert [
        problem.code for problem in compile_source(Source("net.arch", text), wanted="thick").diagnostics
    ] == ["E0114"]


def test_another_input_is_another_network() -> None:
    rows = "a - 3x3, 8; global average pool; fc 5"
    comparison = compare(network(f"input 16x16x3\n{rows}"), network(f"input 32x32x3\n{rows}"))
    assert not comparison.same
    assert comparison.totals[0].difference == 0
    assert comparison.totals[2].percent == pytest.approx(300, abs=1)


def test_stages_alike_but_wired_differently() -> None:
    compilation = compile_source(Source("net.arch", RESIDUAL + "b 16x16 3x3, 8\nc 16x16 [3x3, 8; 3x3, 8]"))
    compiled = compilation.compiled[0]
    assert compiled.graph
    moved = changed(compiled.graph, "c/block1/conv1", lambda node: node._replace(inputs=(3,)))
    comparison = compare(
        network(RESIDUAL + "b 16x16 3x3, 8\nc 16x16 [3x3, 8; 3x3, 8]"),
        Network(compiled._replace(graph=moved), compilation.source),
    )
    assert not comparison.same
    assert "wired differently" in comparison.text()


class TestAlign:
    """Sequences side by side."""

    @staticmethod
    def equal(x: str, y: str) -> float:
        return float(x == y)

    @pytest.mark.parametrize(
        ("a", "b", "pairs"),
        [
            ("abc", "abc", "aa bb cc"),
            ("abc", "axc", "aa b- -x cc"),
            ("", "ab", "-a -b"),
            ("abcd", "bd", "a- bb c- dd"),
            ("aab", "ab", "aa a- bb"),
        ],
    )
    def test_pairs(self, a: str, b: str, pairs: str) -> None:
        found = align(a, b, self.equal)
        assert (
            " ".join(f"{'-' if i is None else a[i]}{'-' if j is None else b[j]}" for i, j in found) == pairs
        )

    @given(st.text("abcd", max_size=12), st.text("abcd", max_size=12), st.booleans())
    def test_everything_stands_once_and_in_order(self, a: str, b: str, keyed: bool) -> None:
        a, b = ("".join(dict.fromkeys(text)) if keyed else text for text in (a, b))
        pairs = align_by_key(a, b, lambda item: item, self.equal) if keyed else align(a, b, self.equal)
        assert [i for i, _ in pairs if i is not None] == list(range(len(a)))
        assert [j for _, j in pairs if j is not None] == list(range(len(b)))
        assert all(a[i] == b[j] for i, j in pairs if i is not None and j is not None)

    @given(st.text("abc", max_size=9), st.text("abc", max_size=9))
    def test_as_many_pairs_as_there_can_be(self, a: str, b: str) -> None:
        longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
        for i, x in enumerate(a):
            for j, y in enumerate(b):
                longest[i + 1][j + 1] = (
                    longest[i][j] + 1 if x == y else max(longest[i][j + 1], longest[i + 1][j])
                )
        assert sum(i is not None and j is not None for i, j in align(a, b, self.equal)) == longest[-1][-1]

    def test_names_win_over_likeness(self) -> None:
        pairs = align_by_key(
            ["x1", "y2"], ["y1", "x2"], lambda item: item[0], lambda x, y: float(x[1] == y[1])
        )
        assert (0, 1) in pairs or (1, 0) in pairs

    def test_long_sequences_stay_quick(self) -> None:
        a, b = [f"a{i}" for i in range(3000)], [f"b{i}" for i in range(2500)]
        pairs = align(a, b, self.equal)
        assert len(pairs) == 3000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), tables())
def test_any_two_tables(one: str, other: str) -> None:
    compilations = [compile_source(Source("net.arch", text)) for text in (one, other)]
    assume(not any(compilation.failed for compilation in compilations))
    a, b = (Spec(compilation).network() for compilation in compilations)
    assert compare(a, a).same
    there, back = compare(a, b), compare(b, a)
    assert there.same == back.same
    if there.same:
        assert (a.params, a.macs, a.output) == (b.params, b.macs, b.output)
    json.dumps(there.as_json())
    assert there.text()
    assert {pair.status for pair in there.stages} <= {"same", "changed", "removed", "added"}
    assert sum(pair.a is not None for pair in there.stages) == len(a.stages) or there.same


@pytest.mark.parametrize("name", PAIRS)
def test_golden(
    name: str,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    code = main(["diff", *PAIRS[name]])
    text = capsys.readouterr().out
    assert code == (0 if name == "table1-itself" else 1)
    path = GOLDEN / f"{name}.txt"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), (
        f"the comparison {name} changed; read it, then run pytest --update-golden"
    )


class TestCommand:
    """`archdsl diff` and `archdsl draw` with two files, as they are run."""

    T1, T2 = str(ROOT / "specs/table1.arch"), str(ROOT / "specs/table2.arch")

    def test_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["diff", self.T1, self.T2, "--format", "json"]) == 1
        found = json.loads(capsys.readouterr().out)
        assert (found["version"], found["same"]) == (1, False)
        assert found["a"]["name"] == "table1" and found["b"]["path"] == self.T2
        assert found["totals"]["trainable"] == {
            "a": 11_173_962,
            "b": 9_910_474,
            "difference": -1_263_488,
            "percent": -11.31,
        }
        assert [stage["status"] for stage in found["stages"]] == ["same", *["changed"] * 4, "same"]
        stage = found["stages"][2]
        assert stage["a"]["params"] == 525_568 and stage["b"]["blocks"] == 3
        assert {
            "what": "repeats",
            "a": "x2",
            "b": "x3",
            "blocks": [],
            "path": "main",
            "layers": {"a": None, "b": None},
            "convention": None,
        } in stage["changes"]

    def test_each_network_has_its_own_options(self, capsys: pytest.CaptureFixture[str]) -> None:
        cifar = str(ROOT / "specs/resnet-cifar.arch")
        assert main(["diff", cifar, cifar, "-D", "n=5"]) == 0
        assert main(["diff", cifar, cifar, "-D", "n=5", "--define-a", "n=7"]) == 1
        assert "x7 -> x5" in capsys.readouterr().out
        assert main(["diff", self.T1, str(ROOT / "specs/table1-preact.arch"), "--style-a", "preact"]) == 0
        assert main(["diff", self.T1, self.T1, "--input-b", "64x64x3"]) == 1
        capsys.readouterr()

    def test_what_is_broken_is_told(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        broken = str(ROOT / "examples/misprint.arch")
        assert main(["diff", broken, self.T1]) == main(["diff", self.T1, broken]) == 1
        assert capsys.readouterr().err.count("error[E0302]") == 2
        assert main(["diff", self.T1, str(tmp_path / "nowhere.arch")]) == 2
        assert main(["diff", self.T1, self.T2, "--figure", "x.jpeg"]) == 2
        assert main(["diff", self.T1, self.T2, "--figure", str(tmp_path / "no/x.svg")]) == 2
        with pytest.raises(SystemExit) as stop:
            main(["diff", self.T1])
        assert stop.value.code == 2

    def test_one_table_of_a_document(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        page = tmp_path / "page.md"
        rows = "|name|output size|structure|\n|-|-|-|\n|a|8x8|3x3, {}|\n"
        page.write_text("".join(f"\n# Table {i}\n\n{rows.format(i)}" for i in (1, 2)), encoding="utf-8")
        assert main(["diff", f"{page}#1", f"{page}#table-2", "--input", "8x8x3"]) == 1
        assert "channels 1 -> 2" in capsys.readouterr().out
        assert main(["diff", str(page), f"{page}#2", "--input", "8x8x3"]) == 1
        assert "error[" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("ending", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"digraph")]
    )
    def test_figures(
        self, tmp_path: Path, ending: str, start: bytes, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out, other = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
        assert main(["diff", self.T1, self.T2, "--figure", str(out)]) == 1
        assert main(["draw", self.T1, self.T2, "-o", str(other)]) == 0
        assert capsys.readouterr().out.endswith(f"wrote {other}\n")
        assert out.read_bytes().startswith(start) and other.read_bytes().startswith(start)

    def test_drawing_a_broken_pair(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["draw", self.T1, str(ROOT / "examples/misprint.arch")]) == 1
        assert main(["draw", self.T1, self.T2]) == 0
        assert [path.name for path in tmp_path.iterdir()] == ["comparison.svg"]


class TestFigure:
    """The comparison figure, before and after Graphviz."""

    def test_boxes(self) -> None:
        figure = compare_figure(
            compared("a 16x16 3x3, 8\nb 8x8 3x3, 16\nc 4x4 3x3, 32", "a 16x16 3x3, 8\nc 4x4 3x3, 16 /4")
        )
        (image, image_too), (a, _), (b, no_b), (c, c_too) = figure.columns
        assert (image.differs, a.differs, b.differs, c.differs) == (False, False, True, True)
        assert (no_b.name, no_b.family) == ("no b", "")
        assert image.height == image_too.height > b.height > c.height
        assert a.width < b.width < c.width > c_too.width
        assert [line.text for line in c_too.lines] == [
            "4×4×16",
            "1.2 k params",
            "stride 2 → 4",
            "channels 32 → 16",
        ]
        assert all(line.differs for line in c_too.lines)

    def test_equal_networks_have_no_outline(self) -> None:
        dot = compare_dot(compare_figure(compared("a 16x16 3x3, 8", "a 16x16 3x3,8")))
        assert "penwidth=4" not in dot
        assert "the same network" in dot

    def test_long_runs_are_shortened_and_strips_go_on_below(self) -> None:
        rows = [f"conv{i} 16x16 3x3, {8 + i}" for i in range(30)]
        odd = [row.replace("3x3", "5x5") if i % 2 else row for i, row in enumerate(rows)]
        same = compare_figure(compared("\n".join(rows), "\n".join(rows)))
        assert [column[0].name for column in same.columns] == ["input", "29 the same", "conv29"]
        figure = compare_figure(compared("\n".join(rows), "\n".join(odd)))
        assert len(figure.columns) == 31
        places = [
            line.split('pos="')[1].split('"')[0].split(",")
            for line in compare_dot(figure).split("\n")
            if "pos=" in line and "->" not in line
        ]
        assert max(float(x) for x, _ in places) < 1500
        assert min(float(y) for _, y in places) < -1000

    def test_themes_and_titles(self, tmp_path: Path) -> None:
        comparison = compared("a 16x16 3x3, 8", "a 16x16 5x5, 8")
        comparison.draw(str(tmp_path / "a.svg"), theme="auto")
        root = ElementTree.parse(tmp_path / "a.svg").getroot()
        texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        assert "net vs net" in texts and "kernel 3x3 → 5x5" in texts
        assert "prefers-color-scheme" in (tmp_path / "a.svg").read_text(encoding="utf-8")
        light, dark = (compare_dot(compare_figure(comparison), theme) for theme in ("light", "dark"))
        assert light != dark

    def test_hostile_names_stay_text(self, tmp_path: Path) -> None:
        comparison = compared('| <b>\\N "x" & ]]> | 16x16 | 3x3, 8 |', "| y | 16x16 | 5x5, 8 |")
        comparison.draw(str(tmp_path / "a.svg"))
        texts = [
            element.text
            for element in ElementTree.parse(tmp_path / "a.svg").iter("{http://www.w3.org/2000/svg}text")
        ]
        assert any('\\N "x" & ]]>' in (text or "") for text in texts)


def test_the_face(tmp_path: Path) -> None:
    t1, t2 = TestCommand.T1, TestCommand.T2
    comparison = archdsl.diff(t1, archdsl.load(t2).network())
    assert not comparison.same
    assert [pair.status for pair in comparison.stages].count("changed") == 4
    assert repr(comparison) == "<Comparison table1 and table2: 2 same, 4 changed, 0 removed, 0 added>"
    assert archdsl.diff(t1, t1).same
    with pytest.raises(archdsl.SpecError):
        archdsl.diff(t1, str(ROOT / "examples/misprint.arch"))


def test_colours_are_only_added() -> None:
    comparison = compared("a 16x16 3x3, 8\nb 8x8 3x3, 4", "a 16x16 5x5, 8\nc 1x1 fc 4")
    plain, coloured = comparison.text(), comparison.text(color=True)
    assert "\x1b[" not in plain
    for code in ("31", "32", "1;33"):
        assert f"\x1b[{code}m" in coloured
    stripped = coloured
    for code in ("31", "32", "1", "0", "1;31", "1;32", "1;33", "1;34"):
        stripped = stripped.replace(f"\x1b[{code}m", "")
    assert [line.rstrip() for line in stripped.split("\n")] == plain.split("\n")
    assert all(line == line.rstrip() for line, _ in pairwise(plain.split("\n")))
