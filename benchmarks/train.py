"""Steps, prediction and a whole epoch of table 1 against the same network written by hand, in one run.

The hand-written model is fed from memory and trains with Keras' own `fit` machinery; `archdsl train` reads
CIFAR-10 (or stand-ins of its size), augments and shows progress. Peak memory is that of a process of its own.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

SPEC = str(Path(__file__).parent.parent / "specs/table1.arch")
BATCH = 128


def model_of(kind: str, policy: str) -> Any:
    """Return a model ready to train: ours as `archdsl train` makes it, or the hand-written one with the same
    loss."""
    import archdsl
    from archdsl.backends.quiet import import_keras
    from archdsl.recipe import read
    from archdsl.train import learner

    keras = import_keras()
    recipe = read("modern", ("epochs=1", f"batch_size={BATCH}"))
    if kind == "archdsl":
        made = learner.make(archdsl.load(SPEC).network().graph, policy, training=True)
    else:
        import handwritten

        keras.config.set_dtype_policy(policy)
        model = handwritten.build()
        keras.config.set_dtype_policy("float32")
        made = learner.Learner(model, keras.Model(model.input, model.layers[-1].input))
    learner.compile_model(made, recipe, 300)
    return made.logits


def interleaved(models: dict[str, Any], act: str, rounds: int, steps: int) -> dict[str, float]:
    """Return images per second of each model: the median of interleaved rounds."""
    import tensorflow as tf

    random = np.random.default_rng(0)
    images = tf.constant(random.normal(size=(BATCH, 32, 32, 3)).astype(np.float32))
    labels = tf.constant(np.eye(10, dtype=np.float32)[random.integers(0, 10, BATCH)])

    def once(model: Any) -> None:
        model.train_on_batch(images, labels) if act == "train" else model.predict_on_batch(images)

    speeds: dict[str, list[float]] = {name: [] for name in models}
    for model in models.values():
        once(model)
    for _ in range(rounds):
        for name, model in models.items():
            start = time.perf_counter()
            for _ in range(steps):
                once(model)
            speeds[name].append(steps * BATCH / (time.perf_counter() - start))
    return {name: statistics.median(values) for name, values in speeds.items()}


def stand_ins(folder: Path, images: int) -> None:
    """Write binary batches of random images: what the pipeline costs does not depend on what they show."""
    random = np.random.default_rng(1)
    for name, count in [(f"data_batch_{i}.bin", images // 4) for i in range(1, 5)] + [
        ("data_batch_5.bin", BATCH),
        ("test_batch.bin", BATCH),
    ]:
        labels = random.integers(0, 10, (count, 1))
        np.concatenate([labels, random.integers(0, 256, (count, 3072))], 1).astype(np.uint8).tofile(
            folder / name
        )


EPOCH = """
import sys
from archdsl.data import cifar10
cifar10.MD5.clear()
from archdsl.cli.main import main
sys.exit(main(["train", sys.argv[1], "--data", "cifar10", "--data-dir", sys.argv[2], "--epochs", "2", "--precision", sys.argv[3], "--out", sys.argv[4]]))
"""


def epoch(policy: str, images: int) -> tuple[float, float]:
    """Run `archdsl train`; give the images per second of its second epoch, and its peak of memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        stand_ins(Path(folder), images)
        out = Path(folder) / "run"
        command = ["/usr/bin/time", "-v", sys.executable, "-c", EPOCH, SPEC, folder, policy, str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
        first, both = (row["img_s"] * 1.0 for row in rows)
        counted = images - BATCH
        seconds = (counted + images) / both - counted / first
        return images / seconds, peak(done.stderr)


def peak(report: str) -> float:
    """Read the peak of memory out of the report of /usr/bin/time, in MB."""
    line = next(line for line in report.splitlines() if "Maximum resident set size" in line)
    return int(line.rsplit(" ", 1)[1]) / 1024


HAND = """
import sys, os
sys.path[:0] = [sys.argv[1]]
import numpy as np, train
model = train.model_of("hand-written", sys.argv[2])
images = np.random.default_rng(0).normal(size=(int(sys.argv[3]), 32, 32, 3)).astype(np.float32)
labels = np.eye(10, dtype=np.float32)[np.random.default_rng(0).integers(0, 10, len(images))]
model.fit(images, labels, batch_size=train.BATCH, epochs=1, verbose=0)
"""


def hand_peak(policy: str, images: int) -> float:
    """Return the peak of memory of the hand-written script on as many images in memory, in MB."""
    command = [
        "/usr/bin/time",
        "-v",
        sys.executable,
        "-c",
        HAND,
        str(Path(__file__).parent),
        policy,
        str(images),
    ]
    return peak(
        subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        ).stderr
    )


def main(images: int = 2_560) -> None:
    """Print speeds and ratios for float32 and bfloat16."""
    for precision, policy in (("float32", "float32"), ("bfloat16", "mixed_bfloat16")):
        models = {kind: model_of(kind, policy) for kind in ("hand-written", "archdsl")}
        bare: dict[str, float] = {}
        for act, rounds, steps in (("train", 5, 4), ("predict", 7, 8)):
            speeds = interleaved(models, act, rounds, steps)
            bare |= {f"{act} {kind}": speed for kind, speed in speeds.items()}
            ratio = speeds["archdsl"] / speeds["hand-written"]
            print(
                (
                    f"{precision:<9}{act:<9}hand-written {speeds['hand-written']:6.1f}  archdsl "
                    f"{speeds['archdsl']:6.1f} img/s  ratio {ratio:.3f}"
                ),
                flush=True,
            )
        speed, memory = epoch(precision, images)
        before = bare["train archdsl"]
        after = interleaved(models, "train", 3, 4)["archdsl"]
        rate = (before + after) / 2
        print(
            (
                f"{precision:<9}epoch    bare step {rate:6.1f}  archdsl train {speed:6.1f} img/s  ratio "
                f"{speed / rate:.3f}"
            ),
            flush=True,
        )
        print(
            (
                f"{precision:<9}memory   hand-written {hand_peak(policy, images):6.0f}  archdsl train "
                f"{memory:6.0f} MB"
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
