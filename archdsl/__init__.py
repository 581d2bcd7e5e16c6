"""archdsl: architecture tables as programs.

    spec = archdsl.load("specs/table2.arch")
    network = spec.network()
    network.params.trainable, network.macs
    model = archdsl.build("specs/table2.arch")
    archdsl.draw("specs/table2.arch", "table2.svg")
    archdsl.diff("specs/table1.arch", "specs/table2.arch").same
    run = archdsl.train("specs/table2.arch", "data/cifar10", "modern", epochs=100)

Nothing heavy is imported until `build` needs Keras.
"""

from collections.abc import Mapping

from archdsl.light import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    import keras

    from archdsl.compare.result import Comparison
    from archdsl.data.images import ImageData
    from archdsl.diagnostics import Diagnostic
    from archdsl.network import Network, Parameters, Spec, SpecError, StageResult
    from archdsl.recipe import Recipe
    from archdsl.train.api import Run

_RESULTS = ("Network", "Parameters", "Spec", "SpecError", "StageResult")


def load(
    path: str,
    *,
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
) -> "Spec":
    """Load and check the networks of a file (`FILE#name` takes one of its tables).

    `define` sets parameters, `style` and `input` (`"32x32x3"`) win over the file's, `variant` names one
    network of a table that has several. Raises SpecError where the file
    has errors or cannot be read.
    """
    from archdsl.network import Spec, SpecError

    compilation = _compile(path, define, style, input, variant)
    if compilation.failed:
        raise SpecError(compilation.diagnostics)
    return Spec(compilation)


def check(
    path: str,
    *,
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
) -> "tuple[Diagnostic, ...]":
    """Check a file and give everything there is to say about it; an empty tuple means that it is clean."""
    return _compile(path, define, style, input, variant).diagnostics  # type: ignore[no-any-return]


def build(
    path: str,
    *,
    table: str | None = None,
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
    training: bool = False,
) -> "keras.Model":
    """Build the Keras model of a file's only network, or of the one named `table`.

    With `training`, layers that train slowly on a CPU compute by faster kernels: same weights, names and
    results within rounding, and a saved model is one of Keras' own layers, which loads without archdsl.
    Shapes and parameter counts of the model are compared with the checked graph before it is returned. Runs
    on the backend that Keras is set to. Raises SpecError as `load` does.
    """
    from archdsl.backends.keras import build as build_graph

    graph = load(path, define=define, style=style, input=input, variant=variant).network(table).graph
    if not training:
        return build_graph(graph)
    from archdsl.train.cpu_layers import replacements

    return build_graph(graph, replacements())


def draw(
    path: str,
    out: str,
    *,
    table: str | None = None,
    theme: str = "light",
    level: str = "auto",
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
) -> None:
    """Draw the figure of a file's only network, or of the one named `table`, as `out` ends: svg, png, pdf,
    dot or mmd.

    `level` is `stage` (a card for each row), `block` (repeats drawn once), `layer` (every layer), `paper` (a
    strip of rows, and each distinct block), or `auto`: blocks where that fits a page, else stages.
    """
    from archdsl.figure.draw import draw as draw_graph

    network = load(path, define=define, style=style, input=input, variant=variant).network(table)
    draw_graph(network, out, theme=theme, level=level)


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
    from archdsl.train.api import train as train_spec

    reading = {"table": table, "define": define, "style": style, "input": input, "variant": variant}
    options = {"data_dir": data_dir, "limit": limit, "save_every": save_every, "verbose": verbose}
    return train_spec(spec, data, recipe, out=out, **reading, **options, **keys)  # type: ignore[arg-type]


def resume(run: str, *, data_dir: str | None = None, verbose: bool = True) -> "Run":
    """Go on with an interrupted run, from its last checkpoint to its end; raises RunError, SpecError or
    DataError."""
    from archdsl.train.api import resume as resume_run

    return resume_run(run, data_dir=data_dir, verbose=verbose)


def diff(a: "str | Network", b: "str | Network") -> "Comparison":
    """Compare two networks, each given as a file of one network (or `FILE#name`), or as a checked network.

    `.same` tells whether they compute the same; `.text()`, `.as_json()` and `.draw(out)` show what differs.
    Raises SpecError as `load` does.
    """
    from archdsl.compare.networks import compare
    from archdsl.network import Network

    one, other = (given if isinstance(given, Network) else load(given).network() for given in (a, b))
    return compare(one, other)


def _compile(
    path: str, define: Mapping[str, float] | None, style: str | None, input: str | None, variant: str | None
) -> Any:
    from archdsl.loading import compile_path
    from archdsl.resolve.settings import Overrides

    return compile_path(str(path), Overrides(define or {}, style, input, variant))


def __getattr__(name: str) -> Any:
    if name in _RESULTS:
        import archdsl.network

        return getattr(archdsl.network, name)
    raise AttributeError(f"module 'archdsl' has no attribute {name!r}")


__all__ = [
    "Network",
    "Parameters",
    "Spec",
    "SpecError",
    "StageResult",
    "build",
    "check",
    "diff",
    "draw",
    "load",
    "resume",
    "train",
]
