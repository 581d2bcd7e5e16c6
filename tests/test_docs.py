"""Runs what README.md and docs/*.md show, so that it stays true.

Fenced blocks are told apart by their info string; all run in a folder that holds `specs`, `examples` and `README.md`:

- `arch`: a spec that checks clean; `arch error E0302`: one that gives exactly that code, `arch error E0302 E0204` these
  (`warning` for warnings). Options of the command line may follow: `arch --input 64x64x3`.
- `markdown`, `latex`, `html`, `csv`, `tsv`, `rst`, `text` with the word `check` or `error` after it: a document in that
  form, compiled as a file with its ending: `latex check --input 32x32x3`, `text error E0139`.
- `console`: lines that begin with `$ archdsl` are run one after another; the lines below each are its output, compared
  exactly, where a line `...` stands for any number of lines. A command with no lines below may say anything.
- `console slow`: the same for commands that take long (`train`): run with `--dry-run` added, the output is not compared.
- `python`: is executed, in a process that executes them all.

Any other block (`text`, or no info string) is only shown.
"""

import argparse
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from commands import archdsl

from archdsl.cli import common
from archdsl.pipeline import compile_source
from archdsl.source import Source

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Snippet(NamedTuple):
    """A fenced block of a document; `line` is where its text begins."""

    page: str
    line: int
    info: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def snippets(kind: str) -> list[Snippet]:
    """List the blocks of all pages whose info string begins with a word."""
    found = []
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = page.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            line = text.count("\n", 0, match.start(2)) + 1
            found.append(Snippet(page.relative_to(ROOT).as_posix(), line, match[1].strip(), match[2]))
    return [snippet for snippet in found if snippet.info.split(" ")[0] == kind]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder in which the commands of the documents can run."""
    return linked(tmp_path)


def linked(folder: Path) -> Path:
    """Put into a folder what the documents speak of."""
    for name in ("specs", "examples", "README.md"):
        (folder / name).symlink_to(ROOT / name)
    return folder


FORMS = {
    "arch": "arch",
    "markdown": "md",
    "latex": "tex",
    "html": "html",
    "csv": "csv",
    "tsv": "tsv",
    "rst": "rst",
    "text": "txt",
}
MARKS = ("check", "error", "warning")


def inputs() -> list[Snippet]:
    """List the blocks that archdsl reads."""
    found = [snippet for form in FORMS for snippet in snippets(form)]
    return [
        one for one in found if one.info.startswith("arch") or one.info.partition(" ")[2].startswith(MARKS)
    ]


@pytest.mark.parametrize("snippet", inputs(), ids=str)
def test_inputs(snippet: Snippet) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("words", nargs="*")
    common.reading_arguments(parser)
    form, *words = shlex.split(snippet.info)
    args = parser.parse_intermixed_args(words)
    mark, *codes = args.words or ["check"]
    assert mark in MARKS, f"{snippet}: unknown mark `{mark}`"
    assert bool(codes) == (mark != "check"), f"{snippet}: `check` has no codes, `{mark}` has"
    compilation = compile_source(Source(f"page.{FORMS[form]}", snippet.text), common.overrides(args))
    assert sorted(diagnostic.code for diagnostic in compilation.diagnostics) == sorted(codes), snippet
    assert compilation.compiled, f"{snippet}: no table"


def commands(snippet: Snippet) -> list[tuple[list[str], str]]:
    """List the commands of a block with the output that is shown; slow ones are rehearsed, and theirs is not compared."""
    slow = snippet.info.split(" ")[1:] == ["slow"]
    found = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", snippet.text, re.MULTILINE)
    assert found, f"{snippet}: no line begins with `$ `"
    return [
        (shlex.split(command) + ["--dry-run"] * slow, "" if slow else shown.strip() and shown)
        for command, shown in found
    ]


CONSOLE = snippets("console")
# Keras has one backend in a process.
JAX = [one for one in CONSOLE if any("--backend" in argv for argv, _ in commands(one))]


@pytest.mark.parametrize("snippet", [one for one in CONSOLE if one not in JAX], ids=str)
def test_console(snippet: Snippet, folder: Path) -> None:
    for (program, *argv), shown in commands(snippet):
        assert program == "archdsl", f"{snippet}: only archdsl is run here, not {program}"
        result = archdsl(*argv, cwd=folder, together=True)
        assert result.returncode < 2, result.stdout
        assert not shown or matches(result.stdout, shown), (
            f"{snippet}: `archdsl {shlex.join(argv)}` now says\n{result.stdout}"
        )


@pytest.fixture(scope="module")
def on_jax(tmp_path_factory: pytest.TempPathFactory) -> dict[Snippet, Path]:
    """Run the commands that train on JAX, each in a process: JAX keeps the devices that it begins with."""
    call = "from archdsl.cli.main import main\nassert main({argv!r}) == 0\n"
    folders: dict[Snippet, Path] = {}
    for one in JAX:
        text = "".join(call.format(argv=argv[1:]) for argv, _ in commands(one))
        folders |= executed_together({one: text}, tmp_path_factory)
    return folders


@pytest.mark.parametrize("snippet", JAX, ids=str)
def test_console_on_jax(snippet: Snippet, on_jax: dict[Snippet, Path]) -> None:
    for (program, *argv), shown in commands(snippet):
        assert (program, argv[argv.index("--backend") + 1], shown) == ("archdsl", "jax", "")
    succeeded(snippet, on_jax)


def matches(output: str, shown: str) -> bool:
    """Compare line by line; a shown line `...` stands for any lines."""
    lines = [line.rstrip() for line in shown.rstrip("\n").split("\n")]
    pattern = "".join("(?:[^\n]*\n)*?" if line == "..." else re.escape(f"{line}\n") for line in lines)
    return (
        re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in output.rstrip("\n").split("\n")))
        is not None
    )


# Each snippet has its own folder and names; what they import is loaded once.
EXECUTE = """
import json, os, sys, traceback

