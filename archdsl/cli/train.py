"""`archdsl train FILE`: checks the table, loads the data, and only then imports a deep-learning framework."""

import argparse
import sys
from typing import Any

from archdsl.cli import common, data_options, recipe_options
from archdsl.data.catalogue import load_choice
from archdsl.data.faults import DataError, MissingPackage
from archdsl.render import summary
from archdsl.train.folder import RunError, RunFolder, free_folder

MISSING, FAILED, INTERRUPTED = 3, 4, 130


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    common.spec_arguments(parser)
    data_options.arguments(parser)
    recipe_options.arguments(parser)
    parser.add_argument("--out", metavar="RUN", help="run folder (default: runs/NAME-1, -2, ...)")
    parser.add_argument("--dry-run", action="store_true", help="check everything, tell what would be done, and stop")


def run(args: argparse.Namespace) -> int:
    """Train a network."""
    loaded = common.load(args)
    if isinstance(loaded, int):
        return loaded
    compilation, network = loaded
    recipe = recipe_options.read(args)
    if isinstance(recipe, int):
        return recipe
    print(summary.text(network), flush=True)
    try:
        choice = data_options.choice(args)
        data = load_choice(choice, network)
        folder = RunFolder(args.out or free_folder(network.name))
        print(f"\n{_plan_text(data, recipe)}\nrun folder: {folder.path}", flush=True)
        if args.dry_run:
            return 0
        folder.create()
    except (DataError, RunError) as error:
        print(f"archdsl: {data_options.told(error, compilation, args)}", file=sys.stderr)
        return MISSING if isinstance(error, MissingPackage) else common.USAGE
    spec = {"file": _spec_name(args.file), "table": network.name, "define": dict(args.define), "style": args.style, "input": args.input}
    return _train(args, network, data, recipe, folder, spec, compilation.source.text, choice.as_dict())


def _spec_name(file: str) -> str:
    name = file.partition("#")[0].rpartition(".")[2].lower()
    return "spec.md" if name in ("md", "markdown") else "spec.arch"


def _plan_text(data: Any, recipe: Any) -> str:
    splits = "\n".join(f"  {name:<11} {split.note}" for name, split in data.splits.items())
    if "test" not in data.splits:
        splits += "\n  test        none here: the run will end without a test accuracy"
    return f"data {data.name}\n{splits}\n{recipe_options.summary(recipe)}"


def _train(
    args: argparse.Namespace, network: Any, data: Any, recipe: Any, folder: Any, spec: dict[str, Any], source: str, options: Any
) -> int:
    from archdsl.train.log import loggers
    from archdsl.train.progress import display

    shown = display(recipe.epochs)
    shown.phase("importing TensorFlow")
    try:
        from archdsl.backends.quiet import import_keras

        import_keras()
    except ModuleNotFoundError as error:
        shown.close()
        print(f"archdsl: {error.name} is not installed: pip install tensorflow", file=sys.stderr)
        return MISSING
    from archdsl.train.run import Plan
    from archdsl.train.run import run as train

    plan = Plan(network, data, recipe, recipe.seed, recipe.precision, spec, source, options)
    outcome = train(plan, folder, shown, loggers())
    if outcome.interrupted:
        print(f"interrupted: weights and state saved in {folder.path}; `archdsl eval {folder.path} --weights last` evaluates them")
        return INTERRUPTED
    if outcome.diverged:
        print(f"archdsl: training diverged: the output of {outcome.diverged} is not finite; try a lower rate or float32", file=sys.stderr)
        return FAILED
    _tell(outcome.evaluation, folder)
    return 0


def _tell(evaluation: Any, folder: Any) -> None:
    if evaluation:
        print(f"\ntest accuracy {evaluation.accuracy:.4f} on {evaluation.note}")
    pictures = [str(folder / name) for name in ("learning_curves.png", "confusion_matrix.png", "network.svg")]
    print(f"report:    {folder / 'report.md'}\npictures:  {', '.join(pictures)}")
