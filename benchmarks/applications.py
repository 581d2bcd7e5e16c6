"""The 40 networks of `keras.applications` from specs/keras: a table of what they are, and whether they are the same.

For each network: its parameters, which must be Keras' own; the largest difference of logits, of outputs and of
outputs in training mode (where nothing is dropped) over the largest value, with the same weights, in float64 where
norms would magnify rounding, at the smallest image that the constructor takes; the lines of its spec, which a
family shares; and the time of a build from the spec, read and checked anew, over the constructor's, at the size of
the table.

`python benchmarks/applications.py [ROUNDS] [NAME ...]`: ROUNDS of builds are timed, 0 leaves them out.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from keras_networks import CASES, Case
from keras_pairs import pairs
from keras_same import compared, drops, settings

import archdsl
from archdsl.backends.quiet import import_keras

ROW = "{:<18}{:>12}{:>10}{:>10}{:>10}{:>7}{:>7}  {}"


def lines(case: Case) -> int:
    """Count the lines of a spec that say something: no blank ones."""
    return sum(bool(line.strip()) for line in Path(case.path).read_text(encoding="utf-8").splitlines())


def build_ratio(case: Case, rounds: int) -> str:
    """Time builds of both, in turn; give the ratio of the medians, the first round left out."""
    keras = import_keras()
    make: dict[str, Callable[[], Any]] = {
        "theirs": lambda: getattr(keras.applications, case.constructor)(weights=None),
        "ours": lambda: archdsl.build(case.path, variant=case.variant),
    }
    times: dict[str, list[float]] = {name: [] for name in make}
    for _ in range(rounds + 1 if rounds else 0):
        for name, one in make.items():
            keras.utils.clear_session()
            gc.collect()
            start = time.perf_counter()
            one()
            times[name].append(time.perf_counter() - start)
    if not rounds:
        return "-"
    return f"{statistics.median(times['ours'][1:]) / statistics.median(times['theirs'][1:]):.2f}"


def row(case: Case, rounds: int) -> str:
    """Return the line of a network; what differs beside the numbers stands at its end."""
    ratio = build_ratio(case, rounds)
    params = archdsl.load(case.path, variant=case.variant).network().params
    with case.precision():
        ours, theirs = case.ours(), case.theirs()
        said = [f"{what}: {own} for {other}" for what, own, other in settings(pairs(ours, theirs))]
        said += ["drops other shares"] if drops(ours) != drops(theirs) else []
        said += ["other parameters"] if ours.count_params() != theirs.count_params() else []
        found = compared(ours, theirs, case.images(theirs))
    errors = ("-" if one is None else f"{one:.1e}" for one in found)
    return ROW.format(case.constructor, f"{params.total:,}", *errors, lines(case), ratio, "; ".join(said[:3]))


def main(rounds: int, names: list[str]) -> None:
    """Print the table of the networks of these names, or of all."""
    print(
        ROW.format("network", "parameters", "logits", "outputs", "training", "lines", "build", "differs in")
    )
    for case in CASES:
        if not names or case.constructor in names:
            print(row(case, rounds), flush=True)
            import_keras().utils.clear_session()
            gc.collect()
    print(f"specs/keras: {sum(lines(case) for case in {case.spec: case for case in CASES}.values())} lines")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2:])
