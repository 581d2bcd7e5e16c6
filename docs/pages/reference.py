"""The reference, made from the code: commands, layers, blocks, styles, messages, recipes."""

import contextlib
import io
import re
from pathlib import Path

from archdsl.cli.main import COMMANDS, main
from archdsl.explaining import blocks as library
from archdsl.explaining import texts
from archdsl.ops import OPS
from archdsl.recipe import read
from archdsl.resolve.conventions import style_text, styles

CODES = {
    0: "clean; warnings are allowed",
    1: "the spec has errors, or two things differ that were compared",
    2: "a wrong command line, or a file that cannot be read",
    3: "a part is not installed; the message says how to install it",
    4: "the training failed, or data are damaged",
    70: "a mistake of archdsl: please report it",
    130: "interrupted; a training has saved its state",
}
PHASES = {
    "E01": "Reading: the text and its tables",
    "E02": "Names and values",
    "E03": "Sizes and shapes",
    "E04": "The whole network, and printed counts",
    "E05": "Recipes and training",
    "W": "Warnings",
}
RECIPES = ("digits", "modern", "cifar", "course")


def pages() -> dict[str, str | bytes]:
    """Make the pages of the reference, by their place on the site."""
    return {
        "reference/commands.md": commands(),
        "reference/layers.md": layers(),
        "reference/blocks.md": blocks(),
        "reference/styles.md": style_pages(),
        "reference/recipes.md": recipes(),
        "reference/python.md": python(),
        **messages(),
    }


def commands() -> str:
    """Write what each command takes, and what exit codes mean."""
    parts = ["# Commands", "", "Options may stand before or behind the files. `-` is standard input.", ""]
    for name, about in COMMANDS.items():
        parts += [f"## archdsl {name}", "", f"{about[0].upper()}{about[1:]}.", "", *_code(_help(name)), ""]
    parts += ["## Exit codes", "", "| code | meaning |", "| --- | --- |"]
    return "\n".join([*parts, *(f"| {code} | {meaning} |" for code, meaning in CODES.items())])


def _help(command: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        main([command, "--help"])
    return out.getvalue().rstrip()


def layers() -> str:
    """Write what each layer does, how a cell spells it, and what it takes."""
    parts = [
        "# Layers",
        "",
        "A cell names a layer by any of its spellings, and gives what it takes in any order.",
    ]
    for op in OPS.values():
        if op.words:
            parts += ["", f"## {op.words[0]}", "", *_code(texts.op_text(op))]
    return "\n".join(parts)


def blocks() -> str:
    """Write the source of each block of the library."""
    parts = [
        "# Blocks",
        "",
        "Rows may use these by name; a spec of yours may define a block of the same name.",
    ]
    for name in dict.fromkeys(library.names()):
        block = library.find(name)
        assert block is not None
        parts += ["", f"## {name}", "", *_code(library.page(block))]
    return "\n".join(parts)


def style_pages() -> str:
    """Write each style as the settings that it is."""
    parts = ["# Styles", "", "A style is a file of settings: paste one into a spec, and change it."]
    for name in styles():
        parts += ["", f"## {name}", "", *_code(style_text(name), "arch")]
    return "\n".join(parts)


def recipes() -> str:
    """Write each recipe that comes along, and lead to the table of keys."""
    parts = ["# Recipes", "", "The keys are listed under [Recipes](../training.md#recipes)."]
    for name in RECIPES:
        parts += ["", f"## {name}", "", *_code(_recipe(name), "toml")]
    return "\n".join(parts)


def _recipe(name: str) -> str:
    read(name)  # a recipe of the list that is not there fails the build
    import archdsl.recipe

    return (Path(archdsl.recipe.__file__).parent / "library" / f"{name}.toml").read_text(encoding="utf-8")


def messages() -> dict[str, str | bytes]:
    """Make a page for each message, and one that lists them by phase."""
    found: dict[str, str | bytes] = {}
    parts = ["# Messages", "", "`archdsl explain CODE` prints these pages."]
    for start, phase in PHASES.items():
        codes = [code for code in texts.codes() if code.startswith(start)]
        if codes:
            parts += ["", f"## {phase}", ""]
        for code in codes:
            text = texts.explain(code) or ""
            found[f"reference/messages/{code}.md"] = text
            title = re.sub(r"^# [^:]+: ", "", text.split("\n", 1)[0])
            parts.append(f"- [{code}]({code}.md): {title}")
    return {"reference/messages/index.md": "\n".join(parts), **found}


def python() -> str:
    """Write the page of the Python interface, which mkdocstrings fills from the docstrings; `train` is a
    package that can be called."""
    return "# Python\n\n::: archdsl\n\n## archdsl.train\n\n::: archdsl.train.api.train\n\n::: archdsl.specs\n"


def _code(text: str, language: str = "text") -> list[str]:
    return [f"```{language}", text.rstrip(), "```"]
