"""The runs kept under `docs/results`: each says the command that repeats it, and holds what its README says."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from archdsl.train.command import command

RESULTS = Path(__file__).parent.parent / "docs" / "results"
README = (RESULTS / "README.md").read_text(encoding="utf-8")

# A path from the root of a machine; `</b>`, `https://` and `a/b` are none.
_ABSOLUTE = re.compile(r"(?<![\w.:/<>)\]-])/[A-Za-z][\w.-]*/[\w.-]")


@pytest.mark.parametrize(
    ("text", "found"),
    [('"/home/me/run"', True), ("in /tmp/run", True), ("../shared/data", False), ("</b>/", False)],
)
def test_what_is_a_path_of_a_machine(text: str, found: bool) -> None:
    assert bool(_ABSOLUTE.search(text)) is found


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
    with open(folder / "metrics.csv", encoding="utf-8", newline="") as file:
        *_, last = epochs = list(csv.DictReader(file))
    assert len(epochs) == run["epochs"]
    assert max(float(row["val_accuracy"]) for row in epochs) == run["best"]["val_accuracy"]
    test = run["evaluations"]["test"]
    told = (run["best"]["val_accuracy"], float(last["val_accuracy"]), test["accuracy"])
    assert not [number for number in told if f"{100 * number:.2f} %" not in README]
    low, high = (100 * test["interval"][end] for end in ("low", "high"))
    assert f"95 %: {low:.2f} to {high:.2f}" in README
    assert f"{test['images']:,} test images" in README
    assert (folder / "curves.svg").exists()


def test_no_result_holds_a_path_of_the_machine_or_weights() -> None:
    for path in RESULTS.rglob("*"):
        assert path.suffix not in (".h5", ".keras", ".npz"), path
        if path.suffix in (".csv", ".json", ".md", ".html", ".tex"):
            assert not _ABSOLUTE.findall(path.read_text(encoding="utf-8")), path
