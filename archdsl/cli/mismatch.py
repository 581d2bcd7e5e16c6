"""What can be done where a network does not fit its data: only what was tried, by compiling it, and works."""

import argparse
import re
from collections.abc import Iterator

from archdsl.cli import common
from archdsl.data.fit import Mismatch, by
from archdsl.data.resize import RULES
from archdsl.loading import divided
from archdsl.network import Network, Spec, SpecError
from archdsl.pipeline import Compilation, compile_source
from archdsl.resolve.settings import Overrides
from archdsl.source import Source


def told(fault: Mismatch, found: Compilation, args: argparse.Namespace) -> str:
    """Write the message for a spec as it was compiled from a command line."""
    lines = [
        "; ".join(fault.facts),
        "what can be done:",
        *(f"  - {way}" for way in _ways(fault, found, args)),
    ]
    return "\n".join(lines)


def _ways(fault: Mismatch, found: Compilation, args: argparse.Namespace) -> Iterator[str]:
    """List ways: for the size one of them, and for the classes the edit."""
    edited, edits = _with_classes(found, args, fault.classes) if fault.classes else (found.source.text, [])
    if fault.size:
        shape = by(network.input) if (network := _compiled(found, edited, args)) else "the input"
        yield (
            f"`--resize {RULES[0]}`, or {' or '.join(RULES[1:])}: the images are brought to {shape}, "
            f"and the network stays as it is"
        )
        changed = _compiled(found, edited, args, by(fault.size))
        if changed and changed.input == fault.size:
            yield (
                f"`--input {by(fault.size)}`: the same layers on such images ({changed.macs:,} "
                f"multiply-adds), which checks"
            )
    if fault.classes:
        also = "and " if fault.size else ""
        yield also + (_edit(edits, found) if edits else f"end the table in `{fault.classes}-d fc, softmax`")


def _edit(edits: list[tuple[int, str, str]], found: Compilation) -> str:
    parts = [f"`{new}` for `{old}` in line {line}" for line, old, new in edits]
    return f"write in a copy of {found.source.path}: {', '.join(parts)}; the copy checks"


def _compiled(
    found: Compilation, text: str, args: argparse.Namespace, size: str | None = None
) -> Network | None:
    """Compile a text as the command line says, with another input; None where it does not check."""
    said: Overrides = common.overrides(args)
    compilation = compile_source(
        Source(found.source.path, text), said._replace(input=size or said.input), divided(args.file)[1]
    )
    try:
        return None if compilation.failed else Spec(compilation).network()
    except SpecError:
        return None


def _with_classes(
    found: Compilation, args: argparse.Namespace, classes: int
) -> tuple[str, list[tuple[int, str, str]]]:
    """Change the number of classes where a spec says it; the text as it was, and no edits, where that does
    not check."""
    network = _compiled(found, found.source.text, args)
    if network is None:
        return found.source.text, []
    said = re.compile(rf"\bclasses[ \t=:]+{network.output[-1]}\b|\b{network.output[-1]}(-d|-way)\b")
    edits = []
    for match in said.finditer(found.source.text):
        line = found.source.text.count("\n", 0, match.start()) + 1
        old = match[0]
        edits.append((line, old, old.replace(str(network.output[-1]), str(classes))))
    text = said.sub(lambda match: match[0].replace(str(network.output[-1]), str(classes)), found.source.text)
    changed = _compiled(found, text, args)
    return (text, edits) if changed and changed.output == (classes,) else (found.source.text, [])
