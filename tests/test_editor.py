"""What an editor is given, without a server: every feature on documents of our own form, Markdown and LaTeX."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from archdsl.cli.main import main
from archdsl.diagnostics import Edit
from archdsl.editor import goto, outline
from archdsl.editor.completion import completions
from archdsl.editor.document import Document, analysed
from archdsl.editor.fixes import every_fix, fixes
from archdsl.editor.formatting import formatted
from archdsl.editor.hints import hints
from archdsl.editor.hover import hover
from archdsl.editor.names import occurrences
from archdsl.editor.positions import Position, Positions
from archdsl.editor.preview import preview
from archdsl.editor.rename import RenameError, rename, renamed_place
from archdsl.editor.telling import told
from archdsl.editor.tokens import TYPES, tokens
from archdsl.source import Source, Span
from archdsl.why.slips import edited

SPEC = """\
# two stages
input 32x32x3
classes 10
style resnet
param n = 3
block unit(c, s=1)
    up: 3x3, c, /s
    1x1, c
    add input  when s == 1 and c == in

conv1 32x32 3x3, 16
conv2 16x16 [3x3, 16×n; 3x3, 16×n] x n
u1 8x8 unit(c=64)
mid 8x8 3x3, 64; add u1
head 1x1 average pool, 10-d fc, softmax
"""
BROKEN = "input 32x32x3\nstyle resnet\nconv1 32x32 3x3, 64\nconv2 9x9 [3x3, 64; 3x3, 64] x2\n"
MARKDOWN = """\
# A network 😀

<!-- archdsl: input 32x32x3, classes 10, style resnet -->

| layer   | output | structure                |
|---------|--------|--------------------------|
| conv1   | 32×32  | $3 \\times 3$, 16        |
| conv2_x | 16x16  | [3x3, 32<br>3x3, 32] x 2 |
|         | 1x1    | average pool, 10-d fc    |
"""
LATEX = """\
% archdsl: input 64x64x3, classes 10
% style resnet
\\begin{tabular}{c|c|c|c}
  layer name & output size & 10-layer & 14-layer \\\\ \\hline
  conv1 & 32$\\times$32 & \\multicolumn{2}{c}{7$\\times$7, 16, stride 2} \\\\ \\hline
  conv2\\_x & 16$\\times$16 & [3x3, 16; 3x3, 16] $\\times$ 2 & [3x3, 16; 3x3, 16] $\\times$ 3 \\\\
  & 1$\\times$1 & \\multicolumn{2}{c}{average pool, 10-d fc, softmax} \\\\