for name, folder, text in json.load(sys.stdin):
    os.chdir(folder)
    try:
        exec(compile(text, name, "exec"), {"__name__": "__main__"})
        told = ""
    except BaseException:
        told = traceback.format_exc()
    with open("told.txt", "w", encoding="utf-8") as file:
        file.write(told)
"""


def executed_together(
    texts: dict[Snippet, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[Snippet, Path]:
    """Execute Python texts in one process, one after another; give the folder of each."""
    folders = {snippet: linked(tmp_path_factory.mktemp("python")) for snippet in texts}
    given = [(str(snippet), str(folders[snippet]), text) for snippet, text in texts.items()]
    command = [sys.executable, "-c", EXECUTE]
    done = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return folders


def succeeded(snippet: Snippet, folders: dict[Snippet, Path]) -> None:
    told = (folders[snippet] / "told.txt").read_text(encoding="utf-8")
    assert not told, f"{snippet}\n{told}"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> dict[Snippet, Path]:
    """Execute all Python snippets."""
    return executed_together({one: one.text for one in snippets("python")}, tmp_path_factory)


@pytest.mark.parametrize("snippet", snippets("python"), ids=str)
def test_python(snippet: Snippet, executed: dict[Snippet, Path]) -> None:
    succeeded(snippet, executed)


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_links_into_pages_lead_to_headings() -> None:
    pages = {
        page.resolve(): page.read_text(encoding="utf-8")
        for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
    }
    anchors = {
        page: {anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
        for page, text in pages.items()
    }
    for page, text in pages.items():
        for target, place in re.findall(r"\]\(([^)#:\s]*\.md)?#([^)\s]+)\)", text):
            assert place in anchors[(page.parent / target).resolve() if target else page], (
                f"{page.name} links to {target}#{place}"
            )


def anchor(heading: str) -> str:
    """Return the anchor that a heading has on GitHub."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize(
    ("output", "shown", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\n", False),
        ("a\nx\ny\nb\n", "a\n...\nb\n", True),
        ("a\nb\n", "a\n...\nb\n", True),
        ("a\nx\nc\n", "a\n...\nb\n", False),
        ("a\nx\ny\n", "a\n...\n", True),
        ("x\na.b\n", "...\na.b\n", True),
        ("x\naxb\n", "...\na.b\n", False),
    ],
)
def test_wildcard_lines(output: str, shown: str, same: bool) -> None:
    assert matches(output, shown) is same


@pytest.mark.parametrize("script", ["generate.py", "figures.py", "scaling.py"])
def test_generated_pages_and_figures_are_current(script: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / script), "--check"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_figures_are_small_and_shown() -> None:
    pages = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
    )
    pictures = list((ROOT / "docs" / "figures").glob("*.png"))
    assert len(pictures) > 4
    for picture in pictures:
        assert f"figures/{picture.name})" in pages
        assert picture.stat().st_size < 200_000
        assert picture.with_suffix(".svg").stat().st_size < 100_000
