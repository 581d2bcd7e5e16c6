"""What the training step of table 1 gains from precision, XLA, batch size and the fused normalisation: img/s,
one process each."""

import subprocess
import sys
from pathlib import Path

CHILD = """
import sys, time
import numpy as np
import archdsl
from archdsl.backends.quiet import import_keras
from archdsl.recipe import read
from archdsl.train import learner
spec, policy, jit, batch, fused = sys.argv[1], sys.argv[2], sys.argv[3] == "1", int(sys.argv[4]), sys.argv[5] == "1"
import_keras()
made = learner.make(archdsl.load(spec).network().graph, policy, training=fused)
learner.compile_model(made, read("modern", ("epochs=1", f"batch_size={batch}")), 100)
made.logits.compile(made.logits.optimizer, made.logits.loss, jit_compile=jit)
random = np.random.default_rng(0)
images = random.normal(size=(batch, 32, 32, 3)).astype(np.float32)
labels = np.eye(10, dtype=np.float32)[random.integers(0, 10, batch)]
made.logits.train_on_batch(images, labels)
start, steps = time.perf_counter(), 0
while time.perf_counter() - start < 6:
    made.logits.train_on_batch(images, labels)
    steps += 1
print(steps * batch / (time.perf_counter() - start))
"""
CASES = {
    "float32": ("float32", 0, 128, 0),
    "float32, XLA": ("float32", 1, 128, 0),
    "float32, fused": ("float32", 0, 128, 1),
    "bfloat16": ("mixed_bfloat16", 0, 128, 0),
    "bfloat16, XLA": ("mixed_bfloat16", 1, 128, 0),
    "bfloat16, batch 256": ("mixed_bfloat16", 0, 256, 0),
    "bfloat16, fused": ("mixed_bfloat16", 0, 128, 1),
}


def main() -> None:
    """Print the speed of each case and its ratio to plain float32."""
    spec = str(Path(__file__).parent.parent / "specs/table1.arch")
    plain = 0.0
    for name, options in CASES.items():
        done = subprocess.run(
            [sys.executable, "-c", CHILD, spec, *map(str, options)],
            capture_output=True,
            text=True,
            check=True,
        )
        speed = float(done.stdout.split()[-1])
        plain = plain or speed
        print(f"{name:<22}{speed:7.1f} img/s  {speed / plain:5.2f}x", flush=True)


if __name__ == "__main__":
    main()
