"""Prediction: the predictor of `archdsl.deploy` against Keras, PyTorch and ONNX Runtime, for three networks,
in one run.

Each line has the images per second of every way at one batch size; then how many times the best of them the
predictor is, both measured again in turns. `predictor` folds the network and takes the fastest of TensorFlow,
ONNX Runtime and LiteRT for each size.
"""

import argparse
from pathlib import Path

import archdsl
from archdsl.backends.keras import build
from archdsl.deploy.bench import BATCHES, FOLDED, WAYS, bench
from archdsl.deploy.check import Engine, examples
from archdsl.deploy.job import Job
from archdsl.deploy.predictor import predictor
from archdsl.deploy.timing import interleaved

ROOT = Path(__file__).parent.parent
NETWORKS = {
    "table 1": ROOT / "specs/table1.arch",
    "ResNet-20": ROOT / "specs/resnet-cifar.arch",
    "MobileNetV2": ROOT / "specs/papers/mobilenet-v2.arch",
}


def measure(name: str, path: Path, seconds: float) -> None:
    """Print a network's lines."""
    network = archdsl.load(str(path)).networks[0]
    model = build(network.graph)
    job = Job(network, model)
    result = bench(job, BATCHES, seconds)
    ours = predictor(network, model)
    made: dict[str, Engine] = {}
    for place, batch in enumerate(BATCHES):
        others = {
            way: timings[place].throughput
            for way, timings in result.measured.items()
            if way != FOLDED.name  # the predictor's own
        }
        best = max(others, key=others.__getitem__)
        if best not in made:
            made[best] = next(way.make(job) for way in WAYS if way.name == best)
        both = interleaved({"predictor": ours, best: made[best]}, examples(network.graph, batch), seconds)
        mine, its = (timings.throughput for timings in both.values())
        shown = "  ".join(f"{way} {speed:,.1f}" for way, speed in others.items())
        print(
            f"{name:<12}batch {batch:>3}  predictor {mine:,.1f}, {best} {its:,.1f}: {mine / its:.2f}x  "
            f"(before: {shown})",
            flush=True,
        )
    for way, why in result.left_out.items():
        print(f"{name:<12}{way}: {why}", flush=True)


def main() -> None:
    """Measure the networks of the command line, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "networks", nargs="*", metavar="NAME", help=f"of {', '.join(NETWORKS)} (default: all)"
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="for each way and batch size")
    args = parser.parse_args()
    for name in args.networks or NETWORKS:
        measure(name, NETWORKS[name], args.seconds)


if __name__ == "__main__":
    main()