\\end{tabular}
"""


def spec(text: str = SPEC) -> Document:
    return analysed("net.arch", text)


def applied(document: Document, found: tuple[Edit, ...]) -> str:
    return edited(document.source.text, found)


def at(text: str, words: str, further: int = 0) -> int:
    return text.index(words) + further


@pytest.mark.parametrize(
    ("text", "offset", "position"),
    [
        ("ab\ncd", 4, (1, 1)),
        ("×b\ncd", 1, (0, 1)),  # one unit, though two bytes
        ("😀b\ncd", 1, (0, 2)),  # beyond the basic plane: two units
        ("a\n😀😀x", 4, (1, 4)),
        ("a\r\nb", 3, (1, 0)),
        ("a\rb", 2, (1, 0)),
        ("", 0, (0, 0)),
    ],
)
def test_positions_count_utf_16_units(text: str, offset: int, position: tuple[int, int]) -> None:
    positions = Positions(Source("a.arch", text))
    assert positions.at(offset) == position
    assert positions.offset(Position(*position)) == offset


def test_positions_outside_of_the_text() -> None:
    positions = Positions(Source("a.arch", "ab\n😀"))
    assert positions.offset(Position(0, 99)) == 2
    assert positions.offset(Position(9, 0)) == 4
    assert positions.offset(Position(1, 1)) == 4  # in the middle of a character: behind it
    assert positions.at(99) == (1, 2)


def test_a_byte_order_mark_is_counted_as_the_editor_does() -> None:
    document = spec("\ufeff" + SPEC)
    assert document.positions.at(0) == (0, 1)
    assert document.offset(Position(0, 1)) == 0
    assert document.offset(Position(1, 2)) == at(SPEC, "input", 2)


def test_diagnostics_have_their_evidence_and_their_places() -> None:
    (one,) = told(spec(BROKEN))
    assert (one.code, one.severity) == ("E0302", "error")
    assert BROKEN[one.span.start : one.span.end] == "9x9"
    assert "no stride gives that" in one.text
    assert "nearest reachable sizes" in one.text
    assert one.related


def test_a_document_without_a_table_is_told_nothing() -> None:
    assert told(analysed("README.md", "# Prose\n\nNo table here.\n")) == ()
    assert told(spec("")) != ()


def test_an_empty_place_is_made_visible() -> None:
    for one in told(spec("conv1 32x32 3x3, 64\n")):
        assert one.span.end > one.span.start


def test_quick_fixes_mend() -> None:
    document = spec(BROKEN)
    found = fixes(document, Span(at(BROKEN, "9x9"), at(BROKEN, "9x9")))
    assert found
    for fix in found:
        assert told(spec(applied(document, fix.edits))) == ()
    assert fixes(document, Span(0, 0)) == ()


def test_all_faults_with_one_fix_are_mended_at_once() -> None:
    text = BROKEN.replace("conv1 32x32", "conv1 31x31")
    document = spec(text)
    singles = [one for one in told(document) if len(one.found.fixes) == 1]
    after = told(spec(applied(document, every_fix(document))))
    assert len(after) < len(told(document)) if singles else every_fix(document) == ()


def test_hints_stand_at_the_ends_of_rows() -> None:
    document = spec()
    found = {document.positions.at(hint.offset): hint for hint in hints(document, 0, 99)}
    ends = {number: len(line) for number, line in enumerate(SPEC.split("\n"))}
    assert [place.line for place in found] == [10, 11, 12, 13, 14]
    assert all(place.character == ends[place.line] for place in found)
    first = found[Position(10, ends[10])]
    assert first.text == "→ 32×32×16 · 464 params · 442 k MACs"
    assert "464 parameters" in first.tooltip
    assert [hint.text[:5] for hint in hints(document, 14, 14)] == ["→ 10 "]


def test_hints_of_a_broken_table_have_what_is_known() -> None:
    found = hints(spec(BROKEN), 0, 9)
    assert [hint.text for hint in found] == ["→ 32×32×64 · 1.86 k params"]


def test_hints_of_several_networks_in_a_row() -> None:
    texts = [hint.text for hint in hints(analysed("t.tex", LATEX), 0, 99)]
    assert len(texts) == 3
    assert texts[0].startswith("→ 32×32×16 · 2.38 k params")
    assert " to " in texts[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("16×n", "channels or units"),
        ("u1 8x8", "the row's name"),
        ("32x32 3x3", "declared size"),
        ("resnet", "Post-activation residual network"),
        ("style", "a bundle of the conventions"),
        ("unit(c=64)", "block unit(c, s=1)"),
        ("average pool", "Mean over a window"),
        ("x n", "the repeat"),
        ("/s", "stride"),
    ],
)
def test_hover(words: str, said: str) -> None:
    found = hover(spec(), at(SPEC, words, 1))
    assert found is not None
    assert said in found.text


def test_hover_on_nothing() -> None:
    assert hover(spec(), at(SPEC, "# two")) is None


def test_hover_in_a_row_that_cannot_be_read() -> None:
    text = BROKEN.replace("3x3, 64\n", "3x3, 64, rellu, dropout # dropout\n")
    found = hover(spec(text), at(text, "dropout"))
    assert found is not None
    assert "Sets a share of the values to zero" in found.text
    beside = hover(spec(text), at(text, "# dropout", 4))
    assert beside is None or "Sets a share" not in beside.text


def test_hover_tells_what_was_inferred() -> None:
    found = hover(spec(), at(SPEC, "conv2 16x16"))
    assert found is not None
    assert "stride 2" in found.text
    assert "112,032 parameters" in found.text


def labels(text: str, path: str = "net.arch") -> dict[str, str]:
    """Complete where `^` stands; give the labels and kinds."""
    offset = text.index("^")
    found = completions(analysed(path, text.replace("^", "")), offset)
    return {one.label: one.kind for one in found}


HEAD = "input 32x32x3\nparam k = 2\nblock cell(c)\n    3x3, c\nc1 32x32 3x3, 16\nc2 32x32 "


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        ("^", {"input": "setting", "style": "setting", "block": "keyword"}, "resnet"),
        ("style ^", {"resnet": "style", "plain": "style"}, "conv"),
        ("style res^", {"resnet": "style"}, "conv"),
        ("norm ^", {"batch": "value", "none": "value"}, "resnet"),
        ("input 8x8x3, activation ^", {"gelu": "value"}, "resnet"),
        ("downsampling ^", {"stride": "value"}, "resnet"),
        (
            HEAD + "^",
            {"conv": "layer", "max pool": "layer", "cell": "block", "k": "parameter", "from": "keyword"},
            "c1",
        ),
        (HEAD + "3x3, 16; add ^", {"c1": "row", "input": "row"}, "conv"),
        (HEAD + "from c^", {"c1": "row"}, "conv"),
        (HEAD + "3x3, 16, norm=^", {"batch": "value", "layer": "value"}, "conv"),
        (HEAD + "3x3, 16, st^", {"stride=": "option", "relu": "layer"}, "resnet"),
        (HEAD + "max pool 2x2, ^", {"stride=": "option", "padding=": "option"}, "groups="),
        (HEAD + "3x3 # a comment ^", {}, "conv"),
    ],
)
def test_completion(text: str, known: dict[str, str], unknown: str) -> None:
    found = labels(text)
    assert known.items() <= found.items()
    assert unknown not in found


def test_completion_replaces_the_words_that_are_typed() -> None:
    text = HEAD + "global aver"
    one = next(one for one in completions(spec(text), len(text)) if one.label == "global average pool")
    assert text[one.span.start : one.span.end] == "global aver"


def test_completion_in_documents() -> None:
    inside = MARKDOWN.replace("$3 \\times 3$, 16        |", "$3 \\times 3$, 16, ^       |")
    assert labels(inside, "a.md")["relu"] == "layer"
    assert labels(MARKDOWN.replace("style resnet", "style ^"), "a.md")["resnet"] == "style"
    assert labels(MARKDOWN.replace("# A network", "# A ^network"), "a.md") == {}
    assert labels(LATEX.replace("% style resnet", "% style ^"), "a.tex")["resnet"] == "style"


def texts_of(document: Document, offset: int, defined: bool = True) -> list[str]:
    return [document.text(one.span) for one in goto.references(document, offset, defined)]


def test_definitions_and_references() -> None:
    document = spec()
    target = goto.definition(document, at(SPEC, "add u1", 5))
    assert target is not None
    assert target.span == Span(at(SPEC, "u1 8x8"), at(SPEC, "u1 8x8") + 2)
    assert texts_of(document, at(SPEC, "n = 3")) == ["n"] * 4
    assert texts_of(document, at(SPEC, "n = 3"), False) == ["n"] * 3
    assert texts_of(document, at(SPEC, "unit(c,")) == ["unit", "unit"]
    assert texts_of(document, at(SPEC, "c, s=1")) == ["c"] * 5  # of the block, and named where it is used
    assert goto.definition(document, at(SPEC, "# two")) is None


def test_definitions_in_the_library() -> None:
    text = "input 32x32x3\nstyle efficientnet\na 16x16 MBConv6, k3x3, 24\n"
    document = spec(text)
    block = goto.definition(document, at(text, "MBConv6", 2))
    assert block is not None
    assert block.source.text[block.span.start : block.span.end].lower().startswith("mbconv")
    style = goto.definition(document, at(text, "efficientnet", 3))
    assert style is not None
    assert style.source.path.endswith("efficientnet.arch")
    for target in (block, style):  # an editor opens the file
        assert told(analysed(target.source.path, target.source.text)) == ()


def test_names_in_a_row_that_cannot_be_read() -> None:
    text = SPEC.replace("mid 8x8 3x3, 64; add u1", "mid 8x8 3x3, 64×n, rellu; add u1")
    document = spec(text)
    assert len(goto.references(document, at(text, "u1 8x8"))) == 2
    assert len(goto.references(document, at(text, "n = 3"))) == 5


@pytest.mark.parametrize(
    ("words", "new", "count"),
    [("u1 8x8", "stage9", 2), ("n = 3", "width", 4), ("unit(c,", "cell", 2), ("up:", "first", 1)],
)
def test_rename(words: str, new: str, count: int) -> None:
    document = spec()
    found = rename(document, at(SPEC, words), new)
    assert len(found) == count
    after = applied(document, found)
    assert told(spec(after)) == ()
    assert new in after


def test_rename_in_documents() -> None:
    document = analysed("a.tex", LATEX)
    after = applied(document, rename(document, at(LATEX, "conv2"), "stage_2"))
    assert "\n  stage\\_2 & 16" in after
    assert told(analysed("a.tex", after)) == ()


@pytest.mark.parametrize(
    ("words", "new"),
    [
        ("u1 8x8", "conv1"),
        ("n = 3", "3n"),
        ("n = 3", "a b"),
        ("unit(c,", "conv"),
        ("# two", "x"),
        ("u1 8x8", ""),
    ],
)
def test_names_that_cannot_be_given(words: str, new: str) -> None:
    with pytest.raises(RenameError):
        rename(spec(), at(SPEC, words), new)


def test_a_name_with_its_number_glued_to_it() -> None:
    text = "input 32x32x3\nblock cell(c)\n    3x3, c\na 32x32 cell8\n"
    document = spec(text)
    assert "a 32x32 unit8" in applied(document, rename(document, at(text, "cell(c)"), "unit"))
    assert renamed_place(document, at(text, "cell8")) == Span(at(text, "cell8"), at(text, "cell8") + 4)
    assert renamed_place(document, at(text, "32x32x3")) is None


def test_tokens_are_in_order_and_do_not_overlap() -> None:
    for path, text in (("a.arch", SPEC), ("a.md", MARKDOWN), ("a.tex", LATEX), ("a.arch", BROKEN)):
        document = analysed(path, text)
        found = tokens(document)
        assert found
        assert all(one.span.end <= other.span.start for one, other in pairwise(found))
        assert all("\n" not in document.text(one.span) and one.kind in TYPES for one in found)


def test_tokens_by_what_words_were_taken_for() -> None:
    document = spec()
    kinds = [(document.text(one.span), one.kind) for one in tokens(document)]
    for expected in (
        ("# two stages", "comment"),
        ("style", "keyword"),
        ("resnet", "string"),
        ("unit", "class"),
        ("conv1", "variable"),
        ("softmax", "function"),
        ("add", "keyword"),
        ("u1", "variable"),
        ("when", "keyword"),
    ):
        assert expected in kinds


def test_outline() -> None:
    (table,) = outline.outline(spec())
    assert [(one.name, one.kind) for one in table.children] == [
        ("n", "parameter"),
        ("unit", "block"),
        ("conv1", "row"),
        ("conv2", "row"),
        ("u1", "row"),
        ("mid", "row"),
        ("head", "row"),
    ]
    for one in (table, *table.children):
        assert one.span.start <= one.name_span.start <= one.name_span.end <= one.span.end
    (printed,) = outline.outline(analysed("a.tex", LATEX))
    assert printed.detail == "2 networks"


def test_folds() -> None:
    assert outline.folds(spec("# a\n# b\n" + SPEC)) == (
        outline.Fold(0, 2, "comment"),
        outline.Fold(7, 10, "region"),
    )
    assert len(outline.folds(analysed("a.md", MARKDOWN))) == 1


def test_formatting() -> None:
    document = spec()
    after = applied(document, formatted(document))
    assert formatted(spec(after)) == ()
    assert "conv1  32x32  3x3, 16" in after
    assert formatted(spec(BROKEN)) == ()
    assert formatted(analysed("a.md", MARKDOWN)) == ()


def test_preview() -> None:
    drawn = preview(spec())
    assert drawn.svg.startswith("<svg")
    assert drawn.networks == ("net",)
    broken = preview(spec(BROKEN))
    assert broken.svg.startswith("<svg")
    assert "E0302" in broken.svg
    assert preview(analysed("a.md", "prose")).why
    second = preview(analysed("a.tex", LATEX), "table-1:14-layer")
    assert second.network.endswith("14-layer")


def test_documents_give_the_same_features() -> None:
    document = analysed("a.md", MARKDOWN)
    assert told(document) == ()
    assert [document.positions.at(hint.offset).line for hint in hints(document, 0, 99)] == [6, 7, 8]
    found = hover(document, at(MARKDOWN, "average pool", 2))
    assert found is not None
    assert "330 parameters" in found.text
    broken = analysed("a.md", MARKDOWN.replace("16x16", "15x15"))
    (one,) = told(broken)
    assert broken.text(one.span) == "15x15"
    assert "16x16" in applied(broken, fixes(broken, one.span)[0].edits)


def test_every_feature_survives_any_text() -> None:
    for text in (
        "",
        "\n",
        "[",
        "a b c",
        "input",
        "block",
        "block x(",
        "style resnet\n| a | b",
        "😀 8x8 3x3, 😀",
    ):
        for path in ("a.arch", "a.md", "a.tex"):
            document = analysed(path, text)
            told(document), hints(document, 0, 9), tokens(document), outline.outline(document)
            outline.folds(document), occurrences(document), formatted(document), every_fix(document)
            for offset in range(len(text) + 1):
                hover(document, offset), completions(document, offset), goto.definition(document, offset)


@pytest.mark.parametrize(
    ("command", "line"), [("lsp", "pip install 'archdsl[editor]'"), ("mcp", "pip install 'archdsl[mcp]'")]
)
def test_a_server_that_is_not_installed(
    command: str, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("archdsl.extras.find_spec", lambda name: None)
    assert main([command]) == 3
    assert line in capsys.readouterr().err


def test_check_loads_nothing_of_it() -> None:
    code = (
        "import sys\nfrom archdsl.cli.main import main\nmain(['check', sys.argv[1]])\n"
        "print('\\n'.join(['LOADED', *sys.modules]))"
    )
    path = str(Path(__file__).parent.parent / "specs/table2.arch")
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    loaded = {
        name.removeprefix("archdsl.").partition(".")[0] for name in done.stdout.partition("LOADED")[2].split()
    }
    assert not loaded & {
        "editor",
        "assistant",
        "highlight",
        "explaining",
        "kept",
        "pygls",
        "lsprotocol",
        "mcp",
        "pygments",
    }
