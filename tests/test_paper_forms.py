"""The tables of papers as Markdown, LaTeX and HTML documents: the networks of the native file; settings in comments of documents."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

import archdsl
from archdsl.graph.graph import Graph
from archdsl.network import Spec
from archdsl.pipeline import compile_source
from archdsl.source import Source

PAPERS = Path(__file__).parent.parent / "specs" / "papers"
FORMS = sorted((PAPERS / "forms").iterdir())


@cache
def spec(path: Path) -> Spec:
    """Compile a file, all its networks, without a word to say about it."""
    found = archdsl.load(str(path))
    assert found.diagnostics == ()
    return found


def computation(graph: Graph) -> list[Any]:
    """Return what a graph computes and how it is made up, without names and places."""
    return [
        (node.op, node.params, node.inputs, node.shape, node.stage, node.frames, node.branch)
        for node in graph.nodes
    ]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_same_networks(path: Path) -> None:
    native = spec(PAPERS / f"{path.stem}.arch")
    found = spec(path)
    variants = [network.settings.variant for network in found.networks]
    printed = [
        network.settings.variant for network in native.networks if network.settings.variant in variants
    ]
    assert variants == printed
    for network in found.networks:
        same = next(one for one in native.networks if one.settings.variant == network.settings.variant)
        assert computation(network.graph) == computation(same.graph)
        assert [stage.declared for stage in network.graph.stages] == [
            stage.declared for stage in same.graph.stages
        ]


def test_every_table_has_three_forms() -> None:
    stems = {path.stem for path in FORMS}
    assert {path.name for path in FORMS} == {
        f"{stem}.{ending}" for stem in stems for ending in ("md", "tex", "html")
    }


MARKDOWN = "| layer | output | structure |\n|---|---|---|\n| conv1 | {size} | 3x3, 4 |\n\n"
LATEX = "\\begin{tabular}{lll}\nlayer & output & structure \\\\\nconv1 & 8x8 & 3x3, k \\\\\n\\end{tabular}\n"


def inputs(path: str, text: str) -> list[tuple[int, ...]]:
    """Return the inputs of the networks of a document."""
    found = compile_source(Source(path, text))
    assert found.diagnostics == ()
    return [network.input for network in Spec(found).networks]


def test_a_comment_holds_for_the_tables_after_it() -> None:
    comment = "<!-- archdsl: input {}x3, norm batch -->\n\n"
    table = MARKDOWN.format(size="8x8")
    text = comment.format("8x8") + table + table + comment.format("16x16") + MARKDOWN.format(size="16x16")
    assert inputs("a.md", text) == [(8, 8, 3), (8, 8, 3), (16, 16, 3)]


def test_variants_and_claims_are_those_of_one_table() -> None:
    text = (
        "<!-- archdsl: input 8x8x3 -->\n<!-- archdsl:\nparams 112\nvariant a: bias=yes\n-->\n\n"
        + MARKDOWN.format(size="8x8") * 2
    )
    found = Spec(compile_source(Source("a.md", text)))
    assert [network.settings.variant for network in found.networks] == ["a", ""]
    assert [len(network.settings.claims) for network in found.networks] == [1, 0]


def test_latex_comments_go_on_with_their_mark() -> None:
    text = (
        "% archdsl: input 8x8x3\n%   param k = 4\n%   style plain\n% archdsl: activation gelu\n\n% k is the width\n"
        + LATEX
    )
    assert inputs("a.tex", text) == [(8, 8, 3)]


def test_blocks_in_a_comment() -> None:
    comment = "<!-- archdsl:\n  input 8x8x3\n\n  block pair(c)\n      3x3, c\n      3x3, c\n-->\n\n"
    (network,) = Spec(
        compile_source(Source("a.md", comment + MARKDOWN.format(size="8x8").replace("3x3, 4", "pair(4)")))
    ).networks
    assert network.counts.depth == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<!-- archdsl: inptu 8x8x3 -->\n\n", "E0122"),
        ("<!-- archdsl: input 8x8x3, activatoin relu -->\n\n", "E0201"),
        ("<!-- archdsl: input 8x8x3\nconv0 8x8 3x3, 4\n-->\n\n", "E0122"),
        ("```html\n<!-- archdsl: input 8x8x3 -->\n```\n\n", "E0215"),
        ("<!-- input 8x8x3 -->\n\n", "E0215"),
    ],
)
def test_what_is_wrong_with_a_comment_is_told(text: str, code: str) -> None:
    found = compile_source(Source("a.md", text + MARKDOWN.format(size="8x8")))
    assert code in [diagnostic.code for diagnostic in found.diagnostics]


def test_a_fault_of_a_comment_has_its_place() -> None:
    text = "<!-- archdsl:\n    input 8x8x3\n    style nonsense\n-->\n\n" + MARKDOWN.format(size="8x8")
    (diagnostic,) = compile_source(Source("a.md", text)).diagnostics
    assert text[diagnostic.span.start : diagnostic.span.end] == "nonsense"
