"""A comparison of runs -> the files that a paper or a page takes: tables, curves, a report."""

import json
from pathlib import Path

from archdsl.evaluate import comparing, plots
from archdsl.evaluate.runs import Record
from archdsl.evaluate.table import latex
from archdsl.writing import write_whole


def write(path: str, runs: list[Record], split: str = "test") -> list[str]:
    """Write a comparison into a folder, which is made where it is not there; give the names of the files.
    Raises OSError."""
    Path(path).mkdir(parents=True, exist_ok=True)
    curves = comparing.curves(runs)
    files = {
        "compare.html": comparing.html(runs, split).encode(),
        "compare.md": comparing.in_markdown(runs, split).encode(),
        "compare.tex": latex(comparing.results(runs, split), "tab:results").encode(),
        "compare.json": (json.dumps(comparing.as_json(runs), indent=2) + "\n").encode(),
        "curves.svg": plots.svg(curves),
        "curves.png": plots.png(curves),
    }
    for name, data in files.items():
        write_whole(Path(path) / name, data)
    return list(files)
