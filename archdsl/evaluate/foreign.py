"""A `.keras` file of anybody -> its model, without executing anything that the file brings along."""

import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdsl.data.images import ImageData

ENDING = ".keras"
_MOST_BYTES = 2**26  # of a configuration
# Name -> mean and deviation of pixels / 255, for every channel; None: those of the data.
SCALINGS: dict[str, tuple[tuple[float, ...], tuple[float, ...]] | None] = {
    "standard": None,
    "course": None,
    "unit": ((0.0,), (1.0,)),
    "symmetric": ((0.5,), (0.5,)),
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "none": ((0.0,), (1 / 255,)),
}
_SCALES_ITSELF = ("Rescaling", "Normalization")


class ModelError(Exception):
    """A model cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What is done to images before a model sees them: the keys of a recipe that its evaluation reads."""

    scaling: str
    test_flips: bool = False


@dataclass(frozen=True, slots=True)
class ForeignModel:
    """A model, the size of its images (0: any) and how many classes it tells apart."""

    name: str
    model: Any
    size: tuple[int, int, int]
    classes: int
    scales_itself: bool


def opened(path: str) -> ForeignModel:
    """Load a model; raise ModelError where it is none of images and classes, or would execute code of its
    author."""
    from archdsl.backends.quiet import held_back, import_keras

    _check_code(path, _configuration(path))
    keras = import_keras()
    try:
        with held_back():
            model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # every layer fails in its own way
        said = (str(error) or type(error).__name__).strip().splitlines()[0]
        raise ModelError(f"{path} cannot be loaded: {said}") from None
    return _described(os.path.basename(path), path, model)


def _configuration(path: str) -> Any:
    try:
        with zipfile.ZipFile(path) as archive, archive.open("config.json") as file:
            return json.loads(file.read(_MOST_BYTES))
    except OSError as error:
        raise ModelError(f"cannot read {path}: {(error.strerror or 'unknown error').lower()}") from None
    except (zipfile.BadZipFile, KeyError, ValueError, RecursionError, RuntimeError):
        raise ModelError(
            f"{path} is damaged, or no model that `model.save('model.keras')` of Keras 3 wrote"
        ) from None


def _check_code(path: str, configuration: Any) -> None:
    """Refuse layers that carry code, or name code outside of Keras."""
    for part in _tables(configuration):
        kind, module = part.get("class_name"), part.get("module")
        if kind in ("Lambda", "__lambda__"):
            raise ModelError(
                f"{path} has a Lambda layer, whose code is not executed: save the model with a layer of "
                f"Keras in its place"
            )
        if module is None and part.get("registered_name"):
            module = f"the package {str(part['registered_name']).partition('>')[0]}"
        if isinstance(module, str) and module.split(".")[0] not in ("keras", "builtins"):
            raise ModelError(
                f"{path} needs {kind} of {module}, which is no part of Keras: save the model with layers "
                f"of Keras only"
            )


def _tables(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _described(name: str, path: str, model: Any) -> ForeignModel:
    inputs, outputs = (getattr(model, attribute, None) or [] for attribute in ("inputs", "outputs"))
    if len(inputs) != 1 or len(outputs) != 1:
        said = (
            f"{len(inputs)} inputs and {len(outputs)} outputs"
            if inputs
            else "no input: it was saved before it was built"
        )
        raise ModelError(f"{path} has {said}; a model of one input and one output is needed")
    taken, given = tuple(inputs[0].shape[1:]), tuple(outputs[0].shape[1:])
    if len(taken) != 3 or taken[-1] not in (1, 3):
        raise ModelError(f"{path} takes {_by(taken)}: an input of height x width x 1 or 3 is needed")
    if not given or any(axis != 1 for axis in given[:-1]) or not given[-1]:
        raise ModelError(f"{path} gives {_by(given)} for an image: one number for each class is needed")
    height, width, channels = (axis or 0 for axis in taken)
    scales = any(type(layer).__name__ in _SCALES_ITSELF for layer in model.layers[:3])
    return ForeignModel(name, model, (height, width, channels), given[-1], scales)


def fitted(found: ForeignModel, data: "ImageData", scaling: str) -> "ImageData":
    """Return data as a model takes it; raise ModelError where its images or its classes are not those of the
    model."""
    wanted = tuple(axis or own for axis, own in zip(found.size, data.shape, strict=True))
    if wanted != data.shape:
        facts = f"{data.name} images are {_by(data.shape)}, and {found.name} takes {_by(found.size)}"
        raise ModelError(f"{facts}: --resize stretch|crop|pad brings them to it")
    if not getattr(data, "named", True) and found.classes > len(data.classes):
        data = replace(data, classes=tuple(map(str, range(found.classes))))
    if found.classes != len(data.classes):
        hint = "; end it in a softmax of 2 numbers" if (found.classes, len(data.classes)) == (1, 2) else ""
        raise ModelError(
            f"{data.name} has {len(data.classes)} classes, and {found.name} tells {found.classes} apart{hint}"
        )
    return rescaled(data, scaling)


def rescaled(data: "ImageData", scaling: str) -> "ImageData":
    """Return data whose mean and deviation make of its pixels what a scaling says."""
    fixed = SCALINGS[scaling]
    if fixed is None:
        return data
    mean, deviation = (
        values if len(values) == data.shape[-1] else values[:1] * data.shape[-1] for values in fixed
    )
    return replace(data, mean=mean, deviation=deviation)


def scaling_of(found: ForeignModel, path: str, asked: str | None) -> str:
    """Choose how images are scaled: as asked, or as the model shows; raise ModelError where nobody knows."""
    if asked:
        return asked
    if found.scales_itself:
        return "none"
    raise ModelError(f"how {path} wants its pixels is not known: say it with --scaling {'|'.join(SCALINGS)}")


def preprocessing(scaling: str, flips: bool = False) -> Preprocessing:
    """Return what the batches of an evaluation read of a recipe."""
    return Preprocessing("course" if scaling == "course" else "standard", flips)


def _by(shape: tuple[Any, ...]) -> str:
    return "x".join("any" if not axis else str(axis) for axis in shape) or "a number"
