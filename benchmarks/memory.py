"""Peak memory of a few training steps beside what was estimated: `python benchmarks/memory.py [SPEC BATCH
PRECISION [INPUT]]`.

Each network is trained in a process of its own; memory does not depend on what else the machine does. The
goal: within 25 %.
"""

import resource
import subprocess
import sys

CASES = (
    ("specs/resnet-cifar.arch", "128", "float32"),
    ("specs/resnet-cifar.arch", "512", "float32"),
    ("specs/table1.arch", "128", "float32"),
    ("specs/table1.arch", "256", "float32"),
    ("specs/table1.arch", "128", "bfloat16"),
    ("specs/papers/mobilenet-v2.arch", "16", "float32", "128x128x3"),
    ("specs/papers/vgg.arch#16-layer", "8", "float32", "96x96x3"),
)


def measure(path: str, batch: int, precision: str, shape: str | None) -> None:
    """Train three steps of random images and print the peak beside the estimate."""
    import numpy as np
    import tensorflow as tf

    import archdsl
    from archdsl.loading import divided
    from archdsl.recipe import read
    from archdsl.train import learner
    from archdsl.train.memory import estimate

    file, table = divided(path)
    network = archdsl.load(file, input=shape).network(table)
    policy = learner.precision_policy(precision)
    made = learner.make(network.graph, policy, training=True)
    learner.compile_model(made, read("modern", [f"batch_size={batch}"]), 3)
    images = np.random.default_rng(1).random((batch, *network.input), np.float32)
    targets = np.eye(network.output[-1], dtype=np.float32)[np.arange(batch) % network.output[-1]]
    made.logits.fit(tf.data.Dataset.from_tensors((images, targets)).repeat(3), verbose=0, shuffle=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = estimate(network.graph, batch, policy, 1).total
    print(
        (
            f"{path:<34} {batch:>5} {precision:<9} measured {peak / 2**20:6.0f} MiB  estimated "
            f"{told / 2**20:6.0f} MiB  {told / peak:.2f}"
        ),
        flush=True,
    )


def main() -> None:
    """Measure one network, or each of the list in its own process."""
    if len(sys.argv) > 3:
        path, batch, precision, *shape = sys.argv[1:]
        measure(path, int(batch), precision, shape[0] if shape else None)
        return
    for case in CASES:
        subprocess.run([sys.executable, __file__, *case], check=True)


if __name__ == "__main__":
    main()
