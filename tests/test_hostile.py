"""Texts that no table has, and places that cannot be written to: one message each, and nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archdsl import pipeline
from archdsl.cli.main import main
from archdsl.graph.graph import Graph
from archdsl.lang.counts import agrees
from archdsl.lower.network import NetworkBuilder
from archdsl.pipeline import compile_source
from archdsl.resolve.settings import Overrides
from archdsl.source import Source
from archdsl.syntax.ast import Table
from archdsl.writing import write_whole

RUN = (sys.executable, "-c", "import sys; from archdsl.cli.main import main; sys.exit(main())")


def codes(text: str, path: str = "t.arch") -> list[str]:
    """List the codes of what is said of a text."""
    return [
        one.code for one in compile_source(Source(path, text), Overrides({}, None, None, None)).diagnostics
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("input 8x8x3\nc 8x8 3x3, ①\n", "E0101"),
        (f"input 8x8x3\nc 8x8 3x3, {'9' * 5000}\n", "E0207"),
        ("input 8x8x3\nparam k = 9^99\nc 8x8 3x3, k\n", "E0207"),
        (f"input 8x8x3\nparams {'1' * 310}\nc 8x8 3x3, 4\n", "E0403"),
        ("input 8x8x3\nmacs 1e309G\nc 8x8 3x3, 4\n", "E0403"),
        ("input 8x8x3\nparam n = 1\nc 8x8 3x3, 4  when n > 2\n", "E0234"),
        ("input 8x8x3\nblock b(c, k=1)\n    3x3, c  when k > 5\nx 8x8 b, 4\n", "E0234"),
    ],
)
def test_one_message(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_empty_quotes_are_no_layer() -> None:
    assert codes("input 8x8x3\nc 8x8 ''x3\n")[0] == "E0203"


def test_a_hash_behind_a_row_is_a_comment() -> None:
    assert codes("input 8x8x3\na 8x8 [3x3, 8] x 2 #c\nb 8x8 3x3, 4\n") == []


def _csv_with_blanks(count: int) -> str:
    return f'name,output,structure\nc,8x8,"3x3, 8{" " * count}"\n'


@pytest.mark.parametrize(
    "text",
    [
        "| " + "0" * 30_000 + " | structure |\n|---|---|\n| 8x8 | 3x3 conv, 4 |\n",
        "| name | output | structure |\n|---|---|---|\n| c | " + "k" * 240_000 + " | 3x3 conv, 4 |\n",
        "| name | output | structure |\n|---|---|---|\n| c | 8x8 | " + "e" * 48_000 + " |\n",
    ],
    ids=["header", "size", "structure"],
)
def test_long_cells_are_looked_at_in_part(text: str) -> None:
    """Quadratic patterns take minutes here: the test run's own limit would end it."""
    compile_source(Source("t.md", text))


def test_blanks_of_a_quoted_cell_are_looked_at_once() -> None:
    assert "E0101" not in codes(_csv_with_blanks(90_000), "t.csv")


def test_networks_of_a_file_share_the_limit() -> None:
    row = "a 8x8 [" + "; ".join(["1x1, 8"] * 9) + "] x 9999\n"
    variants = "".join(f"variant v{i}: k={i}\n" for i in range(5))
    assert codes("input 8x8x8\nparam k = 0\n" + variants + row) == ["E0402"]


@pytest.mark.parametrize(
    ("text", "count", "same"),
    [
        ("1.39K", 1_392, True),  # cut off
        ("1.4K", 1_392, True),  # rounded
        ("1.40K", 1_392, False),
        ("1.38K", 1_392, False),
        ("4G", 3_860_000_000, True),
        ("3G", 3_860_000_000, True),
        ("1G", 38_400, False),
        ("1G", 500_000_000, False),  # half of it
        ("1G", 1_999_999_999, True),
        ("1G", 2_000_000_000, False),  # twice as large
        ("0K", 0, True),
        ("1,392", 1_392, True),
        ("1,391", 1_392, False),
    ],
)
def test_claims_hold_at_their_digits(text: str, count: int, same: bool) -> None:
    assert agrees(text, count) is same


def test_a_repeat_before_a_window_is_formatted_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, broken = tmp_path / "a.arch", tmp_path / "b.arch"
    spec.write_text("input 8x8x3\nx 8x8 3 × 3x3, 8\n", encoding="utf-8")
    broken.write_text("input 8x8x3\nx 9x9 3x3, 8\n", encoding="utf-8")
    assert main(["fmt", str(broken), str(spec)]) == 1
    assert spec.read_text(encoding="utf-8") == "input  8x8x3\nx  8x8  3 × 3x3, 8\n"
    assert "E0301" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["check", "--help"]])
