"""The text format, against whole rendered diagnostics and against hostile input."""

import re
import time

import pytest

from archdsl.diagnostics import Diagnostic, Edit, Fix, Label, Note
from archdsl.render.text import render, render_all
from archdsl.source import Source, Span

SPEC = """\
input    32x32x3
classes  10
style    resnet

conv1    32x32  3x3, 64
conv3_x  16x16  [3x3,128; 3x3,128] x2 /2    residual
conv4_x  8x8    [3x3,256; 3x3,256] x2       residual
conv5_x  4x4    [3x3,512; 3x3,512] x2 /2    residual
pool            gapool
"""


def at(text: str, piece: str, line: int = 1, nth: int = 0) -> Span:
    """Find a piece of text in a line (counted from 1)."""
    start = sum(len(part) for part in text.splitlines(keepends=True)[: line - 1])
    for _ in range(nth + 1):
        start = text.index(piece, start) + 1
    return Span(start - 1, start - 1 + len(piece))


def after(span: Span) -> Span:
    return Span(span.end, span.end)


def problem(
    text: str, *labels: Label, fixes: tuple[Fix, ...] = (), notes: tuple[Note, ...] = (), help: str = ""
) -> Diagnostic:
    return Diagnostic("E0301", "error", "it is wrong", Source("net.arch", text), labels, notes, help, fixes)


def body(diagnostic: Diagnostic, width: int = 140) -> list[str]:
    """Return the lines below header and place."""
    return render(diagnostic, width=width).splitlines()[2:]


def fixed(text: str, *edits: Edit) -> list[str]:
    """Return the lines that show a fix."""
    lines = render(problem(text, fixes=(Fix("change it", edits),))).splitlines()
    return lines[lines.index("help: change it") + 1 :]


def test_wrong_size_in_full() -> None:
    diagnostic = Diagnostic(
        "E0301",
        "error",
        "conv4_x is declared 8x8 but computes 16x16",
        Source("resnet18.arch", SPEC),
        (
            Label(at(SPEC, "8x8", 7), "declared 8x8", primary=True),
            Label(at(SPEC, "16x16", 6), "conv4_x receives 16x16x128 from here"),
            Label(at(SPEC, "[3x3,256; 3x3,256] x2", 7), "no stride in here, so 16x16 stays 16x16"),
        ),
        (
            Note(
                "shapes",
                "16x16x128 -[3x3,256]-> 16x16x256 -[3x3,256]-> 16x16x256  (block 1 of 2; block 2 same)",
            ),
            Note("note", "16 -> 8 needs one stride of 2"),
        ),
        fixes=(
            Fix(
                "add the missing stride (first block of the stage)",
                (Edit(after(at(SPEC, "] x2", 7)), " /2"),),
            ),
        ),
    )
    assert (
        render(diagnostic)
        == """\
error[E0301]: conv4_x is declared 8x8 but computes 16x16
 --> resnet18.arch:7:10
  |
6 | conv3_x  16x16  [3x3,128; 3x3,128] x2 /2    residual
  |          ----- conv4_x receives 16x16x128 from here
7 | conv4_x  8x8    [3x3,256; 3x3,256] x2       residual
  |          ^^^    --------------------- no stride in here, so 16x16 stays 16x16
  |          |
  |          declared 8x8
  |
  = shapes: 16x16x128 -[3x3,256]-> 16x16x256 -[3x3,256]-> 16x16x256  (block 1 of 2; block 2 same)
  = note: 16 -> 8 needs one stride of 2
help: add the missing stride (first block of the stage)
  |
7 | conv4_x  8x8    [3x3,256; 3x3,256] x2 /2       residual
  |                                       ++
"""
    )


def test_replacement_in_full() -> None:
    diagnostic = Diagnostic(
        "E0204",
        "error",
        "unknown layer `gapool`",
        Source("resnet18.arch", SPEC),
        (Label(at(SPEC, "gapool", 9), "not a layer or block", primary=True),),
        (Note("note", "pooling layers: gap, avgpool, maxpool"),),
        fixes=(Fix("did you mean `gap` (global average pooling)?", (Edit(at(SPEC, "gapool", 9), "gap"),)),),
    )
    assert (
        render_all([diagnostic])
        == """\
error[E0204]: unknown layer `gapool`
 --> resnet18.arch:9:17
  |
9 | pool            gapool
  |                 ^^^^^^ not a layer or block
  |
  = note: pooling layers: gap, avgpool, maxpool
help: did you mean `gap` (global average pooling)?
  |
9 - pool            gapool
9 + pool            gap

error: 1 error in resnet18.arch; explain it with `archdsl explain E0204`
"""
    )


