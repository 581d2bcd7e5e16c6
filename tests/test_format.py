"""`archdsl fmt`: what it changes, what it leaves alone, and that it never changes a network."""

import io
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_properties import BITS, ROOT, SPECS, tables

from archdsl.cli.main import main
from archdsl.diagnostics import InternalError
from archdsl.format import spec as spec_module
from archdsl.format.cells import setting, size, structure
from archdsl.format.spec import NotNativeError, format_source
from archdsl.format.verify import same
from archdsl.pipeline import compile_source
from archdsl.source import Source

LOOSE = """\
#  A comment stays.


input 32 x 32 x 3   # the images
classes=10
style: resnet,shortcut zero-pad # option A
param n=3


Layer   Output  Structure
conv1  32x32 3 × 3,64 ;  relu  # the stem
# before the first stage
conv2-x   32 × 32    [ 3x3,64;3 x 3 , 64 ]x 2     # two blocks
  16x16   [3x3,128 ;3x3,128] × n

head 1x1 average pool,10-d fc,softmax\t
"""
NEAT = """\
#  A comment stays.

input    32x32x3                    # the images
classes  10
style    resnet, shortcut zero-pad  # option A
param    n = 3

Layer    Output  Structure
conv1    32x32   3x3, 64; relu          # the stem
# before the first stage
conv2-x  32x32   [3x3, 64; 3x3, 64] x2  # two blocks
         16x16   [3x3, 128; 3x3, 128] x n

head  1x1  average pool, 10-d fc, softmax
"""
PAGE = "# A table\n\n|name|output size|structure|\n|-|-|-|\n|a|8x8|3x3, 4|\n"
BROKEN = "input 8x8x3\nconv1 9x9 3x3,4\n"


def neat(text: str, path: str = "net.arch") -> str:
    """Format a text that has no errors."""
    formatted = format_source(Source(path, text))
    assert formatted.text is not None, [diagnostic.message for diagnostic in formatted.diagnostics]
    return formatted.text


def test_everything_at_once() -> None:
    assert neat(LOOSE) == NEAT
    assert neat(NEAT) == NEAT


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("3 × 3,64", "3x3, 64"),
        ("[3x3,64;3x3,64]x2", "[3x3, 64; 3x3, 64] x2"),
        ("[ [1 x 1, 8] ;[3 X 3,8] ]×  3", "[[1x1, 8]; [3 X 3, 8]] x3"),
        ("[3x3, 16×k] × N", "[3x3, 16×k] x N"),
        ("[3x3, 16] x(n + 1)", "[3x3, 16] x (n + 1)"),
        ("3x3, 64, stride = 2", "3x3, 64, stride=2"),
        ("3x3,64 /2  +  BN", "3x3, 64 /2 + BN"),
        ("conv\t3x3", "conv 3x3"),
    ],
)
def test_structures(text: str, spelled: str) -> None:
    assert structure(text) == spelled
    assert structure(spelled) == spelled


def test_sizes_and_settings() -> None:
    assert size(" 8 × 8 x  128 ") == "8x8x128"
    assert size("8^2") == "8^2"
    assert setting("param", "n=2*k") == "n = 2*k"
    assert setting("input", "32 x 32 x 3") == "32x32x3"
    assert setting("name", "a x 3 , b") == "a x 3, b"


def test_pipes_keep_their_edges_and_rules() -> None:
    text = "input 8x8x3\n|Layer|Output size|Structure|\n|:-|:-:|---|\n|a|8 x 8|[3x3,4] x 2| # note\n| long name |8x8|3x3, 8|\n"
    assert neat(text) == (
        "input  8x8x3\n"
        "| Layer     | Output size | Structure   |\n"
        "| :-------- | :---------: | ----------- |\n"
        "| a         | 8x8         | [3x3, 4] x2 |  # note\n"
        "| long name | 8x8         | 3x3, 8      |\n"
    )
    bare = "input 8x8x3\na | 8x8 | 3x3,4\nbcd | - | 3x3,8\n"
    assert neat(bare) == "input  8x8x3\na   | 8x8 | 3x3, 4\nbcd | -   | 3x3, 8\n"


