"""`archdsl explain WORD`: the page of a problem code, a style as settings, an op or a setting with what it takes."""

import argparse
import os
import sys

from archdsl.ir.conventions import CONVENTIONS, style_text, styles
from archdsl.ops import OPS, Op
from archdsl.problems.base import listed, nearest
from archdsl.syntax.vocabulary import longest

_PAGES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "problems", "pages")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "word", nargs="*", help="a code (E0302), a style (resnet), an op (conv, max pool) or a setting (shortcut); none lists them"
    )


def run(args: argparse.Namespace) -> int:
    """Explain a word."""
    word = " ".join(args.word)
    text = explain(word) if word else overview()
    if text is None:
        close = nearest(word, [*codes(), *styles(), *OPS, *CONVENTIONS])
        hint = f"; did you mean {listed(close)}?" if close else "; `archdsl explain` lists what there is"
        print(f"archdsl: nothing is called `{word}`{hint}", file=sys.stderr)
        return 2
    print(text.rstrip())
    return 0


def codes() -> tuple[str, ...]:
    """List the problem codes."""
    return tuple(sorted(name[:-3] for name in os.listdir(_PAGES) if name.endswith(".md")))


def explain(word: str) -> str | None:
    """Give the explanation of a word, None where there is none."""
    if word.upper() in codes():
        with open(os.path.join(_PAGES, f"{word.upper()}.md"), encoding="utf-8") as file:
            return file.read()
    if word.lower() in styles():
        return style_text(word.lower())
    if word.lower() in CONVENTIONS:
        return setting_text(word.lower())
    op = OPS.get(word.lower()) or _op_of(word)
    return op_text(op) if op else None


def _op_of(word: str) -> Op | None:
    words = word.split()
    found = longest(words)
    return (
        OPS.get(found[1][1]) or (OPS["activation"] if found[1][0] == "activation" else None) if found and found[0] == len(words) else None
    )


def setting_text(key: str) -> str:
    """Describe a setting: its meaning, values and default."""
    convention = CONVENTIONS[key]
    values = ", ".join(convention.values) or "a number from 0 to 1"
    return f"{key}: {convention.doc}\n\nvalues:  {values}\ndefault: {convention.default}"


def op_text(op: Op) -> str:
    """Describe an op: what it does, its spellings in a cell, its parameters."""
    lines = [f"{op.name}: {op.doc}", ""]
    if op.words:
        lines += [f"written: {', '.join(op.words)}", ""]
    lines += [
        f"  {param.name:<12} {param.doc}" + (f" (default: {param.default})" if param.default is not None else "") for param in op.params
    ]
    return "\n".join(lines)


def overview() -> str:
    """List everything that can be explained."""
    groups = {"styles": styles(), "settings": tuple(CONVENTIONS), "ops": tuple(OPS), "codes": codes()}
    return "\n\n".join(f"{name}:\n  {', '.join(words)}" for name, words in groups.items())
