"""Building table 1 from its spec against building it from a hand-written Keras function, interleaved in one
process."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import handwritten

import archdsl
from archdsl.backends.quiet import import_keras

SPEC = str(Path(__file__).parent.parent / "specs/table1.arch")


def seconds(make: Callable[[], object], keras: object) -> float:
    """Time one build in a fresh Keras state."""
    keras.utils.clear_session()  # type: ignore[attr-defined]
    start = time.perf_counter()
    make()
    return time.perf_counter() - start


def main(repeats: int = 15) -> None:
    """Print the medians and their ratio; the spec is read and checked anew each time."""
    keras = import_keras()
    cases: dict[str, Callable[[], object]] = {
        "hand-written": handwritten.build,
        "archdsl": lambda: archdsl.build(SPEC),
    }
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(repeats + 1):
        for name, make in cases.items():
            times[name].append(seconds(make, keras))
    medians = {name: statistics.median(values[1:]) for name, values in times.items()}
    for name, median in medians.items():
        print(f"{name:<14}{median * 1e3:8.1f} ms")
    print(f"ratio {medians['archdsl'] / medians['hand-written']:.3f} (aim: at most 1.1)")


if __name__ == "__main__":
    main()
