"""archdsl: architecture tables as programs.

    spec = archdsl.load("specs/table2.arch")
    network = spec.network()
    network.params.trainable, network.macs
    model = archdsl.build("specs/table2.arch")
    archdsl.draw("specs/table2.arch", "table2.svg")
    archdsl.diff("specs/table1.arch", "specs/table2.arch").same
    run = archdsl.train("specs/table2.arch", "data/cifar10", "modern", epochs=100)

A table is given as the path of a file (`FILE#name` takes one of its tables), as the name of a spec that comes
along (`papers/resnet`), as a text of several lines, or as what `load` returned. Nothing heavy is imported
until `build` needs Keras.
"""

from collections.abc import Callable, Mapping

from archdsl.light import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from os import PathLike

    import keras

    from archdsl import specs
    from archdsl.compare.result import Comparison
    from archdsl.data.faults import DataError
    from archdsl.data.images import ImageData
    from archdsl.deploy.errors import DeployError
    from archdsl.diagnostics import Diagnostic, Edit, Fix, Label, Note
    from archdsl.face.diagnostics import Diagnostics
    from archdsl.face.folder import Folder
    from archdsl.face.given import Given, Text
    from archdsl.network import Network, Parameters, Spec, SpecError, StageResult
    from archdsl.recipe import Recipe, RecipeError
    from archdsl.train.api import Run
    from archdsl.train.errors import RunError

# Names that are loaded when somebody asks for them.
_LATER = {
    "Comparison": "compare.result",
    "DataError": "data.faults",
    "DeployError": "deploy.errors",
    "Diagnostic": "diagnostics",
    "Diagnostics": "face.diagnostics",
    "Edit": "diagnostics",
    "Fix": "diagnostics",
    "Folder": "face.folder",
    "ImageData": "data.images",
    "Label": "diagnostics",
    "Network": "network",
    "Note": "diagnostics",
    "Parameters": "network",
    "Recipe": "recipe",
    "RecipeError": "recipe",
    "Run": "train.api",
    "RunError": "train.errors",
    "Spec": "network",
    "SpecError": "network",
    "StageResult": "network",
}


def load(
    given: "Text",
    *,
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
) -> "Spec":
    """Load and check the networks of a path or a text.

    `define` sets parameters, `style` and `input` (`"32x32x3"`) override the file's, `variant` chooses one
    network of a table that has several. Raises SpecError if the file has errors or cannot be read.
    """
    from archdsl.face.given import spec_of

    return spec_of(given, _overrides(define, style, input, variant))


def load_folder(
    path: str,
    *,
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
) -> "Folder":
    """Load the specs in a folder and its subfolders, and documents with tables; `broken` holds the errors of
    those that fail."""
    from archdsl.face.folder import Folder

    return Folder(str(path), _overrides(define, style, input, variant))


def check(
    given: "Text",
    *,
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
) -> "Diagnostics":
    """Check a path or a text and return its errors and warnings; an empty tuple means that there are none."""
    from archdsl.face.diagnostics import Diagnostics
    from archdsl.face.given import compiled

    return Diagnostics(compiled(given, _overrides(define, style, input, variant)).diagnostics)


def build(
    given: "Given",
    *,
    table: str | None = None,
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
    training: bool = False,
) -> "keras.Model":
    """Build the Keras model of the only network of a path, a text or a spec, or of the one named `table`.

    With `training`, layers that train slowly on a CPU use faster kernels, with the same weights, names and
    results within rounding; a saved model has Keras' own layers and loads without archdsl. The shapes and
    parameter counts of the model are compared with the checked graph before it is returned. Uses the backend
    that Keras is set to. Raises SpecError as `load` does, and ModuleNotFoundError if Keras is not installed.
    """
    from archdsl.backends.keras import build as build_graph
    from archdsl.face.given import network_of

    graph = network_of(given, _overrides(define, style, input, variant), table).graph
    if not training:
        return build_graph(graph)
    from archdsl.train.cpu_layers import replacements

    return build_graph(graph, replacements())


def compile(  # noqa: A001 - it is what the command does
    given: "Given",
    out: "str | PathLike[str]",
    *,
    table: str | None = None,
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
    target: str = "keras",
    fold: bool | None = None,
) -> None:
    """Write a network as `out` ends: `.py` (source), `.keras`, `.onnx`, `.tflite`, or a folder (SavedModel).

    `target` is the framework of a `.py` file: `keras` or `torch`. `fold` folds batch norm into the
    convolutions (default: not in a `.keras` file, which is meant for training). A model is run and compared
    with the network before it is written. Raises SpecError as `load` does, ValueError for another ending or
    target, DeployError if a format lacks a layer, ModuleNotFoundError if Keras is not installed.
    """
    from archdsl.face.compiling import compile_to
    from archdsl.face.given import network_of

    compile_to(network_of(given, _overrides(define, style, input, variant), table), str(out), target, fold)