def test_what_is_not_known_is_kept() -> None:
    text = "input  8x8x3\n----   ------  ---\na  8x8  3x3, 4\n"
    assert neat(text) == text
    marked = "input  8x8x3\n| a | 8x8 | [**[3 x 3,4]**; [3x3,4]] x **2** |\n"
    assert neat(marked) == marked


def test_names_are_left_alone() -> None:
    text = "input  8x8x3\n| a x 3,b | 8x8 | 3x3, 4 |\n"
    assert neat(text) == text


def test_line_ends_and_byte_order_mark() -> None:
    assert neat("\ufeffinput 8x8x3\r\na 8x8 3x3,4\r\n\r\n") == "input  8x8x3\r\na  8x8  3x3, 4\r\n"
    assert neat("input 8x8x3\na 8x8 3x3,4") == "input  8x8x3\na  8x8  3x3, 4\n"


def test_documents_are_refused() -> None:
    with pytest.raises(NotNativeError):
        format_source(Source("paper.md", PAGE))


def test_errors_are_told_and_nothing_is_written() -> None:
    formatted = format_source(Source("net.arch", BROKEN))
    assert formatted.text is None
    assert [diagnostic.code for diagnostic in formatted.diagnostics] == ["E0301"]


def test_a_change_of_the_network_is_an_internal_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.arch"
    path.write_text("input 8x8x3\na 8x8 3x3,4\n", encoding="utf-8")
    monkeypatch.setattr(spec_module, "write", lambda lines: "input 8x8x3\na 8x8 3x3, 5\n")
    with pytest.raises(InternalError, match="would change its network"):
        format_source(Source("net.arch", path.read_text(encoding="utf-8")))
    assert main(["fmt", str(path)]) == 70
    assert "a bug in archdsl" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "input 8x8x3\na 8x8 3x3,4\n"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("a 8x8 3x3, 4", "a   8x8 3x3,4", True),
        ("a 8x8 3x3, 4", "a 8x8 3x3, 5", False),
        ("a 8x8 3x3, 4", "b 8x8 3x3, 4", False),
        ("a 8x8 3x3, 4", "a - 3x3, 4", False),
        # The same graph, but -D n=5 is another.
        (
            "param n = 4\na 8x8 3x3, n",
            "param n = 4\na 8x8 3x3, 4",
            False,
        ),
    ],
)
def test_verification_sees_differences(one: str, other: str, equal: bool) -> None:
    before, after = (compile_source(Source("n.arch", f"input 8x8x3\n{text}\n")) for text in (one, other))
    assert same(before, after) is equal


