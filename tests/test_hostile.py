"""Texts that no table has, and places that cannot be written to: one message each, and nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archdsl.claims.claims import agrees
from archdsl.cli.main import main
from archdsl.pipeline import compile_source
from archdsl.resolve.settings import Overrides
from archdsl.source import Source
from archdsl.writing import write_whole

RUN = (sys.executable, "-c", "import sys; from archdsl.cli.main import main; sys.exit(main())")


def codes(text: str, path: str = "t.arch") -> list[str]:
    """List the codes of what is said of a text."""
    return [one.code for one in compile_source(Source(path, text), Overrides({}, None, None, None)).diagnostics]


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
        "| name | output | structure |\n|---|---|---|\n| c | " + "k" * 24_000 + " | 3x3 conv, 4 |\n",
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


def test_a_repeat_before_a_window_is_formatted_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
        done = subprocess.run([*RUN, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
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

    def test_leaves_the_old_file_where_writing_fails(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
