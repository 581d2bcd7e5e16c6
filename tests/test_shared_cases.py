"""The cases beside the project (`../shared/cases`), judged by their own script. Those that do not hold yet are listed by name.

A listed case that holds fails this test, so that the list only grows shorter.
"""

import contextlib
import io
import json
import tomllib
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

from archdsl.cli.main import main

ROOT = Path(__file__).parent.parent
CASES = ROOT.parent / "shared" / "cases"
OPEN = set((Path(__file__).parent / "shared_cases_open.txt").read_text(encoding="utf-8").split())


def _judge() -> Any:
    """Load the script that judges, and let it call our command in this process."""
    loader = SourceFileLoader("shared_cases", str(CASES / "run"))
    spec = spec_from_loader("shared_cases", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    module.run = _run  # type: ignore[attr-defined]
    return module.judge


def _run(_: str, path: Path, args: list[str]) -> tuple[int, Any, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["check", "--format", "json", str(path), *args])
    try:
        return code, json.loads(out.getvalue()), ""
    except ValueError:
        return code, None, (out.getvalue() + err.getvalue())[-300:]


def _cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*/cases.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            marks = [pytest.mark.xfail(strict=True)] if case["file"] in OPEN else []
            found.append(pytest.param(path.parent, case, id=case["file"], marks=marks))
    missing = pytest.mark.skip(reason=f"{CASES} is not here")
    return found or [pytest.param(CASES, {}, id="none", marks=missing)]


@pytest.mark.parametrize(("folder", "case"), _cases())
def test_case(folder: Path, case: dict[str, Any]) -> None:
    why = _judge()("archdsl", folder, case)
    assert not why, f"{why}\n{case['why']}"
