"""A network and a batch size -> the precision that it trains faster in on this machine, by a few timed steps,
remembered.

A rule by the CPU's flags is wrong for some networks (depthwise convolutions in bfloat16), so the question is
put to the network itself. Where the run is too short for that to pay, the rule decides.
"""

from collections.abc import Callable
from typing import NamedTuple

from archdsl.backends.quiet import import_keras
from archdsl.graph.graph import Graph
from archdsl.network import Network
from archdsl.train import learner, remembered, timing
from archdsl.train.hardware import has_accelerator, multiplies_bfloat16

CHOICES = ("float32", "bfloat16")
LEAST_WORK = 60e12  # multiply-adds of a run that is worth timing for: two minutes and more on one core
STEPS = 3


class Choice(NamedTuple):
    """A precision, and why: a sentence for the user, or nothing where it was asked for."""

    precision: str
    because: str


def policy(
    network: Network, requested: str, batch_size: int, images: int, tell: Callable[[str], None]
) -> str:
    """Give Keras' policy for a run over `images`, epoch after epoch, and tell in a line why it was chosen."""
    choice = choose(network.graph, requested, batch_size, network.macs, images)
    if choice.because:
        tell(f"precision {choice.precision}: {choice.because}")
    return learner.precision_policy(choice.precision)


def choose(graph: Graph, requested: str, batch_size: int, macs: int, images: int) -> Choice:
    """Choose a precision; `macs` are those of one example, `images` are trained on in the whole run, epoch
    after epoch.

    Weights and random numbers of the run are not touched: call it before its seed is set. What was measured
    once is read from the user's cache folder (`remembered`).
    """
    if requested != "auto":
        return Choice(requested, "")
    if has_accelerator():
        return Choice("bfloat16", "this machine has an accelerator")
    if import_keras().backend.backend() != "tensorflow" or not multiplies_bfloat16():
        return Choice("float32", "bfloat16 is slow on this CPU")
    if 3 * macs * images < LEAST_WORK:
        return _by_rule(graph)
    return _measured(graph, batch_size)


def _by_rule(graph: Graph) -> Choice:
    """Choose by what is known of such networks: the run is too short to time steps first."""
    if any(node.op == "depthwise" for node in graph.nodes):
        return Choice(
            "float32", "depthwise convolutions are slow in bfloat16; the run is too short to time it"
        )
    return Choice("bfloat16", "this CPU multiplies it; the run is too short to time it")


def _measured(graph: Graph, batch_size: int) -> Choice:
    key = remembered.key(graph, batch_size, CHOICES)
    seconds = remembered.read(key)
    where = "remembered"
    if set(seconds) != set(CHOICES):
        where = f"timed {STEPS} steps of each"
        seconds = timing.step_seconds(graph, CHOICES, min(batch_size, 128), STEPS)
        remembered.write(key, seconds)
    best = min(CHOICES, key=lambda precision: seconds[precision])
    other = max(CHOICES, key=lambda precision: seconds[precision])
    return Choice(
        best, f"{seconds[other] / seconds[best]:.2f} times as fast as {other} for this network ({where})"
    )