def test_help_into_a_full_device(words: list[str]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [*RUN, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
    assert done.returncode == 2
    assert done.stderr.startswith("archdsl: ")
    assert "Traceback" not in done.stderr


class TestWriteWhole:
    """A file is the old one or the new one."""

    def test_keeps_permissions_and_follows_links(self, tmp_path: Path) -> None:
        target, link = tmp_path / "t.arch", tmp_path / "link.arch"
        target.write_text("old")
        target.chmod(0o640)
        link.symlink_to(target)
        write_whole(link, "new")
        assert link.is_symlink()
        assert (target.read_text(), target.stat().st_mode & 0o777) == ("new", 0o640)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["link.arch", "t.arch"]

    def test_leaves_the_old_file_where_writing_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = tmp_path / "t.arch"
        target.write_text("old")

        def full(number: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            write_whole(target, "new")
        assert target.read_text() == "old"
        assert [path.name for path in tmp_path.iterdir()] == ["t.arch"]

    def test_writes_through_what_is_no_file(self) -> None:
        write_whole(os.devnull, "gone")
        assert not os.path.isfile(os.devnull)


_OBEYED = "\x1b[31m\u202eevil\x07\x9b"


@pytest.mark.parametrize(
    "argv",
    [
        ["check"],
        ["check", "--explain"],
        ["check", "--format", "github"],
        ["fmt", "--diff"],
        ["fmt", "--check"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("size", ["8x8", "9x9"])
def test_no_control_character_reaches_a_terminal(
    argv: list[str], size: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "n\x1b[31m\u202e.arch"
    path.write_text(f"input 8x8x3\nname {_OBEYED}\n| a{_OBEYED} | {size} | 3x3,4 |\n", encoding="utf-8")
    assert main([*argv, str(path)]) in (0, 1)
    told = "".join(capsys.readouterr())
    assert not set(told) & set("\x1b\u202e\x07\x9b")


@pytest.mark.parametrize(
    "argv", [["check", "n\x1b.arch"], ["n\x1b"], ["explain", "n\x1b"]], ids=["file", "command", "word"]
)
def test_nor_does_one_of_the_command_line(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert "\x1b" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("argv", [["check"], ["check", "--format", "json"], ["fmt"]], ids=" ".join)
def test_a_file_whose_name_is_no_text(argv: list[str], tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/n\xff.arch")
    with open(path, "w", encoding="utf-8") as file:
        file.write("input 8x8x3\na 8x8 3x3,4\n")
    done = subprocess.run([*RUN, *argv, path], capture_output=True, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


@pytest.mark.parametrize("form", ["text", "json", "github", "concise"])
def test_half_a_surrogate_pair_in_a_notebook(form: str, tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    rows = r'"| layer | output | structure |\n","|---|---|---|\n","| a\ud83d | 8x8 | 3x3, \udc00 |\n"'
    path.write_text(f'{{"cells":[{{"cell_type":"markdown","source":[{rows}]}}]}}', encoding="utf-8")
    done = subprocess.run(
        [*RUN, "check", "--format", form, str(path), "--input", "8x8x3"], capture_output=True, check=False
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False)


def test_a_mistake_in_one_file_keeps_no_other_from_being_formatted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from archdsl.format import spec

    broken, other = tmp_path / "broken.arch", tmp_path / "other.arch"
    for path in (broken, other):
        path.write_text("input 8x8x3\na 8x8 3x3,4\n", encoding="utf-8")
    real = spec.same
    answers = iter([False])
    monkeypatch.setattr(
        spec, "same", lambda before, after: next(answers, None) is None and real(before, after)
    )
    assert main(["fmt", str(broken), str(other)]) == 70
    assert broken.read_text(encoding="utf-8") == "input 8x8x3\na 8x8 3x3,4\n"
    assert other.read_text(encoding="utf-8") == "input  8x8x3\na  8x8  3x3, 4\n"
    assert "would change its network" in capsys.readouterr().err


_VARIANTS = (
    "".join(f"variant v{number}: k={number}\n" for number in range(1, 21))
    + "param k = 1\ninput 4x4x3\nstyle plain\n"
)
_LARGE = "".join(f"r{number} 4x4 [1x1, 2; 1x1, 2] x 4000\n" for number in range(2))


@pytest.mark.parametrize("fault", ["", "z 4x4 3x3, 1O\ny 9x9 3x324\n"], ids=["clean", "broken"])
def test_the_limit_holds_over_all_networks_of_a_run(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    count = NetworkBuilder.build

    def counted(self: NetworkBuilder, table: Table) -> Graph | None:
        graph = count(self, table)
        made.append(len(self.emitter.nodes))
        return graph

    monkeypatch.setattr(pipeline, "MAX_NODES", 50_000)
    monkeypatch.setattr(NetworkBuilder, "build", counted)
    found = compile_source(Source("v.arch", _VARIANTS + _LARGE + fault))
    assert found.failed
    # Twice the network that passes the limit: looking for slips may cost as much as the run; 20 have 640,000.
    assert sum(made) < 4 * 50_000


@pytest.mark.parametrize("count", [100, 400])
def test_blocks_without_lines_are_parsed_once(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from archdsl.syntax.parse import TableParser

    parsed: list[int] = []
    items = TableParser.items
    monkeypatch.setattr(TableParser, "items", lambda self, *args: parsed.append(1) or items(self, *args))
    assert set(codes("input 8x8x3\n" + "block b(c)\n" * count)) <= {"E0110", "E0213", "E0222"}
    assert len(parsed) <= count
