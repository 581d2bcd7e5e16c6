"""Build hooks: parse tables, the code of expressions, the specs that come along, the README of the index."""

import re
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

# Relative links lead nowhere on the page of a package index.
_RAW = "https://raw.githubusercontent.com/archdsl/archdsl/main/"
_PAGES = "https://github.com/archdsl/archdsl/blob/main/"


class TablesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes the parse tables and the code of the expressions, which are never committed, and lays specs/
    into a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compute the tables before the files are collected."""
        root = Path(self.root)
        sys.path.insert(0, self.root)
        from archdsl import pattern_codes
        from archdsl.syntax import lark_tables

        grammar = (root / "archdsl/syntax/grammar.lark").read_text(encoding="utf-8")
        _write(
            root / "archdsl/syntax/_tables.py", lark_tables.module_text(lark_tables.compile_tables(grammar))
        )
        _write(root / "archdsl/_patterns.py", pattern_codes.module_text(pattern_codes.codes()))
        if self.target_name == "wheel" and version == "standard":  # an editable one reads the checkout
            build_data["force_include"]["specs"] = "archdsl/specs"


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


class ReadmeHook(MetadataHookInterface):
    """Gives the README as the long description, its links made absolute."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the long description."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": absolute(text)}


def absolute(text: str) -> str:
    """Make the relative links of a Markdown text absolute: pictures to their files, the rest to its page."""
    pictures = re.sub(r"(!\[[^\]]*\]\()(?!https?:|#)", rf"\g<1>{_RAW}", text)
    return re.sub(r"(?<!!)(\[[^\]]*\]\()(?!https?:|#)", rf"\g<1>{_PAGES}", pictures)
