"""Check speed over a directory: networks and rows per second of `specs/`, and of 1, 2 and 4 copies of it in
one run.

The copies tell whether the time of one process grows with the number of files alone; each number is the best
of five.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SPECS = Path(__file__).parent.parent / "specs"
CHILD = """
import contextlib, os, sys, time
from archdsl.cli.main import main
from archdsl.loading import compile_path, files_below
counted = sys.argv[2:] == ["count"]
start = time.perf_counter()
with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
    code = main(["check", sys.argv[1]])
seconds = time.perf_counter() - start
networks = rows = nodes = 0
for path in files_below(sys.argv[1]) if counted else ():
    for one in compile_path(path).compiled:
        networks, rows, nodes = networks + 1, rows + len(one.table.rows), nodes + (len(one.graph.nodes) if one.graph else 0)
print(seconds, networks, rows, nodes)
"""


def measured(folder: Path, *words: str) -> list[float]:
    """Check a directory in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), *words], capture_output=True, text=True, check=True
    )
    return list(map(float, done.stdout.split()))


def main() -> None:
    """Print the rates, and the time of more copies against that of one."""
    _, networks, rows, nodes = measured(SPECS, "count")
    with tempfile.TemporaryDirectory() as place:
        folders = {copies: Path(place) / str(copies) for copies in (1, 2, 4)}
        for copies, folder in folders.items():
            for copy in range(copies):
                shutil.copytree(SPECS, folder / str(copy))
        best = {copies: min(measured(folder)[0] for _ in range(5)) for copies, folder in folders.items()}
    print(f"{networks:,.0f} networks of {rows:,.0f} rows and {nodes:,.0f} layers in {best[1]:.2f} s")
    print(
        f"{networks / best[1]:,.0f} networks/s  {rows / best[1]:,.0f} rows/s  {nodes / best[1]:,.0f} "
        f"layers/s, start and library included"
    )
    further = (best[4] - best[2]) / 2
    print(f"{networks / further:,.0f} networks/s  {rows / further:,.0f} rows/s for each further copy")
    for copies in (2, 4):
        print(f"{copies} copies: {best[copies] / best[1]:.2f}x the time of one")


if __name__ == "__main__":
    main()
