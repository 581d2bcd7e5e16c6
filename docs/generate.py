"""Fills the generated parts of the pages of docs/, and writes the manual; `--check` fails where one is
stale."""

import re
import sys
from pathlib import Path

import manual
from reference import api

from archdsl.extras import COMMANDS, PACKAGES, package
from archdsl.lang.headers import LEXICON
from archdsl.lang.vocabulary import MEANINGS
from archdsl.ops import OPS
from archdsl.recipe.kinds import words, written
from archdsl.recipe.recipe import KEYS
from archdsl.resolve.conventions import CONVENTIONS, expected, style_text, styles
from archdsl.syntax import library
from archdsl.syntax.ast import BlockParameter
from archdsl.table.passes import PASSES, SHEET_PASSES

HERE = Path(__file__).parent
# What a cell says under a header of each role.
ROLES = {
    "name": "the name of the row",
    "size": "the output size of the row",
    "ratio": (
        "output sizes of another network: only how much they shrink, as the stride of brackets that "
        "print none"
    ),
    "input": "its input size: the output size is that of the next row",
    "structure": "the layers; several such columns are several networks",
    "fused": "kernel and stride: `7x7/2`, `3x3`, `2x2/2 (x96)`",
    "filter": "filter shape: `3x3x64x128`, `3x3x64 dw`, `1024x1000`",
    "stride": "stride",
    "padding": "padding",
    "dilation": "dilation",
    "groups": "groups",
    "channels": "channels, or units of a dense layer",
    "entering": "the input channels, compared",
    "reach": "how much of the input a value sees in all: passed over",
    "repeat": "how often the row is repeated",
    "expansion": "factor of the expansion of a block",
    "expanded": "channels of the expansion of a block",
    "se": "squeeze-and-excitation: a mark, or its ratio",
    "activation": "activation: `RE`, `HS`, `ReLU`; `-` or `linear` for none; after a layer without one",
    "norm": "a norm after each convolution: a mark, or which one",
    "bias": "whether the layer has a bias: a mark",
    "residual": "a mark: the row's layers are added to their input",
    "pooling": "a pool after the row's layers: `2x2 max`",
    "dropout": "rate of the row's dropout, or of one after its layers; a mark",
    "params": "a count of parameters, compared",
    "macs": "a count of multiply-adds, compared",
    "depth": "a count of weighted layers, compared",
}


def layers() -> str:
    """Write the table of the ops that a cell can spell."""
    lines = ["| layer | meaning | other spellings |", "| --- | --- | --- |"]
    for op in OPS.values():
        words = [word for word in op.words if word in MEANINGS]
        if words:
            lines.append(f"| `{words[0]}` | {op.doc} | {', '.join(f'`{word}`' for word in words[1:])} |")
    return "\n".join(lines)


def settings() -> str:
    """Write the table of conventions."""
    lines = ["| setting | values | default | meaning |", "| --- | --- | --- | --- |"]
    for key, convention in CONVENTIONS.items():
        values = ", ".join(
            value if value.startswith(("a ", "the ")) else f"`{value}`" for value in expected(key)
        )
        lines.append(f"| `{key}` | {values} | `{convention.default}` | {convention.doc} |")
    return "\n".join(lines)


def style_table() -> str:
    """Write the table of styles: what each is, and which tables are read by it unasked."""
    lines = ["| style | what it is | chosen automatically for a table with |", "| --- | --- | --- |"]
    for style in styles():
        text = style_text(style)
        words = re.search(r"^recognise\s+(.*)$", text, re.MULTILINE)
        marks = [word.strip() for word in words[1].split(",")] if words else []
        marks += [
            block.name
            for key, block in library.load(style).blocks.items()
            if key == re.sub(r"[^a-z0-9]+", "", block.name.lower())
        ]
        about = re.split(
            r"(?<=\.)\s", " ".join(line.lstrip("# ") for line in text.split("\n") if line.startswith("#"))
        )[0]
        lines.append(f"| `{style}` | {about} | {', '.join(f'`{mark}`' for mark in marks)} |")
    return "\n".join(lines)


