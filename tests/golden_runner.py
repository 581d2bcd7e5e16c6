"""Golden suites: Markdown files that read as the specification -> cases, checked and rewritten.

A section that begins with `## ` is a case. Its first fenced block is the input, in the form that it names, with options as
`archdsl check` takes them (`arch -D n=9 --style preact --input 32x32x3 --one`), and `--table NAME`. What is too large
or too binary to be shown is a block `generate`: a Python expression whose value is the text, the bytes of the file,
or None for no file. The blocks after the input are views of the result, each named by its info string; a view is
computed only where its block stands, and `pytest --update-golden` rewrites it.

What is expected is written by hand and never rewritten: `# error: [E0301]` or `# warning: [W0101]` at the end of the
line of the fault, several on a line for several faults. A case without expectations must produce no diagnostic at
all. Where a line cannot carry a comment (Markdown, an empty file), a block `expect` lists `LINE: error: [CODE]`.
"""

import argparse
import re
import shlex
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from archdsl.cli import common
from archdsl.loading import compile_path
from archdsl.network import Spec, SpecError
from archdsl.pipeline import Compilation

INPUTS = {
    "arch": "net.arch",
    "markdown": "net.md",
    "generate": "net.arch",
    "html": "net.html",
    "latex": "net.tex",
    "text": "net.txt",
    "csv": "net.csv",
    "notebook": "net.ipynb",
}
_FENCE = re.compile(r"(`{3,})(.*)")
_AUTHORED = re.compile(r"# (error|warning): \[(\w+)\]")
_LISTED = re.compile(r"(\d+): (error|warning): \[(\w+)\]")

Views = Mapping[str, Callable[[Compilation], str]]
# Line, severity, code.
Expectation = tuple[int, str, str]


class GoldenError(Exception):
    """A golden file that does not follow the form above."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its fence, its info string and the half-open range of the file's lines that it holds."""

    fence: str
    info: str
    start: int
    stop: int
    text: str

    @property
    def name(self) -> str:
        """Return the first word of the info string."""
        return self.info.partition(" ")[0]


@dataclass(frozen=True)
class Case:
    """One section: an input, what is expected of it, and the views shown."""

    path: Path
    title: str
    source: Block
    expected: Block | None
    views: tuple[Block, ...]

    @property
    def options(self) -> list[str]:
        """Return the options of the input block."""
        return shlex.split(self.source.info)[1:]

    @property
    def content(self) -> str | bytes | None:
        """Return what the input file holds; None where there is no file."""
        content: str | bytes | None = (
            eval(self.source.text) if self.source.name == "generate" else self.source.text
        )
        return content

    def expectations(self) -> Counter[Expectation]:
        """Return the diagnostics that the author expects."""
        lines = enumerate(self.source.text.split("\n"), 1)
        authored = [
            (line, severity, code) for line, text in lines for severity, code in _AUTHORED.findall(text)
        ]
        listed = _LISTED.findall(self.expected.text) if self.expected else []
        return Counter(authored + [(int(line), severity, code) for line, severity, code in listed])


def read_cases(path: Path) -> list[Case]:
    """Read the cases of a golden file; raise GoldenError where it is malformed."""
    lines = path.read_text(encoding="utf-8").split("\n")
    sections: list[tuple[str, list[Block]]] = []
    at = 0
    while at < len(lines):
        if match := _FENCE.fullmatch(lines[at]):
            block = _block(path, lines, at, match)
            if not sections:
                raise GoldenError(f"{path}:{at + 1}: a block before the first `## ` heading")
            sections[-1][1].append(block)
            at = block.stop
        elif lines[at].startswith("## "):
            sections.append((lines[at][3:].strip(), []))
        at += 1
    titles = [title for title, _ in sections]
    if len(set(titles)) < len(titles):
        raise GoldenError(f"{path}: two cases have one title")
    return [_case(path, title, blocks) for title, blocks in sections]


def _block(path: Path, lines: list[str], at: int, match: re.Match[str]) -> Block:
    try:
        stop = lines.index(match[1], at + 1)
    except ValueError:
        raise GoldenError(f"{path}:{at + 1}: this fence is never closed") from None
    return Block(match[1], match[2], at + 1, stop, "".join(f"{line}\n" for line in lines[at + 1 : stop]))


def _case(path: Path, title: str, blocks: list[Block]) -> Case:
    if not blocks or blocks[0].name not in INPUTS:
        raise GoldenError(f"{path}: `{title}` does not begin with an input block ({' or '.join(INPUTS)})")
    source, *others = blocks
    expected = [block for block in others if block.name == "expect"]
    views = tuple(block for block in others if block.name != "expect")
    if len(expected) > 1:
        raise GoldenError(f"{path}: `{title}` has two `expect` blocks")
    return Case(path, title, source, expected[0] if expected else None, views)


def compile_case(case: Case, folder: Path, text: str | None = None, printed: bool = False) -> Compilation:
    """Compile a case (or another text in its place) as a file of a fixed name in `folder`, the current directory."""
    parser = argparse.ArgumentParser()
    common.spec_arguments(parser)
    parser.add_argument("--table")
    parser.add_argument("--one", action="store_true")
    path = INPUTS[case.source.name]
    args = parser.parse_args([path, *case.options])
    content = case.content if text is None else text
    if content is not None:
        (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    compilation = compile_path(path, common.overrides(args), args.table, printed)
    return _one(compilation) if args.one else compilation


def _one(compilation: Compilation) -> Compilation:
    try:
        if not compilation.failed:
            Spec(compilation).network()
    except SpecError as fault:
        return compilation._replace(diagnostics=(*compilation.diagnostics, *fault.diagnostics))
    return compilation


def produced(compilation: Compilation) -> Counter[Expectation]:
    """Return the diagnostics that came, in the form of the expectations."""
    return Counter(
        (diagnostic.source.position(diagnostic.span.start)[0], diagnostic.severity, diagnostic.code)
        for diagnostic in compilation.diagnostics
    )


def compute(case: Case, compilation: Compilation, views: Views) -> dict[Block, str]:
    """Compute the case's views; raise GoldenError for a block that is none."""
    unknown = [block.name for block in case.views if block.name not in views]
    if unknown:
        raise GoldenError(
            f"{case.path}: `{case.title}` has a block `{unknown[0]}`; views: {', '.join(views)}"
        )
    return {block: _ended(views[block.name](compilation)) for block in case.views}


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def rewrite(case: Case, texts: dict[Block, str]) -> None:
    """Write the views into their blocks; nothing else of the file changes."""
    lines = case.path.read_text(encoding="utf-8").split("\n")
    for block in reversed(case.views):
        body = texts[block].split("\n")[:-1]
        if block.fence in body:
            raise GoldenError(
                f"{case.path}: `{case.title}`: `{block.name}` holds a fence; write its own with one more back-tick"
            )
        lines[block.start : block.stop] = body
    case.path.write_text("\n".join(lines), encoding="utf-8")


def fresh(case: Case) -> Case:
    """Read a case again, whose lines may have moved since."""
    return next(found for found in read_cases(case.path) if found.title == case.title)
