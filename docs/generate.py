"""Fills the generated parts of docs/language.md; `--check` fails where they are stale."""

import sys
from pathlib import Path

from archdsl.ir.conventions import CONVENTIONS, style_text, styles
from archdsl.ops import OPS
from archdsl.syntax.vocabulary import MEANINGS

PAGE = Path(__file__).parent / "language.md"


def layers() -> str:
    """Write the table of the ops that a cell can spell."""
    lines = ["| layer | meaning | further spellings |", "| --- | --- | --- |"]
    for op in OPS.values():
        words = [word for word in op.words if word in MEANINGS]
        if words:
            lines.append(f"| `{words[0]}` | {op.doc} | {', '.join(f'`{word}`' for word in words[1:])} |")
    return "\n".join(lines)


def settings() -> str:
    """Write the table of conventions."""
    lines = ["| setting | values | default | meaning |", "| --- | --- | --- | --- |"]
    for key, convention in CONVENTIONS.items():
        values = ", ".join(f"`{value}`" for value in convention.values) or "a number from 0 to 1"
        lines.append(f"| `{key}` | {values} | `{convention.default}` | {convention.doc} |")
    return "\n".join(lines)


def style_blocks() -> str:
    """Write every style as it stands in the package."""
    return "\n\n".join(f"**{style}**\n\n```text\n{style_text(style).rstrip()}\n```" for style in styles())


def filled(text: str) -> str:
    """Replace what stands between the marks of each generated part."""
    for name, make in (("layers", layers), ("settings", settings), ("styles", style_blocks)):
        opening, closing = f"<!-- generated: {name} -->\n", "\n<!-- /generated -->"
        before, _, rest = text.partition(opening)
        _, _, after = rest.partition(closing)
        text = before + opening + make() + closing + after
    return text


def main() -> int:
    """Write the page, or check it."""
    text = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        if text != filled(text):
            print("docs/language.md is stale: run `python docs/generate.py`", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(filled(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
