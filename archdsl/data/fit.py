"""A data set and a network: whether one can be learnt by the other, and what is to be done where not."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from archdsl.data.faults import DataError
from archdsl.data.images import ImageData
from archdsl.data.resize import RULES, Resized
from archdsl.data.split import Split

if TYPE_CHECKING:
    from archdsl.network import Network


class Mismatch(DataError):
    """The images have another size than the network takes (`size`), or other classes than it tells apart
    (`classes`)."""

    def __init__(
        self, network: "Network", name: str, size: tuple[int, int, int] | None, classes: int | None
    ) -> None:
        self.size = size
        self.classes = classes
        self.facts = tuple(_facts(network, name, size, classes))
        advice = [f"`--resize {'|'.join(RULES)}` brings them to it"] if size else []
        advice += [f"end the table in `{classes}-d fc, softmax`"] if classes else []
        super().__init__(f"{'; '.join(self.facts)}: {', and '.join(advice)}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the message and the facts, without the network."""
        return Exception.__new__, (type(self), *self.args), self.__dict__


def _facts(
    network: "Network", name: str, size: tuple[int, int, int] | None, classes: int | None
) -> Iterator[str]:
    if size:
        yield f"{name} images are {by(size)}, and {network.name} takes {by(network.input)}"
    if classes:
        yield f"{name} has {classes} classes, and {network.name} ends in {by(network.output)}"


def check_input(network: "Network", name: str) -> tuple[int, int, int]:
    """Return the input of a network for images; raise DataError where it takes anything else."""
    if len(network.graph.inputs) > 1:
        named = ", ".join(f"{key} ({by(shape)})" for key, shape in network.inputs.items())
        raise DataError(
            f"{network.name} takes {len(network.graph.inputs)} inputs, {named}: train feeds images to a "
            "network of one input; `archdsl.build` gives its Keras model, which `fit` trains on your own data"
        )
    if len(network.input) != 3 or network.input[-1] not in (1, 3):
        raise DataError(
            f"{name} are images, and {network.name} takes {by(network.input)}: train needs an input of "
            f"height x width x 1 or 3"
        )
    height, width, channels = network.input
    return height, width, channels


def fit(data: ImageData, network: "Network", resize: str | None) -> ImageData:
    """Return the data in the network's size; raise Mismatch where size or classes differ and no rule brings
    them together."""
    for split in data.splits.values():
        check(network, data.name, split.shape, len(data.classes), resize)
    shape = check_input(network, data.name)
    return replace(data, splits={name: brought(split, shape, resize) for name, split in data.splits.items()})


def check(
    network: "Network", name: str, size: tuple[int, int, int], classes: int, resize: str | None
) -> None:
    """Raise Mismatch where a network does not take images of this size (and no rule brings them to it) or has
    other classes."""
    wrong = size if size != check_input(network, name) and resize is None else None
    # A map of 1x1 is flattened.
    right = network.output[-1] == classes and max(network.output[:-1], default=1) == 1
    if wrong or not right:
        raise Mismatch(network, name, wrong, None if right else classes)


def brought(split: Split, shape: tuple[int, int, int], rule: str | None) -> Split:
    """Return a split in another size by a rule."""
    if split.shape == shape or rule is None:
        return split
    return replace(
        split, images=Resized(split.images, shape, rule), note=f"{split.note} (to {by(shape)}: {rule})"
    )


def by(shape: tuple[int, ...]) -> str:
    """Write a shape as `32x32x3`."""
    return "x".join(map(str, shape))