class TestCommand:
    """`archdsl fmt` as it is run."""

    def files(self, folder: Path) -> tuple[Path, Path]:
        loose, tidy = folder / "loose.arch", folder / "neat.arch"
        loose.write_text(LOOSE, encoding="utf-8")
        tidy.write_text(NEAT, encoding="utf-8")
        return loose, tidy

    def test_in_place(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        loose, tidy = self.files(tmp_path)
        assert main(["fmt", str(loose), str(tidy)]) == 0
        assert capsys.readouterr().err == f"reformatted {loose}\n"
        assert loose.read_text(encoding="utf-8") == tidy.read_text(encoding="utf-8") == NEAT
        assert main(["fmt", "--check", str(loose), str(tidy)]) == 0

    def test_check_lists_and_changes_nothing(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        loose, tidy = self.files(tmp_path)
        assert main(["fmt", "--check", str(tidy), str(loose)]) == 1
        assert capsys.readouterr().err == f"would reformat {loose}\n"
        assert loose.read_text(encoding="utf-8") == LOOSE

    def test_diff_shows_and_changes_nothing(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        loose, _ = self.files(tmp_path)
        assert main(["fmt", "--diff", str(loose)]) == 0
        shown = capsys.readouterr().out
        assert "\n-param n=3\n" in shown
        assert "\n+param    n = 3\n" in shown
        assert loose.read_text(encoding="utf-8") == LOOSE
        assert main(["fmt", "--diff", "--check", str(loose)]) == 1

    def test_standard_input(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOOSE.encode())))
        assert main(["fmt", "-"]) == 0
        assert capsys.readouterr().out == NEAT

    def test_a_broken_file_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        broken = tmp_path / "broken.arch"
        broken.write_text(BROKEN, encoding="utf-8")
        assert main(["fmt", str(broken)]) == 1
        assert "E0301" in capsys.readouterr().err
        assert broken.read_text(encoding="utf-8") == BROKEN

    def test_what_cannot_be_read_or_is_a_document(self, tmp_path: Path) -> None:
        assert main(["fmt", str(tmp_path / "nowhere.arch")]) == 2
        page = tmp_path / "page.md"
        page.write_text(PAGE, encoding="utf-8")
        assert main(["fmt", str(page)]) == 2

    def test_what_the_command_line_adds(self, tmp_path: Path) -> None:
        part = tmp_path / "part.arch"
        part.write_text("a 8x8 3x3,4\n", encoding="utf-8")
        assert main(["fmt", str(part)]) == 1
        assert main(["fmt", "--input", "8x8x3", str(part)]) == 0
        assert part.read_text(encoding="utf-8") == "a  8x8  3x3, 4\n"


gaps = st.sampled_from([" ", "  ", "    ", "\t", " \t "])
ends = st.sampled_from(["", "   ", "  # a note", " #", "\t# two"])


@st.composite
def loose_tables(draw: st.DrawFn) -> str:
    """Write a generated table in single spaces, gaps, tabs, with comments and blank lines between."""
    lines = []
    for line in draw(tables()).rstrip("\n").split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("|") and draw(st.booleans()):
            gap = draw(gaps)
            lines.append(
                draw(st.sampled_from(["", " ", "   "]))
                + gap.join(cell for cell in cells if cell)
                + draw(ends)
            )
        else:
            lines.append(line + draw(ends))
        lines += draw(st.lists(st.sampled_from(["", "  ", "# between", "   # indented"]), max_size=2))
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


def check(text: str) -> None:
    """See that a text, where it has no errors, is formatted to one that stays as it is (the network is compared inside)."""
    formatted = format_source(Source("any.arch", text)).text
    if formatted is not None:
        assert neat(formatted, "any.arch") == formatted
        lines = formatted.replace("\r\n", "\n").split("\n")
        assert lines[-1] == "" and "" not in (lines[0], lines[-2])
        assert all(line == line.rstrip() and (line or following) for line, following in pairwise(lines[:-1]))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables() | loose_tables())
def test_formatting_twice_is_formatting_once(text: str) -> None:
    check(text)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([*SPECS, LOOSE]),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 6), BITS | gaps), min_size=1, max_size=4),
)
def test_any_damage_to_a_spec(text: str, edits: list[tuple[int, int, str]]) -> None:
    for at, removed, put in edits:
        text = text[:at] + put + text[at + removed :]
    check(text)


@pytest.mark.parametrize("text", SPECS)
def test_the_shipped_specs(text: str) -> None:
    check(text)
    before, after = (
        compile_source(Source("a.arch", text)),
        compile_source(Source("a.arch", neat(text, "a.arch"))),
    )
    assert same(before, after)


def test_the_hooks_run_commands_that_there_are(tmp_path: Path) -> None:
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    entries = [line.partition("entry: ")[2].split() for line in hooks.split("\n") if "entry: " in line]
    assert [entry[1] for entry in entries] == ["fmt", "check", "check", "check"]
    spec = tmp_path / "net.arch"
    spec.write_text(NEAT, encoding="utf-8")
    for program, *argv in entries:
        assert program == "archdsl"
        assert main([*argv, str(spec)]) == 0
    spec.write_text(BROKEN, encoding="utf-8")
    assert [main([*argv, str(spec)]) for _, *argv in entries] == [1] * len(entries)
