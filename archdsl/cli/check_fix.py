"""`archdsl check --fix` and `--diff`: apply the fixes that are sure, or show them; tell which are not."""

import argparse
import os
from collections.abc import Iterator, Sequence
from difflib import unified_diff

from archdsl.cli import common
from archdsl.cli.check import NO_TABLE
from archdsl.diagnostics import Diagnostic, Fix
from archdsl.fixing.fixing import Fixed, fixed
from archdsl.loading import divided, files_below, read_source
from archdsl.pipeline import compile_source
from archdsl.problems.base import counted
from archdsl.render.glyphs import plain
from archdsl.source import Source
from archdsl.writing import write_whole

_BOM = b"\xef\xbb\xbf"


def diff(args: argparse.Namespace) -> int:
    """Show what `--fix` would change, and which fixes need a person; 1 where something is wrong."""
    code = 0
    for source, done, failed in _all(args):
        code = max(code, failed, int(bool(done.applied) or _counts(done.left, args.strict)))
        for one in done.applied:
            print(f"# {_named(one.problem, one.fix)} ({one.fix.applicability})")
        _show(source, done.text)
        for problem in done.left:
            for fix in problem.fixes:
                print(f"# {_named(problem, fix)} ({fix.applicability}: not applied)")
    return code


def fix(args: argparse.Namespace) -> int:
    """Apply the sure fixes in place and tell them; give 2 where a file cannot be read or written, else 0."""
    code = 0
    for source, done, failed in _all(args):
        code = max(code, failed, _saved(source, done) if done.text != source.text else 0)
    return code


def _counts(left: Sequence[Diagnostic], strict: bool) -> bool:
    return any(strict or one.severity == "error" for one in left)


def _all(args: argparse.Namespace) -> Iterator[tuple[Source, Fixed, int]]:
    """Fix the texts of the command line; a document without a table is passed over where `check` does."""
    for given in args.file:
        folder = os.path.isdir(given)
        for path in files_below(given) if folder else [divided(given)[0]]:
            source, done, failed = _fixed(args, path)
            passing = (folder or args.tables_only) and not path.endswith(".arch")
            if not (passing and any(one.code in NO_TABLE for one in done.left)):
                yield source, done, failed


def _fixed(args: argparse.Namespace, path: str) -> tuple[Source, Fixed, int]:
    """Fix the text of a file; give also the exit code of one that cannot be read."""
    source, problem = read_source(path)
    if problem:
        common.tell((problem,))
        return source, Fixed(source.text, (), ()), common.failure((problem,))

    def diagnose(text: str) -> Sequence[Diagnostic]:
        return compile_source(Source(source.path, text), common.overrides(args)).diagnostics

    return source, fixed(source.text, diagnose), 0


def _saved(source: Source, done: Fixed) -> int:
    if source.path == "<stdin>":
        common.say("archdsl: --fix changes files: use --diff for standard input")
        return common.USAGE
    try:
        with open(source.path, "rb") as file:
            mark = _BOM if file.read(3) == _BOM else b""
        write_whole(source.path, mark + done.text.encode())
    except OSError as error:
        common.say(f"archdsl: cannot write {source.path}: {(error.strerror or str(error)).lower()}")
        return common.USAGE
    for one in done.applied:
        common.say(f"fixed: {_named(one.problem, one.fix)}")
    if open_ := [one for one in done.left if one.fixes and not one.is_sure]:
        common.say(f"{source.path}: {counted(len(open_), 'problem')} with fixes that need your judgement")
    return 0


def _named(problem: Diagnostic, fix: Fix) -> str:
    return plain(f"{problem.source.path}:{problem.line}:{problem.column}: {problem.code}: {fix.title}")


def _show(source: Source, text: str) -> None:
    before, after = (version.splitlines(keepends=True) for version in (source.text, text))
    for line in unified_diff(before, after, source.path, f"{source.path} (fixed)"):
        print("\t".join(map(plain, line.rstrip("\r\n").split("\t"))))
        if not line.endswith("\n"):
            print("\\ No newline at end of file")
