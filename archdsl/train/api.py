"""`archdsl.train(spec, data, recipe)`: from Python what the command of this name does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from json import dumps
from typing import TYPE_CHECKING, Any

from archdsl.data.catalogue import Choice, load_choice
from archdsl.data.images import ImageData
from archdsl.loading import compile_path
from archdsl.network import Spec, SpecError
from archdsl.recipe import Recipe, read
from archdsl.resolve.settings import Overrides
from archdsl.train import keptspec
from archdsl.train.errors import RunError
from archdsl.train.folder import RunFolder, free_folder
from archdsl.train.plan import SAVE_EVERY, Outcome, Plan

if TYPE_CHECKING:
    from archdsl.evaluate import Evaluation
    from archdsl.train.restore import Restored


@dataclass(frozen=True, slots=True)
class Run:
    """A training run. `rows` are the numbers of its epochs; `evaluation` is of the test split, where the data
    has one.

    `interrupted` tells that Ctrl-C or SIGTERM ended it before its last epoch: `archdsl.resume(run.path)` goes
    on.
    """

    path: str
    rows: tuple[dict[str, Any], ...]
    evaluation: "Evaluation | None"
    interrupted: bool

    def restored(self, weights: str = "best") -> "Restored":
        """Build the network with the `best` or `last` weights; `.model` is its Keras model."""
        from archdsl.train.restore import restore

        return restore(self.path, weights)


def train(
    spec: str,
    data: str | ImageData = "digits",
    recipe: str | Recipe | None = None,
    *,
    out: str | None = None,
    table: str | None = None,
    define: Mapping[str, float] | None = None,
    style: str | None = None,
    input: str | None = None,
    variant: str | None = None,
    data_dir: str | None = None,
    limit: int | None = None,
    save_every: str = SAVE_EVERY,
    verbose: bool = True,
    **keys: Any,
) -> Run:
    """Train the network of a spec into a new run folder; `archdsl.train` is this, and tells more."""
    overrides = Overrides(define or {}, style, input, variant)
    compilation = compile_path(spec, overrides, table)
    if compilation.failed:
        raise SpecError(compilation.diagnostics)
    network = Spec(compilation).network()
    choice = Choice(data.name if isinstance(data, ImageData) else data, data_dir, limit=limit)
    loaded = data.limited(limit) if isinstance(data, ImageData) else load_choice(choice, network)
    kept = keptspec.described(compilation, spec, overrides, table)
    how = _recipe(recipe, loaded.name, keys)
    plan = Plan(network, loaded, how, kept, compilation.source.text, choice.as_dict(), save_every)
    folder = RunFolder(out or free_folder(network.name))
    folder.create()
    return _run(plan, folder, None, verbose)


def _recipe(given: str | Recipe | None, data: str, keys: Mapping[str, Any]) -> Recipe:
    """Return a recipe by its name, with some keys set."""
    if isinstance(given, Recipe):
        return replace(given, **keys)
    return read(
        given or ("digits" if data == "digits" else "modern"), [f"{key}={dumps(keys[key])}" for key in keys]
    )


def resume(path: str, *, verbose: bool = True, data: str | None = None, data_dir: str | None = None) -> Run:
    """Go on with a run where its last checkpoint left off; raise RunError, SpecError or DataError. `data` and
    `data_dir` say where its images are now."""
    from archdsl.train.resume import resume as opened

    changes: dict[str, Any] = {"source": data, "directory": data_dir}
    resumed = opened(path, **{key: value for key, value in changes.items() if value})
    return _run(resumed.plan, resumed.folder, resumed.begun, verbose, resumed.notes)


def _run(plan: Plan, folder: Any, begun: Any, verbose: bool, notes: tuple[str, ...] = ()) -> Run:
    from archdsl.train.log import loggers
    from archdsl.train.progress import Silent, display
    from archdsl.train.run import run

    shown = display(plan.recipe.epochs) if verbose else Silent()
    for note in notes:
        shown.note(note)
    try:
        outcome: Outcome = run(plan, folder, shown, loggers(), begun)
    finally:
        folder.close()
    if outcome.diverged:
        raise RunError(f"training diverged in {outcome.diverged}")
    return Run(str(folder.path), outcome.rows, outcome.evaluation, outcome.interrupted)
