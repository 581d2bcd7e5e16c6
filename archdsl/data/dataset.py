"""What every data source gives: three splits of labelled images in memory, the names of the classes, and how far images may be varied."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

SPLITS = ("train", "validation", "test")


class DataError(Exception):
    """The data cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a data source before it is read.

    `size` is the height and width of its images, None where they are resized to the network's input; `channels` those
    it can give. `flip` tells whether a mirrored image is still one of its class.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    size: tuple[int, int] | None
    channels: tuple[int, ...]
    flip: bool


@dataclass(frozen=True, slots=True)
class Split:
    """Images `(n, height, width, channels)` as bytes, labels `(n,)` as int32; `title` says honestly which images they are."""

    name: str
    title: str
    images: "Array"
    labels: "Array"

    def first(self, count: int | None) -> "Split":
        """Give the split cut down to its first images."""
        if count is None or count >= len(self.labels):
            return self
        return Split(self.name, f"first {count:,} of {self.title}", self.images[:count], self.labels[:count])


@dataclass(frozen=True, slots=True)
class Dataset:
    """The splits that were asked for, by name, and the MD5 of every file they were read from."""

    facts: Facts
    splits: dict[str, Split]
    files: dict[str, str]

    def first(self, count: int | None) -> "Dataset":
        """Give the data set with every split cut down to its first images."""
        return Dataset(self.facts, {name: split.first(count) for name, split in self.splits.items()}, self.files)


def check_fit(facts: Facts, shape: tuple[int, ...], output: tuple[int, ...]) -> None:
    """Compare the input and output shape of a network with a data source; DataError where they do not fit."""
    text = "x".join(map(str, shape))
    if len(shape) != 3:
        raise DataError(f"the network's input is {text}, but {facts.title} are images: height x width x channels")
    if facts.size and (*facts.size, facts.channels[0]) != shape:
        own = "x".join(map(str, (*facts.size, facts.channels[0])))
        raise DataError(f"the network's input is {text}, but {facts.title} are {own}: give a spec of that input, or try --input {own}")
    if shape[-1] not in facts.channels:
        choices = " or ".join(map(str, facts.channels))
        raise DataError(f"the network's input has {shape[-1]} channels, but {facts.title} can be given with {choices}")
    if len(output) != 1:
        raise DataError(f"the network's output is {'x'.join(map(str, output))}, not a row of class scores: end the table with an fc layer")
    if output[0] != len(facts.classes):
        raise DataError(f"the network tells {output[0]:,} classes apart, but {facts.title} have {len(facts.classes)}: mend the fc layer of the head")