def test_facts_that_follow_one_another_are_aligned() -> None:
    notes = (
        Note("main", "32x32x64 -> 16x16x128"),
        Note("shortcut", "32x32x64"),
        Note("note", "they differ\nin size"),
    )
    assert body(problem("a", Label(Span(0, 1), "", True), notes=notes)) == [
        "  |",
        "1 | a",
        "  | ^",
        "  |",
        "  = main:     32x32x64 -> 16x16x128",
        "  = shortcut: 32x32x64",
        "  = note: they differ",
        "          in size",
    ]


class TestLabels:
    """How marks and their texts share lines."""

    def test_three_on_a_line(self) -> None:
        text = "one two three"
        labels = (
            Label(at(text, "one"), "first"),
            Label(at(text, "two"), "second", True),
            Label(at(text, "three"), "third"),
        )
        assert body(problem(text, *labels)) == [
            "  |",
            "1 | one two three",
            "  | --- ^^^ ----- third",
            "  | |   |",
            "  | |   second",
            "  | first",
        ]

    def test_one_inside_another(self) -> None:
        text = "[3x3,64; 3x3,64]"
        labels = (Label(Span(0, 16), "block"), Label(Span(5, 7), "channels", True))
        assert body(problem(text, *labels)) == [
            "  |",
            "1 | [3x3,64; 3x3,64]",
            "  | -----^^---------",
            "  | |    |",
            "  | |    channels",
            "  | block",
        ]

    def test_two_at_one_place(self) -> None:
        labels = (Label(Span(0, 3), "here it is"), Label(Span(0, 3), "and wrong", True))
        assert body(problem("abc", *labels)) == [
            "  |",
            "1 | abc",
            "  | ^^^ and wrong",
            "  | |",
            "  | here it is",
        ]

    def test_without_text(self) -> None:
        assert body(problem("abc def", Label(Span(0, 3), "", True), Label(Span(4, 7), "this"))) == [
            "  |",
            "1 | abc def",
            "  | ^^^ --- this",
        ]

    def test_a_line_between_is_shown_and_several_are_left_out(self) -> None:
        text = "a\nb\nc\nd\ne\nf\n"
        labels = (Label(at(text, "a"), "", True), Label(at(text, "c"), ""), Label(at(text, "f"), ""))
        assert body(problem(text, *labels)) == [
            "  |",
            "1 | a",
            "  | ^",
            "2 | b",
            "3 | c",
            "  | -",
            "...",
            "6 | f",
            "  | -",
        ]

    def test_over_several_lines_shows_the_first(self) -> None:
        assert body(problem("ab cd  \nef\n", Label(Span(3, 9), "block", True))) == [
            "  |",
            "1 | ab cd",
            "  |    ^^ block",
        ]

    def test_line_numbers_of_different_width(self) -> None:
        text = "x\n" * 12
        lines = render(
            problem(text, Label(Span(2, 3), "two"), Label(Span(20, 21), "eleven", True))
        ).splitlines()
        assert lines == [
            "error[E0301]: it is wrong",
            "  --> net.arch:11:1",
            "   |",
            "2  | x",
            "   | - two",
            "...",
            "11 | x",
            "   | ^ eleven",
        ]


