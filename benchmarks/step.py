"""The training step: archdsl against plain Keras and PyTorch eager, alternately in one process; and what
bounds it.

    python benchmarks/step.py [rounds [network]]  the table of ratios, and the load of the machine
    python benchmarks/step.py kernels             forward and both gradients of single convolutions

Images per second are medians over rounds; a ratio is the median of the ratios within a round, so that a load
that comes and goes falls on both. PyTorch runs with `channels_last` and without; the faster one counts.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import archdsl
from archdsl.backends.quiet import import_keras
from archdsl.graph.graph import Graph

SPECS = Path(__file__).parent.parent / "specs"
# Name, spec, what defines it, images per step.
NETWORKS = (
    ("table 1", "table1.arch", {}, 128),
    ("ResNet-20", "resnet-cifar.arch", {"n": 3}, 128),
    ("MobileNetV2", "papers/mobilenet-v2.arch", {}, 8),
)
Step = Callable[[], Any]


def keras_step(graph: Graph, policy: str, training: bool, batch: int) -> Step:
    """Return a step of Keras' own `train_on_batch`: on plain layers, or on those that `archdsl train` takes."""
    from archdsl.train import learner

    keras = import_keras()
    model = learner.make(graph, policy, training=training).logits
    model.compile(
        keras.optimizers.SGD(0.01, 0.9, True), keras.losses.CategoricalCrossentropy(from_logits=True)
    )
    images, labels = data(graph, batch)
    one_hot = np.eye(model.output.shape[-1], dtype=np.float32)[labels]
    tensors = [keras.ops.convert_to_tensor(array) for array in (images, one_hot)]
    return lambda: model.train_on_batch(*tensors)


def torch_step(graph: Graph, policy: str, last: bool, batch: int) -> Step:
    """Return a step of PyTorch eager, with `channels_last` where `last` says so."""
    import torch
    from torch_network import Network

    form = torch.channels_last if last else torch.contiguous_format
    network = Network(graph).train().to(memory_format=form)
    optimizer = torch.optim.SGD(network.parameters(), 0.01, 0.9, nesterov=True)
    images, labels = data(graph, batch)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(memory_format=form)
    y = torch.from_numpy(labels)

    def step() -> Any:
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=policy != "float32"):
            loss = torch.nn.functional.cross_entropy(network(x).float(), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def data(graph: Graph, batch: int) -> tuple[Any, Any]:
    """Return random images and labels."""
    random = np.random.default_rng(0)
    shape = graph.nodes[graph.inputs[0]].shape
    return random.normal(size=(batch, *shape)).astype(np.float32), random.integers(
        0, graph.nodes[graph.outputs[0]].shape[-1], batch
    )


def rounds_of(steps: dict[str, Step], rounds: int) -> dict[str, list[float]]:
    """Take a step of each in turn; give the seconds of each, the first two rounds left out."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds + 2):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - start)
    return {name: values[2:] for name, values in seconds.items()}


def against(seconds: dict[str, list[float]], other: str) -> float:
    """Return how many times as fast as another archdsl is."""
    return statistics.median(b / a for a, b in zip(seconds["archdsl"], seconds[other], strict=True))


def main(rounds: int = 7, chosen: str = "") -> None:
    """Print images per second and both ratios for each network and precision."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; img/s and archdsl's ratio to each")
    print(f"{'network':<13}{'precision':<10}{'archdsl':>9}{'Keras':>9}{'ratio':>7}{'PyTorch':>9}{'ratio':>7}")
    for name, spec, define, batch in (network for network in NETWORKS if chosen in ("", network[0])):
        graph = archdsl.load(str(SPECS / spec), define=define).network().graph
        for precision, policy in (("float32", "float32"), ("bfloat16", "mixed_bfloat16")):
            steps = {
                "archdsl": keras_step(graph, policy, True, batch),
                "Keras": keras_step(graph, policy, False, batch),
            }
            steps |= {f"torch {last}": torch_step(graph, policy, last, batch) for last in (True, False)}
            seconds = rounds_of(steps, rounds)
            torch = min(("torch True", "torch False"), key=lambda form: statistics.median(seconds[form]))
            speed = {name: batch / statistics.median(values) for name, values in seconds.items()}
            print(
                f"{name:<13}{precision:<10}{speed['archdsl']:>9.1f}{speed['Keras']:>9.1f}{against(seconds, 'Keras'):>7.2f}"
                f"{speed[torch]:>9.1f}{against(seconds, torch):>7.2f}",
                flush=True,
            )
    print(f"load {os.getloadavg()[0]:.1f} at the end")


# Map, incoming and outgoing channels: those of table 1, and of the end of ResNet-50.
CONVOLUTIONS = ((32, 64, 64), (16, 128, 128), (8, 256, 256), (4, 512, 512), (7, 512, 512))


def kernels(batch: int = 64) -> None:
    """Print milliseconds of processor time of a 3x3 convolution, its gradients, and its kernel's gradient by
    products."""
    import tensorflow as tf

    from archdsl.train.products import kernel_gradient

    print(f"load {os.getloadavg()[0]:.1f}; ms of processor time, {batch} images, least of 5")
    print(f"{'map':<14}{'precision':<10}{'forward':>9}{'inputs':>9}{'kernel':>9}{'products':>10}")
    for size, incoming, outgoing in CONVOLUTIONS:
        for dtype in (tf.float32, tf.bfloat16):
            shapes = (batch, size, size, incoming), (3, 3, incoming, outgoing), (batch, size, size, outgoing)
            x, w, dy = (tf.cast(tf.random.normal(shape), dtype) for shape in shapes)
            common = {"out_backprop": dy, "strides": [1, 1, 1, 1], "padding": "SAME"}
            cases = (
                lambda x=x, w=w: tf.nn.conv2d(x, w, 1, "SAME"),
                lambda x=x, w=w, c=common: tf.raw_ops.Conv2DBackpropInput(input_sizes=x.shape, filter=w, **c),
                lambda x=x, w=w, c=common: tf.raw_ops.Conv2DBackpropFilter(
                    input=x, filter_sizes=w.shape, **c
                ),
                lambda x=x, dy=dy: kernel_gradient(x, dy, (3, 3)),
            )
            times = [processor_ms(tf.function(case, autograph=False)) for case in cases]
            print(
                f"{f'{size}x{size}x{incoming}':<14}{dtype.name:<10}{times[0]:>9.1f}{times[1]:>9.1f}{times[2]:>9.1f}{times[3]:>10.1f}",
                flush=True,
            )


def processor_ms(act: Step, repeats: int = 5) -> float:
    """Return the least processor time of an act in milliseconds, over all threads."""
    act()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return min(times) * 1e3


if __name__ == "__main__":
    kernels() if sys.argv[1:] == ["kernels"] else main(*map(int, sys.argv[1:2]), *sys.argv[2:3])
