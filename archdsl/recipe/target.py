"""What a recipe is checked against beside itself: the rows of a network, its classes, and the files that are
there."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.diagnostics import Diagnostic
from archdsl.problems import recipes as problems
from archdsl.recipe.entry import Entry

if TYPE_CHECKING:
    from archdsl.network import Network


class Target(NamedTuple):
    """What is to be trained: the trained weights of each row by its name, and the number of classes."""

    rows: Mapping[str, int]
    classes: int

    def fault(self, entry: Entry, value: Any) -> Diagnostic | None:
        """Return what of a key's value the network or the disk does not have."""
        match entry.name:
            case "frozen":
                return self._frozen(entry, value)
            case "class_weights" if isinstance(value, tuple) and len(value) != self.classes:
                return problems.weights_of_classes(entry, len(value), self.classes)
            case "initial":
                return _initial(entry, value)
        return None

    def _frozen(self, entry: Entry, names: tuple[str, ...]) -> Diagnostic | None:
        for name in names:
            if name not in self.rows:
                return problems.unknown_row(entry, name, self.rows)
        left = sum(weights for name, weights in self.rows.items() if name not in names)
        return None if left or not names else problems.nothing_left(entry)


def target(network: "Network") -> Target:
    """Collect what a recipe may name of a network; rows are called as they are printed."""
    return Target({stage.name: stage.params.trainable for stage in network.stages}, network.output[-1])


def _initial(entry: Entry, path: str) -> Diagnostic | None:
    if not path:
        return None
    if os.path.isdir(path):
        return (
            None
            if os.path.isfile(os.path.join(path, "config.json"))
            else problems.no_weights(entry, "the folder holds no run")
        )
    if not os.path.isfile(path):
        return problems.no_weights(entry, "it is not there")
    known = path.endswith((".keras", ".weights.h5"))
    return (
        None
        if known
        else problems.no_weights(entry, "weights are a run folder, or end in .keras or .weights.h5")
    )