class TestFixes:
    """How changes of the source are shown."""

    def test_insertions_are_marked(self) -> None:
        assert fixed("3x3 64 stride 2", Edit(Span(3, 3), ","), Edit(Span(6, 6), ", ")) == [
            "  |",
            "1 | 3x3, 64,  stride 2",
            "  |    +   +",
        ]

    def test_deletion_of_a_line(self) -> None:
        assert fixed("a\nb\nc\n", Edit(Span(2, 4), "")) == ["  |", "2 - b"]

    def test_insertion_of_lines(self) -> None:
        assert fixed("a\nb\n", Edit(Span(0, 0), "input 32x32x3\n"), Edit(Span(4, 4), "c\n")) == [
            "  |",
            "1 + input 32x32x3",
            "...",
            "4 + c",
        ]

    def test_change_over_lines(self) -> None:
        assert fixed("ab\ncd\nef\n", Edit(Span(1, 4), "X")) == ["  |", "1 - ab", "2 - cd", "1 + aXd"]

    def test_two_on_one_line(self) -> None:
        assert fixed("a b", Edit(Span(0, 1), "x"), Edit(Span(2, 3), "y")) == ["  |", "1 - a b", "1 + x y"]

    def test_several_fixes_and_a_help(self) -> None:
        fixes = (Fix("one", (Edit(Span(0, 1), "x"),)), Fix("two", (Edit(Span(1, 1), "y"),)))
        lines = body(problem("a", Label(Span(0, 1), "", True), fixes=fixes, help="choose"))[3:]
        assert lines == [
            "  |",
            "help: choose",
            "help: one",
            "  |",
            "1 - a",
            "1 + x",
            "  |",
            "help: two",
            "  |",
            "1 | ay",
            "  |  +",
        ]

    def test_one_stands_under_the_general_help(self) -> None:
        fix = Fix("write `x`", (Edit(Span(0, 1), "x"),))
        lines = body(problem("a", Label(Span(0, 1), "", True), fixes=(fix,), help="did you mean `x`?"))[3:]
        assert lines == ["  |", "help: did you mean `x`?", "  |", "1 - a", "1 + x"]

    def test_in_an_empty_file(self) -> None:
        assert fixed("", Edit(Span(0, 0), "input 32x32x3\n")) == ["  |", "1 + input 32x32x3"]

    def test_a_long_one_is_cut(self) -> None:
        lines = fixed("", Edit(Span(0, 0), "x\n" * 50))
        assert len(lines) == 14
        assert lines[-1] == "..."


class TestText:
    """Source text that is hard to show."""

    def test_tab(self) -> None:
        text = "a\t3x3\tb"
        assert body(problem(text, Label(at(text, "b"), "", True))) == [
            "  |",
            "1 | a   3x3 b",
            "  |         ^",
        ]
        assert "net.arch:1:7" in render(problem(text, Label(at(text, "b"), "", True)))

    def test_wide(self) -> None:
        text = "层 3x3 x"
        assert body(problem(text, Label(at(text, "层"), "", True), Label(at(text, "3x3"), "wide"))) == [
            "  |",
            "1 | 层 3x3 x",
            "  | ^^ --- wide",
        ]

    def test_combining(self) -> None:
        text = "e\u0301e\u0301 x"
        assert body(problem(text, Label(at(text, "x"), "", True)))[2] == "  |    ^"

    def test_an_escape_sequence_is_never_sent(self) -> None:
        text = "conv\x1b[31m\x07\x9b \u202edrowssap x"
        label = Label(at(text, "x"), f"see {text}", True)
        fix = Fix(text, (Edit(Span(0, 1), text),))
        shown = render_all(
            [
                Diagnostic(
                    "E0101",
                    "error",
                    text,
                    Source(f"\x1b{text}", text),
                    (label,),
                    (Note("note", text),),
                    text,
                    (fix,),
                )
            ]
        )
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown)
        assert "␛[31m␇<U+009B> <U+202E>drowssap" in shown
        assert shown.splitlines()[4].index("^") == shown.splitlines()[3].rindex("x")

    def test_zero_width_and_surrogates_are_spelled_out(self) -> None:
        text = "a\u200bb\udc80 x"
        lines = body(problem(text, Label(at(text, "x"), "", True)))
        assert lines[1] == "1 | a<U+200B>b<U+DC80> x"
        assert lines[2].index("^") == lines[1].index("x")
        render(problem(text, Label(at(text, "x"), "", True))).encode()

    def test_byte_order_mark_and_crlf(self) -> None:
        text = "\ufeffab cd\r\nef\r\n"
        lines = render(
            problem(text, Label(Span(3, 5), "here", True), Label(Span(7, 9), "there"))
        ).splitlines()
        assert lines[1:] == [
            " --> net.arch:1:4",
            "  |",
            "1 | ab cd",
            "  |    ^^ here",
            "2 | ef",
            "  | -- there",
        ]

    def test_end_of_file(self) -> None:
        assert body(problem("ab", Label(Span(2, 2), "more", True))) == ["  |", "1 | ab", "  |   ^ more"]
        assert body(problem("ab\n", Label(Span(3, 3), "more", True))) == ["  |", "2 |", "  | ^ more"]
        assert body(problem("", Label(Span(0, 0), "empty", True))) == ["  |", "  = note: empty"]

    def test_unreadable_file(self) -> None:
        assert body(problem("", Label(Span(0, 0), "", True))) == []

    def test_span_beyond_the_text(self) -> None:
        assert body(problem("ab", Label(Span(50, 90), "", True))) == ["  |", "1 | ab", "  |   ^"]

    def test_no_place_at_all(self) -> None:
        diagnostic = problem("", notes=(Note("note", "why"),), help="do this")
        assert (
            render(diagnostic)
            == "error[E0301]: it is wrong\n --> net.arch\n  |\n  = note: why\nhelp: do this\n"
        )

    @pytest.mark.parametrize("filler", ["x", "层", "\t", "é"])
    def test_a_long_line_is_shown_around_its_labels(self, filler: str) -> None:
        text = "conv3_x  " + filler * 5000 + "HERE" + filler * 5000
        lines = body(problem(text, Label(at(text, "HERE"), "this", True)), width=100)
        assert lines[1].startswith("1 | conv3_x  ")
        assert lines[1].count("…") == 2
        assert len(lines[1]) < 500
        assert lines[1].rstrip("…").count("HERE") == 1
        if filler in "xé":
            assert lines[2].index("^^^^ this") == lines[1].index("HERE")

    def test_a_long_label_keeps_both_ends(self) -> None:
        text = "a" * 1000 + "[" + "b" * 8000 + "]" + "c" * 1000
        lines = body(problem(text, Label(Span(1000, 9002), "this", True)), width=100)
        assert lines[1].count("…") == 3
        assert lines[2].index("^") == lines[1].index("[")
        assert lines[2].rindex("^") == lines[1].index("]")

    def test_a_long_line_that_is_mended(self) -> None:
        text = "a" * 3000 + " b " + "c" * 3000
        lines = fixed(text, Edit(Span(3001, 3002), "B"))
        assert "a b c" in lines[1] and "a B c" in lines[2]
        assert max(map(len, lines)) < 200
        lines = fixed(text, Edit(Span(3002, 3002), "+new+"))
        assert lines[2].index("+") == lines[1].index("+new+")


