"""What is to be deployed: a network with its Keras model, and in which form it is written."""

from dataclasses import dataclass
from typing import Any

from archdsl.deploy.errors import DeployError
from archdsl.deploy.feed import Feed
from archdsl.deploy.model import keras_model, taking_images
from archdsl.deploy.passes import simplified
from archdsl.deploy.passes.rewrite import compacted
from archdsl.deploy.weights import Weighted, read, unshared
from archdsl.graph.graph import Graph, Node
from archdsl.network import Network


@dataclass(frozen=True, slots=True)
class Job:
    """`model` is the network as it was built or trained; the file is held against it. `feed` is how it was
    fed, if known.

    `fold` leaves out what does nothing when predicting and folds norms; `images` lets the file take uint8
    images.
    """

    network: Network
    model: Any
    feed: Feed | None = None
    fold: bool = True
    images: bool = False

    @property
    def entry(self) -> Feed | None:
        """Return the scaling that the file does itself; None where it takes what the network takes."""
        return self.feed if self.images else None


def weighted(job: Job) -> Weighted:
    """Return the network that is written, with its weights: its main output alone."""
    weights = read(job.model, job.network.graph).weights
    whole = Weighted(_main(unshared(job.network.graph), job.model), weights)
    return simplified(whole) if job.fold else whole


def written_model(job: Job, converted: bool = False) -> Any:
    """Build the Keras model that is written, or `converted`. Raises DeployError where the network takes
    several inputs."""
    if len(job.network.graph.inputs) > 1:
        raise DeployError(
            f"{job.network.name} takes several inputs: Keras source (model.py) and a Keras file that is not "
            "folded (model.keras) can be written of it"
        )
    model = keras_model(weighted(job), converted)
    return taking_images(model, job.entry) if job.entry else model


def _main(graph: Graph, model: Any) -> Graph:
    """Keep what leads to the main output; where the model flattens that (a map of classes), so does the
    graph."""
    graph = graph._replace(outputs=graph.outputs[:1])
    graph = compacted(graph, range(len(graph.nodes)))
    last = graph.nodes[graph.outputs[0]]
    outputs = model.outputs[0]
    if len(outputs.shape) - 1 == len(last.shape):
        return graph
    flat = Node(
        "flatten",
        {},
        graph.outputs,
        tuple(outputs.shape[1:]),
        model.layers[-1].name,
        last.stage,
        (),
        "main",
        last.origin,
    )
    return graph._replace(nodes=(*graph.nodes, flat), outputs=(len(graph.nodes),))
