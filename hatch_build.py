"""Build hook: has Lark compute the parse tables of grammar.lark when the package is built or installed."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _tables_module(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("archdsl_tables", root / "archdsl/syntax/tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class TablesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes archdsl/syntax/_tables.py, which is never committed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compute the tables before the files are collected."""
        root = Path(self.root)
        module = _tables_module(root)
        grammar = (root / "archdsl/syntax/grammar.lark").read_text(encoding="utf-8")
        text = module.module_text(module.compile_tables(grammar))
        (root / "archdsl/syntax/_tables.py").write_text(text, encoding="utf-8")
