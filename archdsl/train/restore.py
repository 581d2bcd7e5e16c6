"""A run folder -> its network with trained weights, every file checked before it is believed."""

from dataclasses import dataclass
from typing import Any

from archdsl.backends.quiet import held_back
from archdsl.network import Network
from archdsl.recipe import Recipe, RecipeError
from archdsl.train import checkpoint, configuration, keptspec
from archdsl.train.errors import RunError
from archdsl.train.folder import RunFolder
from archdsl.train.keeper import BEST


@dataclass(frozen=True, slots=True)
class Restored:
    """A run as it was trained. `model` ends as the spec says, `logits` before a final softmax; both have the
    weights.

    `data_options` is how the data was named: `name` and the options of its loading. `notes` say what was
    damaged and what was taken instead.
    """

    network: Network
    config: dict[str, Any]
    recipe: Recipe
    model: Any
    logits: Any
    data_options: dict[str, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A run that was checked, without its weights: no deep-learning framework is needed for that."""

    folder: RunFolder
    network: Network
    source: str
    config: dict[str, Any]
    recipe: Recipe


def opened(path: str) -> Opened:
    """Read and check what a run was asked to do; raise RunError or SpecError."""
    folder = RunFolder(path)
    config = configuration.read(folder.path)
    recipe = _recipe(config["recipe"], str(folder / configuration.NAME))
    folder.checksums.verify(configuration.NAME)
    folder.checksums.verify(config["spec"]["file"])
    network, source = keptspec.compiled_again(folder.path, config["spec"])
    return Opened(folder, network, source, config, recipe)


def _recipe(kept: dict[str, Any], path: str) -> Recipe:
    try:
        return Recipe.from_dict(kept, path)
    except RecipeError as error:
        raise RunError(f"{path} is damaged: its recipe: {error.diagnostics[0].message}") from None


def restore(path: str, weights: str = "best") -> Restored:
    """Build the network of a run in float32 with its `best` or `last` weights.

    Raises RunError where the folder is no run, or a file of it is damaged (and names the file), SpecError
    where its spec has errors.
    """
    run = opened(path)
    given, notes = _weights(run.folder, weights)
    from archdsl.train.learner import make

    made = make(run.network.graph, "float32")
    if isinstance(given, checkpoint.Checkpoint):
        _set(made.logits, given, str(run.folder.path))
    else:
        with held_back():
            made.model.load_weights(given)
    return Restored(
        run.network, run.config, run.recipe, made.model, made.logits, run.config["data"], tuple(notes)
    )


def _weights(folder: RunFolder, weights: str) -> tuple[Any, list[str]]:
    """Return the path of the best weights or the newest checkpoint, verified."""
    if weights == "last":
        newest, notes = checkpoint.last(folder.path)
        if newest is None:
            raise RunError(f"{folder.path} holds no checkpoint: it ended before its training began")
        return newest, notes
    if not (folder / BEST).is_file():
        raise RunError(f"{folder.path} holds no best weights: it ended before its first epoch did")
    folder.checksums.verify(BEST)
    return str(folder / BEST), []


def _set(model: Any, state: checkpoint.Checkpoint, path: str) -> None:
    variables, values = model.variables, state.weights()
    if [tuple(one.shape) for one in variables] != [value.shape for value in values]:
        raise RunError(f"the checkpoints of {path} are of another network")
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
