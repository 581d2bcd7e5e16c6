"""Build hook: has Lark compute the parse tables of grammar.lark when the package is built or installed."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TablesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes archdsl/syntax/_tables.py, which is never committed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compute the tables before the files are collected."""
        root = Path(self.root)
        sys.path.insert(0, self.root)
        from archdsl.syntax import lark_tables

        grammar = (root / "archdsl/syntax/grammar.lark").read_text(encoding="utf-8")
        text = lark_tables.module_text(lark_tables.compile_tables(grammar))
        (root / "archdsl/syntax/_tables.py").write_text(text, encoding="utf-8")
