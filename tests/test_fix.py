"""`check --fix` and `--diff`: which fixes are applied, proved and written, and which are left to a person."""

import re
from pathlib import Path
from typing import Any

import pytest

from archdsl.cli.main import main
from archdsl.diagnostics import Diagnostic, Edit, Fix
from archdsl.fixing.fixing import edited, fixed
from archdsl.pipeline import compile_source
from archdsl.source import Source, Span

PAGES = Path(__file__).parent.parent / "archdsl/problems/pages"
HEAD = "input 32x32x3\nclasses 10\nstyle plain\n"
TAIL = "head 1x1 average pool, fc, softmax\n"
TYPO = f"{HEAD}conv1 32x32 3x3, 64, batchnom, relu\n{TAIL}"
SIZE = f"{HEAD}conv1 9x9 3x3, 64\n{TAIL}"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str, name: str = "net.arch") -> Path:
    path = Path(name)
    path.write_bytes(text.encode())
    return path


def test_a_sure_fix_is_applied_and_told(capsys: Any) -> None:
    path = write(TYPO)
    assert main(["check", "net.arch", "--fix"]) == 0
    assert (
        "batchnorm, relu" in path.read_text()
        or "bn, relu" in path.read_text()
        or "batch norm" in path.read_text()
    )
    told = capsys.readouterr()
    assert told.err.startswith("fixed: net.arch:4:")
    assert "trainable" in told.out
    assert [one.name for one in Path().iterdir()] == ["net.arch"]
    before = path.read_text()
    assert main(["check", "net.arch", "--fix"]) == 0  # again: nothing is left to do
    assert path.read_text() == before


def test_what_needs_judgement_is_left_alone(capsys: Any) -> None:
    path = write(SIZE)
    assert main(["check", "net.arch", "--fix"]) == 1
    assert path.read_text() == SIZE
    assert "E030" in capsys.readouterr().err


def test_both_in_one_file(capsys: Any) -> None:
    path = write(SIZE.replace("style plain", "style plan") + "")
    assert main(["check", "net.arch", "--fix"]) == 1
    assert path.read_text() == SIZE
    err = capsys.readouterr().err
    assert "fixed: net.arch:3:7" in err
    assert "1 problem with fixes that need your judgement" in err


def test_diff_changes_nothing_and_states_how_sure_each_fix_is(capsys: Any) -> None:
    text = SIZE.replace("style plain", "style plan")
    path = write(text)
    assert main(["check", "net.arch", "--diff"]) == 1
    assert path.read_text() == text
    out = capsys.readouterr().out
    assert "-style plan\n+style plain\n" in out
    assert "(machine-applicable)" in out
    assert "(maybe-incorrect: not applied)" in out
    assert "9x9" not in out.partition("@@")[2].partition("\n# ")[0].replace(" conv1 9x9", "")
    write(f"{HEAD}conv1 32x32 3x3, 64\n{TAIL}")
    assert main(["check", "net.arch", "--diff"]) == 0
    assert capsys.readouterr().out == ""


def test_line_ends_and_the_byte_order_mark_stay(capsys: Any) -> None:
    path = write("\ufeff" + TYPO.replace("\n", "\r\n"))
    assert main(["check", "net.arch", "--fix"]) == 0
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfinput")
    assert data.count(b"\r\n") == data.count(b"\n") == TYPO.count("\n")


def test_documents_are_fixed_too(capsys: Any) -> None:
    table = "| Layer | Output | Structure |\n| --- | --- | --- |\n| conv1 | 32x32 | 3x3, 64, batchnom, relu |\n| pool | 1x1 | average pool, 10-d fc, softmax |\n"
    path = write(f"# Title\n\nSome prose.\n\n{table}", "page.md")
    assert main(["check", "page.md", "--input", "32x32x3", "--fix"]) == 0
    assert path.read_text().startswith("# Title\n\nSome prose.\n\n| Layer | Output | Structure |")
    assert "batchnom" not in path.read_text()


def test_what_cannot_be_read_or_written_is_told(capsys: Any) -> None:
    assert main(["check", "nowhere.arch", "--fix"]) == 2
    assert "cannot read" in capsys.readouterr().err
    assert main(["check", "nowhere.arch", "--diff"]) == 2


def problem(code: str, *fixes: Fix) -> Diagnostic:
    return Diagnostic(code, "error", "m", Source("a", "abc"), fixes=fixes)


def sure(start: int, end: int, text: str) -> Fix:
    return Fix("t", (Edit(Span(start, end), text),), "machine-applicable")


def test_a_fix_that_does_not_help_is_not_applied() -> None:
    done = fixed("abc", lambda text: [problem("E0204", sure(0, 1, "x"))])
    assert (done.text, done.applied) == ("abc", ())
    assert len(done.left) == 1


def test_where_all_do_not_help_together_each_is_tried() -> None:
    def diagnose(text: str) -> list[Diagnostic]:
        wrong = [problem("E0204", sure(0, 1, "x"))] if text[0] == "a" else []
        return [*wrong, problem("E0204", sure(2, 3, "y"))]  # which helps nothing

    done = fixed("abc", diagnose)
    assert (done.text, len(done.applied), len(done.left)) == ("xbc", 1, 1)


def test_one_of_two_fixes_is_never_chosen() -> None:
    done = fixed(
        "abc", lambda text: [problem("E0204", sure(0, 1, "x"), sure(0, 1, "y"))] if text[0] == "a" else []
    )
    assert done.text == "abc"


def test_what_a_fix_brings_to_light_does_not_undo_it() -> None:
    def diagnose(text: str) -> list[Diagnostic]:
        return [problem("E0204", sure(0, 1, "x"))] if text[0] == "a" else [problem("E0302"), problem("E0301")]

    done = fixed("abc", diagnose)
    assert done.text == "xbc"
    assert [one.code for one in done.left] == ["E0302", "E0301"]


def test_edits() -> None:
    assert edited("abcd", [Edit(Span(3, 4), "D"), Edit(Span(0, 1), "")]) == "bcD"
    assert edited("abcd", [Edit(Span(0, 2), "x"), Edit(Span(1, 3), "y")]) is None
    assert edited("abcd", [Edit(Span(1, 1), "x"), Edit(Span(1, 2), "y")]) == "axycd"


def test_what_the_pages_call_sure_is_applied_and_helps() -> None:
    """Over the failing examples of all problem pages: each sure fix is proved, and none is left."""
    mended = set()
    for page in sorted(PAGES.glob("E*.md")):
        for text in re.findall(
            r"^```arch\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        ):
            source = Source("net.arch", text)
            if not any(one.is_sure for one in compile_source(source).diagnostics):
                continue
            done = fixed(text, lambda new: compile_source(Source("net.arch", new)).diagnostics)
            assert done.applied, page.name
            assert not any(one.is_sure for one in done.left), page.name
            mended |= {one.problem.code for one in done.applied}
    assert {"E0103", "E0125", "E0201", "E0202"} <= mended, mended
