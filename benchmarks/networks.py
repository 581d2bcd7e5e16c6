"""Published networks from their specs against the same networks of `keras.applications`: building, and a
training step.

Both are built and stepped alternately in one process; a ratio of build times below 1 means that the spec is
faster, a ratio of images per second above 1 that its model is. The spec is read and checked anew for each
build. Where a style starts as its authors say and Keras does not, kernels are initialised as Keras does for
this comparison, because drawing 25 million numbers of `he_normal` takes half as long as all the rest; `python
benchmarks/networks.py 5 own` leaves each with its own.
"""

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import archdsl
from archdsl.backends.quiet import import_keras

PAPERS = Path(__file__).parent.parent / "specs/papers"
# Spec, variant, constructor in keras.applications, and the setting that makes both draw the same numbers.
GLOROT = "initializer glorot_uniform"
NETWORKS = (
    ("resnet.arch", "50-layer", "ResNet50", GLOROT),
    ("mobilenet-v2.arch", None, "MobileNetV2", GLOROT),
    ("densenet.arch", "DenseNet-121", "DenseNet121", GLOROT),
    ("efficientnet.arch", "B0", "EfficientNetB0", ""),
)
SIDE, BATCH = 224, 8


def builders(
    keras: Any, folder: Path, spec: str, variant: str | None, constructor: str, setting: str
) -> dict[str, Callable[[], Any]]:
    """Return the two ways to build a network."""
    make = getattr(keras.applications, constructor)
    alike = folder / spec
    alike.write_text(f"{setting}\n{(PAPERS / spec).read_text(encoding='utf-8')}", encoding="utf-8")
    return {
        "keras.applications": lambda: make(weights=None),
        "archdsl": lambda: archdsl.build(str(alike), variant=variant),
    }


def build_seconds(keras: Any, cases: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Time the builds alternately; give the median of each, the first round left out."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds + 1):
        for name, make in cases.items():
            keras.utils.clear_session()
            gc.collect()
            start = time.perf_counter()
            make()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values[1:]) for name, values in times.items()}


def images_per_second(keras: Any, cases: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Step the two models alternately; give the median of images per second."""
    random = np.random.default_rng(0)
    images = random.normal(size=(BATCH, SIDE, SIDE, 3)).astype(np.float32)
    labels = np.eye(1000, dtype=np.float32)[random.integers(0, 1000, BATCH)]
    models = {name: make() for name, make in cases.items()}
    speeds: dict[str, list[float]] = {name: [] for name in models}
    for model in models.values():
        model.compile(
            keras.optimizers.SGD(0.01), "categorical_crossentropy" if model.output.ndim == 2 else _flat(keras)
        )
    for _ in range(rounds + 1):
        for name, model in models.items():
            start = time.perf_counter()
            model.train_on_batch(images, labels)
            speeds[name].append(BATCH / (time.perf_counter() - start))
    return {name: statistics.median(values[1:]) for name, values in speeds.items()}


def _flat(keras: Any) -> Callable[[Any, Any], Any]:
    """The loss of a network whose head is a map of 1x1."""
    return lambda true, given: keras.losses.categorical_crossentropy(true, keras.ops.softmax(given[:, 0, 0]))


def main(rounds: int = 5, own: bool = False) -> None:
    """Print both ratios for each network."""
    keras = import_keras()
    print(
        f"{'network':<16}{'build: keras':>14}{'archdsl':>10}{'ratio':>7}   "
        f"{'img/s: keras':>13}{'archdsl':>10}{'ratio':>7}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for spec, variant, constructor, setting in NETWORKS:
            cases = builders(keras, Path(folder), spec, variant, constructor, "" if own else setting)
            built = build_seconds(keras, cases, rounds)
            speed = images_per_second(keras, cases, rounds)
            theirs, ours = "keras.applications", "archdsl"
            print(
                f"{constructor:<16}{built[theirs]:>12.2f} s{built[ours]:>8.2f} "
                f"s{built[ours] / built[theirs]:>7.2f}"
                f"   {speed[theirs]:>13.1f}{speed[ours]:>10.1f}{speed[ours] / speed[theirs]:>7.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), own="own" in sys.argv)
