"""Spec -> SVG against `keras.utils.plot_model` on the same network, in one run. Aim: at most a tenth of the
time.

    python benchmarks/draw.py

The first line is a page: time and size of `archdsl draw -o x.html` for ResNet-152.

From spec to SVG is the whole process: `archdsl draw`, against building the Keras model of the spec and
plotting it. The second line is the drawing alone, in a warm process: ours still reads and checks the spec,
Keras has its model. plot_model needs pydot and `dot` on the PATH.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from statistics import median

import archdsl

SPECS = Path(__file__).parent.parent / "specs"
SPEC = str(SPECS / "table1.arch")
DEEP = f"{SPECS / 'papers' / 'resnet.arch'}#152-layer"
PLOT = (
    "import sys, archdsl; model = archdsl.build(sys.argv[1]); import keras; "
    "keras.utils.plot_model(model, sys.argv[2], show_shapes=True)"
)


def timed(work: Callable[[], object], runs: int) -> float:
    """Return the median time in milliseconds, after one run that is not counted."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return median(times[1:])


def process(*arguments: str) -> None:
    """Run Python quietly."""
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def report(label: str, ours: float, theirs: float) -> None:
    """Print a line of the table."""
    print(f"{label:<24}{ours:>8.0f} ms{theirs:>8.0f} ms{ours / theirs:>8.3f}")


def page() -> None:
    """Print what a page of ResNet-152 takes, as a whole process."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "x.html")
        took = timed(lambda: process("-m", "archdsl", "draw", DEEP, "-o", str(out)), 5)
        print(f"{'ResNet-152 to a page':<24}{took:>8.0f} ms{out.stat().st_size / 1000:>8.0f} kB")


def main() -> None:
    """Print both times and their ratio, cold and warm, and those of a page."""
    page()
    if not find_spec("pydot"):
        sys.exit("skipped: keras.utils.plot_model needs pydot (pip install pydot)")
    if not which("dot"):
        sys.exit(
            "skipped: keras.utils.plot_model needs Graphviz' `dot` on the PATH (apt-get install graphviz)"
        )
    print(f"{'':<24}{'archdsl':>11}{'plot_model':>11}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/figure.svg"
        ours = timed(lambda: process("-m", "archdsl", "draw", SPEC, "-o", out), 5)
        report("spec to SVG", ours, timed(lambda: process("-c", PLOT, SPEC, out), 2))
        model = archdsl.build(SPEC)
        import keras

        ours = timed(lambda: archdsl.draw(SPEC, out), 9)
        report(
            "drawing alone, warm",
            ours,
            timed(lambda: keras.utils.plot_model(model, out, show_shapes=True), 9),
        )


if __name__ == "__main__":
    main()