class TestColor:
    """ANSI escapes, written by hand."""

    def test_colors(self) -> None:
        shown = render(problem("a b", Label(Span(0, 1), "bad", True), Label(Span(2, 3), "")), color=True)
        assert "\x1b[1;31merror[E0301]\x1b[0m\x1b[1m: it is wrong\x1b[0m" in shown
        assert "\x1b[1;31m^\x1b[0m" in shown
        assert "\x1b[1;34m-\x1b[0m" in shown

    def test_colors_change_nothing_else(self) -> None:
        fix = Fix("mend", (Edit(Span(0, 1), "x"), Edit(Span(4, 4), "\nnew")))
        diagnostic = problem(
            "a b\n",
            Label(Span(0, 1), "bad", True),
            Label(Span(2, 3), "worse"),
            fixes=(fix,),
            notes=(Note("note", "n"),),
        )
        assert re.sub(r"\x1b\[[0-9;]*m", "", render_all([diagnostic], color=True)) == render_all([diagnostic])


class TestClosing:
    """The last line, which counts."""

    def close(self, *kinds: tuple[str, str], path: str = "net.arch") -> str:
        diagnostics = [
            Diagnostic(code, "warning" if severity == "warning" else "error", "m", Source(path, "a"))
            for code, severity in kinds
        ]
        return render_all(diagnostics).splitlines()[-1]

    def test_counts(self) -> None:
        explain = "explain one with `archdsl explain E0301`"
        assert self.close(("E0301", "error"), ("E0204", "error")) == f"error: 2 errors in net.arch; {explain}"
        assert (
            self.close(("W01", "warning"), ("E0301", "error"))
            == f"error: 1 error and 1 warning in net.arch; {explain}"
        )
        assert (
            self.close(("W01", "warning"))
            == "warning: 1 warning in net.arch; explain it with `archdsl explain W01`"
        )

    def test_nothing_to_say(self) -> None:
        assert render_all([]) == ""


def test_thousands_render_in_linear_time() -> None:
    """Ten times the problems take about ten times as long, also on one long line."""

    def seconds(count: int, text: str) -> float:
        source = Source("net.arch", text)
        step = len(text) // count
        labels = [Label(Span(i * step, i * step + 3), "here", True) for i in range(count)]
        diagnostics = [Diagnostic("E0301", "error", "m", source, (label,)) for label in labels]
        return min(_timed(diagnostics) for _ in range(3))

    line = "conv3_x  16x16  [3x3,128; 3x3,128] x2\n"
    assert seconds(3000, line * 30000) < 25 * seconds(300, line * 3000)


def _timed(diagnostics: list[Diagnostic]) -> float:
    start = time.perf_counter()
    render_all(diagnostics)
    return time.perf_counter() - start
