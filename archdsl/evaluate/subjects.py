"""What is evaluated, a run folder or a `.keras` file -> its model, with the images it is to be shown."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from archdsl.data import catalogue
from archdsl.data.faults import DataError
from archdsl.evaluate import foreign
from archdsl.evaluate.foreign import ForeignModel, ModelError
from archdsl.evaluate.predictions import Inputs
from archdsl.train.folder import RunFolder
from archdsl.train.restore import opened, restore

if TYPE_CHECKING:
    from archdsl.data.catalogue import Choice
    from archdsl.data.images import ImageData

RULE = "crop"


@dataclass(frozen=True, slots=True)
class Subject:
    """A model and its images; `folder` is None, and `config` empty, for a model file. `notes` are to be
    told."""

    model: Any
    data: "ImageData"
    preprocessing: Any
    folder: RunFolder | None
    config: dict[str, Any]
    notes: tuple[str, ...]


def is_model(path: str) -> bool:
    """Return whether a path is meant as a model file, not as a run folder."""
    return path.lower().endswith((foreign.ENDING, ".h5", ".hdf5"))


def of_run(path: str, weights: str, split: str, changes: dict[str, Any]) -> Subject:
    """Open a run with the images of a split: its own, with `changes` to the fields of
    `archdsl.data.catalogue.Choice`.

    Raises RunError, SpecError or DataError. Pixels are scaled as in the training, whichever the images are.
    """
    run = opened(path)
    data = _with(catalogue.again(run.config["data"], run.network, (split,), **changes), split)
    mean, deviation = (tuple(run.config["pixels"][key]) for key in ("mean", "deviation"))
    restored = restore(path, weights)
    data = replace(data, mean=mean, deviation=deviation)
    return Subject(restored.model, data, restored.recipe, run.folder, run.config, restored.notes)


def of_model(path: str, split: str, choice: "Choice", scaling: str | None) -> Subject:
    """Open a model file with the images of a split; raise ModelError or DataError."""
    found = load(path)
    chosen = foreign.scaling_of(found, path, scaling)
    size = found.size if all(found.size) else None
    data = _with(catalogue.opened(choice, (split,), size), split)
    if choice.resize:
        data = catalogue.sized(data, size, choice.resize)
    data = foreign.fitted(found, data.limited(choice.limit), chosen)
    note = f"pixels scaled as `{chosen}`" + ("" if scaling else ": the model scales them itself")
    return Subject(found.model, data, foreign.preprocessing(chosen), None, {"network": found.name}, (note,))


def load(path: str) -> ForeignModel:
    """Load a model file; raise ModelError."""
    if not path.lower().endswith(foreign.ENDING):
        raise ModelError(
            f"{path} is of an older format, which may execute code: load it in Keras and save it as "
            f"model.keras"
        )
    return foreign.opened(path)


def _with(data: "ImageData", split: str) -> "ImageData":
    if split not in data.splits:
        raise DataError(
            f"{data.name} has no {split} split: it has {', '.join(data.splits) or 'none that was found'}"
        )
    return data


def inputs_of_run(path: str, weights: str, rule: str | None) -> tuple[Any, Inputs, tuple[str, ...]]:
    """Open a run for single images: its model, what that takes, and notes; raise RunError or SpecError."""
    restored = restore(path, weights)
    height, width, channels = restored.network.input
    kept, pixels = restored.config["data"], restored.config["pixels"]
    mean, deviation = (tuple(map(float, pixels[key])) for key in ("mean", "deviation"))
    names = _names(kept.get("classes"), restored.network.output[-1])
    chosen = rule or kept.get("resize") or RULE
    given = Inputs(
        (height, width, channels), chosen, names, mean, deviation, bool(kept.get("flip")), restored.recipe
    )
    return restored.model, given, restored.notes


def _names(kept: Any, count: int) -> tuple[str, ...]:
    """Return the names of the classes; their numbers where a configuration does not have them."""
    return tuple(map(str, kept if isinstance(kept, list) and len(kept) == count else range(count)))


def inputs_of_model(
    path: str, rule: str | None, scaling: str | None, names: list[str] | None
) -> tuple[Any, Inputs]:
    """Open a model file for single images; raise ModelError where nothing tells how it wants them."""
    found = load(path)
    chosen = foreign.scaling_of(found, path, scaling)
    fixed = foreign.SCALINGS[chosen]
    if chosen == "standard":
        raise ModelError(
            f"the scaling `standard` is by the mean of the training images, which {path} does not tell: "
            f"give its run folder"
        )
    if not all(found.size):
        raise ModelError(
            f"{path} takes images of any size: predict needs a model with the size of its images"
        )
    if names is not None and len(names) != found.classes:
        raise ModelError(f"{path} tells {found.classes} classes apart, and {len(names)} names are given")
    mean, deviation = (
        values if len(values) == found.size[-1] else values[:1] * found.size[-1]
        for values in fixed or ((0.0,), (1.0,))
    )
    classes = tuple(names or map(str, range(found.classes)))
    return found.model, Inputs(
        found.size, rule or RULE, classes, mean, deviation, False, foreign.preprocessing(chosen)
    )
