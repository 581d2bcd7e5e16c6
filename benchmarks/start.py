"""Process start to the end of the first training step, and peak memory: `archdsl train` against a bare Keras
script that does the same.

Both read the same CIFAR-10-like batches (random images in the official binary form), build table 1, and train
one step of batch 128.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BATCH, IMAGES = 128, 2_560

BARE = """
import sys
from pathlib import Path
import numpy as np
import keras
sys.path.insert(0, sys.argv[2])
from handwritten import build
raw = np.concatenate([np.frombuffer((Path(sys.argv[1]) / f"data_batch_{n}.bin").read_bytes(), np.uint8) for n in (1, 2, 3, 4)]).reshape(-1, 3073)
images = raw[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).astype("float32") / 255
labels = keras.utils.to_categorical(raw[:, 0], 10)
model = build()
model.compile(keras.optimizers.SGD(0.1, 0.9, True), "categorical_crossentropy", metrics=["accuracy"])
class First(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        sys.exit(0)
model.fit(images, labels, batch_size=128, epochs=1, verbose=0, callbacks=[First()])
"""
OURS = """
import os, sys
from archdsl.train.pace import Pace
def first(self, *_):
    os._exit(0)  # the first step is done
Pace.step = first
from archdsl.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def write_data(folder: Path) -> None:
    """Write random images in the official binary form."""
    random = __import__("numpy").random.default_rng(0)
    for name in [*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]:
        rows = random.integers(0, 256, (IMAGES, 3073), "uint8")
        rows[:, 0] %= 10
        (folder / f"{name}.bin").write_bytes(rows.tobytes())


def measure(command: list[str]) -> tuple[float, float]:
    """Return the seconds of a process and its peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    assert status == 0, process.stderr and process.stderr.read().decode()
    return seconds, usage.ru_maxrss / 1024


def main(repeats: int = 3) -> None:
    """Print medians of interleaved runs and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_data(folder)
        numbers: dict[str, list[tuple[float, float]]] = {"bare Keras": [], "archdsl train": []}
        for number in range(repeats):
            out = str(folder / f"run{number}")
            recipe = ["--batch-size", str(BATCH), "--precision", "float32", "--epochs", "1"]
            data = ["--data", "cifar10", "--data-dir", name, "--accept-altered"]
            ours = [
                sys.executable,
                "-c",
                OURS,
                "train",
                str(ROOT / "specs/table1.arch"),
                *data,
                *recipe,
                "--out",
                out,
            ]
            numbers["bare Keras"].append(
                measure([sys.executable, "-c", BARE, name, str(ROOT / "benchmarks")])
            )
            numbers["archdsl train"].append(measure(ours))
        medians = {
            side: [statistics.median(values) for values in zip(*rows, strict=True)]
            for side, rows in numbers.items()
        }
        print(f"load {os.getloadavg()[0]:.1f}")
        for side, (seconds, memory) in medians.items():
            print(f"{side:<14} {seconds:6.2f} s {memory:7.0f} MB")
        ratios = [
            ours / bare for ours, bare in zip(medians["archdsl train"], medians["bare Keras"], strict=True)
        ]
        print(f"ratio          {ratios[0]:6.2f} x {ratios[1]:7.2f} x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
