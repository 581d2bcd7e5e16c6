"""A text that is edited: only what changed is done again, and everything is as if all had been."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from archdsl.editor.document import Document, Live
from archdsl.editor.positions import Positions
from archdsl.editor.slots import Slots
from archdsl.pipeline import _compiled, compile_source, explained
from archdsl.resolve.settings import Overrides
from archdsl.source import Source

ROOT = Path(__file__).parent.parent
HEAD = "input 32x32x3\nstyle resnet\nparam n = 2\nblock unit(c, s=1)\n    3x3, c, /s\n    add input  when s == 1 and c == in\n"
SPEC = (
    HEAD
    + "stem 32x32 3x3, 16\n"
    + "".join(
        f"row{i} {32 if i < 20 else 16}x{32 if i < 20 else 16} {layers}\n"
        for i, layers in enumerate(
            ["[3x3, 16; 3x3, 16] x2", "3x3, 16", "unit(c=16)", "3x3, 16; add stem"] * 5
        )
    )
    + "last 16x16 3x3, 16\nhead 1x1 average pool, 10-d fc\n"
)


def seen(document: Document) -> object:
    """Give what an editor sees of a document: places as lines and columns."""
    place = document.positions.at
    diagnostics = [
        (one.code, one.message, place(one.span.start), document.text(one.span).strip())
        for one in document.diagnostics
    ]
    rows = [row._replace(span=None, line=row.line) for row in document.rows]  # type: ignore[arg-type]
    taken = [
        (place(one.span.start), " ".join(document.text(one.span).split()), one.what)
        for one in document.entries
    ]
    return sorted(diagnostics), rows, taken


def graphs(document: Document) -> object:
    """Give the networks without their places."""
    return [
        one.graph
        and [
            (node.op, node.inputs, node.shape, node.name, node.stage, node.frames) for node in one.graph.nodes
        ]
        for one in document.compilation.compiled
    ]


def whole(path: str, text: str) -> Document:
    """Analyse a text whole, with nothing kept, errors cell by cell."""
    source = Source(path, text)
    return Document(_compiled(source, Overrides(), None, True), Positions(source))


def same(live: Live, text: str) -> Document:
    document = live.document(text)
    other = whole("net.arch", text)
    assert seen(document) == seen(other), text
    assert graphs(document) == graphs(other), text
    return document


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("row5 32x32 3x3, 16", "row5 32x32 3x3, 1"),
        ("row5 32x32 3x3, 16", "row5 32x32 3x3, 16, rellu"),
        ("row5 32x32 3x3, 16", "row5 3x32 3x3, 16"),
        ("row5 32x32 3x3, 16", "row5 32x32 3x3, 16; 3x3, 16"),
        ("row5 32x32 3x3, 16", "row5 - 3x3, 16"),
        ("row5 32x32 3x3, 16", "row6 32x32 3x3, 16"),
        ("row5 32x32 3x3, 16", "32x32 3x3, 16"),
        ("row5 32x32 3x3, 16", "row5 32x32 3x3, 16 # a remark"),
        ("stem 32x32 3x3, 16", "stem 32x32 3x3, 8"),
        ("stem 32x32", "stern 32x32"),
        ("input 32x32x3", "input 16x16x3"),
        ("style resnet", "style preact"),
        ("param n = 2", "param n = 3"),
        ("    3x3, c, /s", "    5x5, c, /s"),
        ("row7 32x32 3x3, 16; add stem\n", ""),
        ("row7 32x32", "new 32x32 1x1, 16\nrow7 32x32"),
        ("row20 16x16", "row20 15x15"),
        ("10-d fc", "10-d fc, softmax"),
        ("row4 32x32 [3x3, 16; 3x3, 16] x2", "row4 32x32 [3x3, 16; 3x3, 16] x3"),
        ("row4 32x32 [3x3, 16; 3x3, 16] x2", "row4 32x32 [3x3, 24; 3x3, 24] xn"),
    ],
)
def test_an_edit_and_its_undoing(before: str, after: str) -> None:
    assert before in SPEC or before.startswith("row20")
    live = Live("net.arch")
    text = SPEC
    for one in (text, text.replace(before, after, 1), text):
        same(live, one)


def edits(text: str, count: int, chance: random.Random) -> Iterator[str]:
    """Type: characters are added and taken away, lines added, doubled and moved; now and then all is undone."""
    first = text
    for _ in range(count):
        at = chance.randrange(len(text))
        kind = chance.random()
        if kind < 0.5:
            text = text[:at] + chance.choice("0123x,; []=acn/#\t") + text[at:]
        elif kind < 0.85:
            text = text[:at] + text[at + 1 :]
        elif kind < 0.95:
            lines = text.split("\n")
            lines.insert(chance.randrange(len(lines)), chance.choice(lines))
            text = "\n".join(lines)
        else:
            text = first
        yield text


@pytest.mark.parametrize("seed", range(3))
def test_random_edits(seed: int) -> None:
    live = Live("net.arch")
    for text in edits(SPEC, 30, random.Random(seed)):
        same(live, text)


@pytest.mark.parametrize(
    "name", ["table2", "papers/mobilenet-v2", "papers/u-net", "papers/resnet", "papers/googlenet"]
)
def test_random_edits_of_published_tables(name: str) -> None:
    folder = next(one for one in (ROOT / "specs", ROOT / "archdsl/specs") if (one / f"{name}.arch").exists())
    text = (folder / f"{name}.arch").read_text(encoding="utf-8")
    live = Live("net.arch")
    for one in (text, *edits(text, 6, random.Random(name))):
        same(live, one)


def rows(count: int) -> str:
    return "input 32x32x3\nstyle resnet\n" + "".join(
        f"row{i} 32x32 [3x3, 16; 3x3, 16] x2\n" for i in range(count)
    )


@pytest.mark.parametrize(
    "typed", ["[3x3, 1; 3x3, 16]", "[3x3, 17; 3x3, 16]", "[3x3, 16, tan; 3x3, 16]", "[3x3, 16; 3x3, 16"]
)
def test_a_keystroke_does_little_work(typed: str) -> None:
    live = Live("net.arch")
    text = rows(200)
    live.document(text)
    first = live.kept.work()
    assert first["row"] == 200
    live.document(text.replace("row100 32x32 [3x3, 16; 3x3, 16]", f"row100 32x32 {typed}"))
    work = live.kept.work()
    assert work["line"] == 1
    assert work["row"] == 1
    assert work["row lowered"] <= 4
    live.document(text)
    assert live.kept.work()["row"] == 1
    live.document(text)
    assert live.kept.work() == {}


def test_errors_are_told_from_their_cause_in_the_end() -> None:
    text = rows(3).replace("row1 32x32", "row1 3x32")
    quick = Live("net.arch").document(text)
    assert quick.diagnostics
    source = Source("net.arch", text)
    full = compile_source(source)
    assert [one.message for one in explained(whole("net.arch", text).compilation).diagnostics] == [
        one.message for one in full.diagnostics
    ]


def test_lines_keep_their_room() -> None:
    slots = Slots()
    lines = ["ab", "cd", "ef", "gh"]
    first = slots.filled("\n".join(lines))
    assert [line.rstrip() for line in first.split("\n")] == lines
    for edited in (
        ["abc", *lines[1:]],
        ["abc", "new", *lines[1:]],
        ["abc", "n", "m", *lines[1:]],
        lines,
        lines[1:],
    ):
        text = slots.filled("\n".join(edited))
        assert [line.rstrip() for line in text.split("\n")] == edited
        assert text.index("gh") == first.index("gh")
        assert len(text) == len(first)


def test_a_line_that_needs_more_room_than_there_is() -> None:
    slots = Slots()
    first = slots.filled("ab\ncd\nef")
    text = slots.filled("a" * 500 + "\ncd\nef")
    assert text.index("ef") > first.index("ef")
    assert slots.filled("ab\ncd\nef").index("ef") == text.index("ef")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("row100 ", "\nrow100 "),
        ("row100 ", "new 32x32 3x3, 16\nrow100 "),
        ("row100 32x32 [3x3, 16; 3x3, 16] x2\n", ""),
        ("row100 ", "# a remark\nrow100 "),
    ],
)
def test_a_line_more_or_less_does_little_work(before: str, after: str) -> None:
    live = Live("net.arch")
    text = rows(200)
    live.document(text)
    for version in (text.replace(before, after), text):
        same(live, version)
        work = live.kept.work()
        assert work.get("row", 0) <= 4
        assert work.get("row lowered", 0) <= 8


def test_line_ends_of_windows_and_old_ones() -> None:
    live = Live("net.arch")
    for text in (rows(2).replace("\n", "\r\n"), rows(3).replace("\n", "\r\n"), rows(2).replace("\n", "\r")):
        document = live.document(text)
        assert document.diagnostics == ()
        assert len(document.rows) == text.count("row")


def test_documents_of_other_forms_are_analysed_whole() -> None:
    live = Live("a.md")
    text = (
        "<!-- archdsl: input 8x8x3 -->\n| layer | output | structure |\n|---|---|---|\n| a | 8x8 | 3x3, 4 |\n"
    )
    assert [row.params for row in live.document(text).rows] == [112]
    assert [row.params for row in live.document(text.replace("3x3, 4", "3x3, 8")).rows] == [224]
