"""Fills the tables of docs/scaling.md from the counts of checked networks; `--check` fails where they are
stale.

All is arithmetic on the graph and on the figures of `Accelerator` and `Link`; nothing is measured. Times are
seconds, sizes bytes, rates per second.
"""

import re
import sys
from math import ceil, log2, prod
from pathlib import Path
from typing import NamedTuple

import archdsl
from archdsl.network import Network

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "scaling.md"
COUNTS = (8, 64, 512)
PER_MACHINE = 8


class Accelerator(NamedTuple):
    """What one accelerator can do at most: H100 SXM (NVIDIA's data sheet: dense bfloat16, HBM3, NVLink per
    direction)."""

    flops: float = 989e12
    memory: float = 3.35e12
    nvlink: float = 450e9


class Link(NamedTuple):
    """The network of a machine of eight accelerators: all its ports together, one direction, and the time of
    a hop."""

    name: str
    bandwidth: float
    hop: float


class Job(NamedTuple):
    """A network to train, on what. `image` is what one image takes in storage, `core` the images that a core
    prepares."""

    path: str
    name: str
    local: int
    images: int
    image: float
    core: float

    @property
    def network(self) -> Network:
        """Return the checked network."""
        path, _, variant = self.path.partition("#")
        return archdsl.load(str(ROOT / path), variant=variant or None).network()


# Ports of a machine: eight of 400 Gbit/s (NVIDIA's DGX H100 user guide), or one of 100 Gbit/s, common in
# clouds.
LINKS = (Link("8 x 400 Gbit/s", 8 * 50e9, 5e-6), Link("1 x 100 Gbit/s", 12.5e9, 30e-6))
HOP_INSIDE = 2e-6
JOBS = (
    Job("specs/table1.arch", "table 1, CIFAR-10", 128, 40_000, 3_073, 20_000),
    Job("specs/papers/resnet.arch#50-layer", "ResNet-50, ImageNet", 128, 1_281_167, 138e9 / 1_281_167, 500),
)
# How often a map crosses the memory in a training step, with activations and sums fused into the norms; see
# the page.
PASSES = {"conv": 8, "batch_norm": 6}


def operations(network: Network) -> float:
    """Return the floating-point operations of a training step for one image: forward, and twice that
    backward."""
    return 2 * network.macs * 3


def traffic(network: Network, width: int = 2) -> float:
    """Return the bytes that one image moves through the memory in a training step, numbers being `width`
    bytes wide."""
    return width * sum(PASSES.get(node.op, 0) * prod(node.shape) for node in network.graph.nodes)


def compute_time(network: Network, images: int, device: Accelerator) -> float:
    """Return the least time of a step on one accelerator: the longer of its arithmetic and its memory
    traffic."""
    return images * max(operations(network) / device.flops, traffic(network) / device.memory)


def gradient_bytes(network: Network) -> int:
    """Return the bytes of the gradients: float32, one for each trainable parameter."""
    return 4 * network.params.trainable


def ring_time(size: float, count: int, link: Link, device: Accelerator) -> float:
    """Return the time of a ring all-reduce of `size` bytes: each sends 2 (n - 1) / n of them, in 2 (n - 1)
    hops."""
    machines = ceil(count / PER_MACHINE)
    slowest = device.nvlink if machines == 1 else min(device.nvlink, link.bandwidth)
    around = (count - machines) * HOP_INSIDE + (machines - 1) * link.hop
    return 2 * (count - 1) / count * size / slowest + 2 * around


def norm_time(network: Network, count: int, link: Link) -> float:
    """Return the time of the norms' own all-reduces, two forward and backward each: small, so a tree's hops
    count."""
    inside, between = log2(min(count, PER_MACHINE)), log2(max(count / PER_MACHINE, 1))
    norms = sum(node.op == "batch_norm" for node in network.graph.nodes)
    return norms * 2 * 2 * (inside * HOP_INSIDE + between * link.hop)


def work_table(device: Accelerator) -> str:
    """Write what a step of one image and one accelerator takes."""
    lines = [
        (
            "| | multiply-adds | operations of a step | bytes through memory | images/s by arithmetic | "
            "images/s by memory | gradients |"
        ),
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for job in JOBS:
        net = job.network
        arithmetic, memory = device.flops / operations(net), device.memory / traffic(net)
        lines.append(
            f"| {job.name} | {net.macs / 1e9:.3g} G | {operations(net) / 1e9:.3g} G | "
            f"{traffic(net) / 1e6:.3g} MB "
            f"| {arithmetic:,.0f} | {memory:,.0f} | {gradient_bytes(net) / 1e6:.1f} MB |"
        )
    return "\n".join(lines)


def network_table(device: Accelerator) -> str:
    """Write what the all-reduces of a step take beside its computation."""
    lines = [
        (
            "| | accelerators | ports of a machine | compute | gradients | norms | kept, nothing hidden | "
            "kept, gradients hidden |"
        ),
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for job in JOBS:
        for count in COUNTS:
            for link in LINKS if count > PER_MACHINE else LINKS[:1]:
                lines.append(_network_row(job, count, link, device))
    return "\n".join(lines)


def _network_row(job: Job, count: int, link: Link, device: Accelerator) -> str:
    net = job.network
    step, norms = compute_time(net, job.local, device), norm_time(net, count, link)
    ring = ring_time(gradient_bytes(net), count, link, device)
    plain, hidden = step / (step + ring + norms), step / (max(step, ring) + norms)
    where = link.name if count > PER_MACHINE else "none used"
    return (
        f"| {job.name} | {count} | {where} | {step * 1e3:.2f} ms | {ring * 1e3:.2f} ms | "
        f"{norms * 1e3:.2f} ms "
        f"| {plain:.0%} | {hidden:.0%} |"
    )


def input_table(device: Accelerator) -> str:
    """Write what the input must give, and how the batch grows."""
    lines = [
        (
            "| | accelerators | global batch | steps per epoch | images/s at most | from storage | cores to "
            "prepare | epoch at least |"
        ),
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for job in JOBS:
        alone = job.local / compute_time(job.network, job.local, device)
        for count in COUNTS:
            rate, batch = count * alone, count * job.local
            lines.append(
                f"| {job.name} | {count} | {batch:,} | {job.images / batch:,.1f} | {rate:,.0f} | "
                f"{rate * job.image / 1e9:.3g} GB/s "
                f"| {ceil(rate / job.core):,} | {job.images / rate:.3g} s |"
            )
    return "\n".join(lines)


def filled(text: str) -> str:
    """Replace what stands between the marks of each table."""
    device = Accelerator()
    for name, table in (("work", work_table), ("network", network_table), ("input", input_table)):
        pattern = rf"(<!-- generated: {name} -->\n).*?(<!-- /generated -->)"
        text, found = re.subn(
            pattern,
            lambda match, table=table: f"{match[1]}{table(device)}\n{match[2]}",
            text,
            flags=re.DOTALL,
        )
        if found != 1:
            raise SystemExit(f"{PAGE.name} has not one pair of marks for `{name}`")
    return text


def main() -> int:
    """Write the page, or check it."""
    text = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        if text != filled(text):
            print("docs/scaling.md is stale: run `python docs/scaling.py`", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(filled(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