def blocks() -> str:
    """Write the table of the blocks of the library."""
    lines = ["| block | further names | style |", "| --- | --- | --- |"]
    for name in library.names():
        for block in dict.fromkeys(library.load(name).blocks.values()):
            parameters = ", ".join(_parameter(block.source.text, parameter) for parameter in block.parameters)
            call = f"{block.name}({parameters})" if parameters else block.name
            further = ", ".join(f"`{alias}`" for alias in block.aliases)
            lines.append(f"| `{call}` | {further} | {'every' if name.startswith('_') else f'`{name}`'} |")
    return "\n".join(lines)


def _parameter(text: str, parameter: BlockParameter) -> str:
    if parameter.default is None:
        return parameter.name
    span = parameter.default.span
    return f"{parameter.name}={text[span.start : span.end]}"


def roles() -> str:
    """Write the table of the roles of columns and the headers that have them."""
    lines = ["| role | a cell says | headers |", "| --- | --- | --- |"]
    for role, headers in LEXICON.items():
        shown = ", ".join(f"`{header}`" for header in headers)
        lines.append(f"| `{role}` | {ROLES[role]} | {shown} |")
    return "\n".join(lines)


def passes() -> str:
    """Write the table of the printing conventions, in the order of their passes."""
    lines = ["| convention | printed | read as |", "| --- | --- | --- |"]
    for one in (*SHEET_PASSES, *PASSES):
        printed, read = (
            f"`{text}`".replace("|", "\\|").replace("; ", "`<br>`") for text in (one.before, one.after)
        )
        lines.append(f"| {one.name} | {printed} | {read} |")
    return "\n".join(lines)


def recipe_keys() -> str:
    """Write the table of the keys of a recipe."""
    lines = ["| key | value | default | meaning | only with |", "| --- | --- | --- | --- | --- |"]
    for key in KEYS.values():
        value = " ".join(filter(None, (words(key.hint), key.bounds.words())))
        default = "-" if key.required else f"`{written(key.default)}`"
        lines.append(f"| `{key.name}` | {value} | {default} | {key.doc} | {key.condition()} |")
    return "\n".join(lines)


def extras() -> str:
    """Write the table of the extras: their packages, and the commands that do nothing without them."""
    lines = ["| extra | packages | what needs it |", "| --- | --- | --- |"]
    for extra in dict.fromkeys(PACKAGES.values()):
        packages = ", ".join(package(module) for module, own in PACKAGES.items() if own == extra)
        commands = [f"`archdsl {name}`" for name, needed in COMMANDS.items() if extra in needed]
        lines.append(f"| `{extra}` | {packages} | {', '.join([*commands, *OPTIONS.get(extra, ())])} |")
    return "\n".join(lines)


# What needs an extra beside whole commands.
OPTIONS = {
    "train": ("`compile` to a model", "`compare --out`", "`archdsl.build`"),
    "jax": ("`--backend jax`",),
    "torch": ("`--backend torch`",),
    "ray": ("training in a Ray cluster",),
    "track": ("`train --log mlflow`, `--log wandb`",),
    "records": ("TFRecords", "folders of images"),
    "onnx": ("`compile -o model.onnx`",),
    "tflite": ("`compile -o model.tflite`",),
}

MANUAL = "archdsl.1"
PARTS = {
    "api.md": {"api": api},
    "install.md": {"extras": extras},
    "language.md": {
        "layers": layers,
        "settings": settings,
        "styles": style_table,
        "blocks": blocks,
        "roles": roles,
        "passes": passes,
    },
    "training.md": {"recipe-keys": recipe_keys},
}


def filled(page: str, text: str) -> str:
    """Replace what stands between the marks of each generated part of a page."""
    for name, make in PARTS[page].items():
        opening, closing = f"<!-- generated: {name} -->\n", "\n<!-- /generated -->"
        before, found, rest = text.partition(opening)
        if not found or closing not in rest or "<!-- generated:" in rest.partition(closing)[0]:
            raise SystemExit(f"{page} has no empty line between the marks of `{name}`, or none of them")
        _, _, after = rest.partition(closing)
        text = before + opening + make() + closing + after
    return text


def main() -> int:
    """Write the pages, or check them."""
    stale = 0
    for page in (*PARTS, MANUAL):
        text = (HERE / page).read_text(encoding="utf-8") if (HERE / page).exists() else ""
        new = manual.page() if page == MANUAL else filled(page, text)
        if "--check" not in sys.argv:
            (HERE / page).write_text(new, encoding="utf-8")
        elif text != new:
            print(f"docs/{page} is stale: run `python docs/generate.py`", file=sys.stderr)
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
