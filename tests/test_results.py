"""The runs kept under `docs/results`: each says the command that repeats it, and holds what its README says."""

import json
from pathlib import Path
from typing import Any

import pytest

from archdsl.train.command import command

RESULTS = Path(__file__).parent.parent / "docs" / "results"
README = (RESULTS / "README.md").read_text(encoding="utf-8")


def _runs() -> list[Any]:
    found = []
    for path in sorted(RESULTS.glob("*/compare.json")):
        for run in json.loads(path.read_text(encoding="utf-8")):
            found.append(pytest.param(run, path.parent, id=f"{path.parent.name}/{Path(run['run']).name}"))
    assert found
    return found


@pytest.mark.parametrize(("run", "folder"), _runs())
def test_a_run_is_told_as_it_was(run: dict[str, Any], folder: Path) -> None:
    assert run["command"] == command(run["config"])
    assert run["command"] in README
    assert f"{100 * run['best']['val_accuracy']:.2f} %" in README
    assert (folder / "curves.svg").exists()


def test_no_result_holds_a_path_of_the_machine_or_weights() -> None:
    for path in RESULTS.rglob("*"):
        assert path.suffix not in (".h5", ".keras", ".npz"), path
        if path.suffix in (".json", ".md", ".html", ".tex"):
            text = path.read_text(encoding="utf-8")
            assert not [root for root in ("/work/", "/home/", "/tmp/", "/root/") if root in text], path