def draw(
    given: "Given",
    out: "str | PathLike[str]",
    *,
    table: str | None = None,
    theme: str | None = None,
    level: str = "auto",
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
) -> None:
    """Draw the figure of the only network of a path, a text or a spec, or of the one named `table`, as `out`
    ends: svg, png, pdf, tex (TikZ), dot, mmd, or html (a page to zoom, search and click).

    `level` is `stage` (a card for each row), `block` (repeats drawn once), `layer` (every layer), `paper` (a
    strip of rows, and each distinct block), or `auto`: blocks where that fits a page, else stages.
    """
    from archdsl.face.given import network_of
    from archdsl.figure.draw import draw as draw_graph

    network = network_of(given, _overrides(define, style, input, variant), table)
    draw_graph(network, str(out), theme=theme, level=level)


def train(
    spec: str,
    data: "str | ImageData" = "digits",
    recipe: "str | Recipe | None" = None,
    *,
    out: str | None = None,
    table: str | None = None,
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
    data_dir: str | None = None,
    limit: int | None = None,
    save_every: str = "5min",
    verbose: bool = True,
    **keys: Any,
) -> "Run":
    """Train a file's only network, or the one named `table`, into a new run folder `out` (default:
    `runs/NAME-1`, ...).

    `data` is a name or place that `--data` takes, or an `ImageData`; `recipe` a recipe's name, file or value,
    and further keywords are keys of it: `archdsl.train("net.arch", "digits", epochs=3, rate=0.05)`.
    `save_every` is as of `--save-every`. Returns a `Run`: `.rows`, `.evaluation`, `.path`,
    `.restored().model`. Raises SpecError, DataError, RecipeError, or RunError where the folder cannot be used
    or the training diverged.
    """
    from archdsl.extras import require
    from archdsl.train.api import train as train_spec

    require("train")
    reading = {"table": table, "define": define, "style": style, "input": input, "variant": variant}
    options = {"data_dir": data_dir, "limit": limit, "save_every": save_every, "verbose": verbose}
    return train_spec(str(spec), data, recipe, out=out, **reading, **options, **keys)  # type: ignore[arg-type]


def register(
    name: str, builder: "Callable[..., Any] | None" = None, *, torch: "Callable[..., Any] | None" = None
) -> None:
    """Register `builder` to build the layer that specs declare as `name` (`layer NAME(c, k=3): …`).

    archdsl calls it with the layer's parameters and `name=`. It returns a Keras layer with the shape and the
    number of trained parameters that the spec declares; `build` compares both. `torch` is a class of PyTorch
    modules for generated PyTorch source, which calls it with the parameters; its maps have channels first.
    """
    from archdsl.backends.own import register as take

    take(name, builder, torch)


def resume(run: str, *, data: str | None = None, data_dir: str | None = None, verbose: bool = True) -> "Run":
    """Continue an interrupted run from its last checkpoint to its end; raises RunError, SpecError or
    DataError."""
    from archdsl.extras import require
    from archdsl.train.api import resume as resume_run

    require("train")
    return resume_run(run, data=data, data_dir=data_dir, verbose=verbose)


def diff(a: "Given", b: "Given") -> "Comparison":
    """Compare two networks, each given as a path, a text, a spec of one network, or a network.

    `.same` tells whether they compute the same; `.text()`, `.as_json()` and `.draw(out)` show what differs.
    Raises SpecError as `load` does.
    """
    from archdsl.compare.networks import compare
    from archdsl.face.given import network_of

    nothing = _overrides(None, None, None, None)
    return compare(network_of(a, nothing), network_of(b, nothing))


def load_ipython_extension(shell: Any) -> None:
    """Add the cell magic `%%arch`: `%load_ext archdsl` calls this."""
    from archdsl.face.notebook import load

    load(shell)


def _overrides(
    define: Mapping[str, float] | None, style: str | None, input: str | None, variant: str | None
) -> Any:
    from archdsl.resolve.settings import Overrides

    return Overrides(define or {}, style, input, variant)


if not TYPE_CHECKING:  # a type checker shall tell a name that there is not

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name == "specs":
            return import_module("archdsl.specs")
        if name in _LATER:
            return getattr(import_module(f"archdsl.{_LATER[name]}"), name)
        raise AttributeError(f"module 'archdsl' has no attribute {name!r}")


__all__ = [
    "Comparison",
    "DataError",
    "DeployError",
    "Diagnostic",
    "Diagnostics",
    "Edit",
    "Fix",
    "Folder",
    "ImageData",
    "Label",
    "Network",
    "Note",
    "Parameters",
    "Recipe",
    "RecipeError",
    "Run",
    "RunError",
    "Spec",
    "SpecError",
    "StageResult",
    "build",
    "check",
    "compile",
    "diff",
    "draw",
    "load",
    "load_folder",
    "register",
    "resume",
    "specs",
    "train",
]
