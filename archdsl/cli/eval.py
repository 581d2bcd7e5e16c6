"""`archdsl eval RUN`: the accuracy of a run's weights on one of its splits, per class and in all."""

import argparse
import sys
from typing import Any

from archdsl.cli import common, data_options


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("run", metavar="RUN", help="folder that `archdsl train` wrote")
    parser.add_argument("--split", choices=("train", "validation", "test"), default="test", help="which images (default: test)")
    parser.add_argument("--weights", choices=("best", "last"), default="best", help="which weights (default: best)")
    data_options.reopening(parser)


def run(args: argparse.Namespace) -> int:
    """Evaluate a run."""
    from archdsl.data.images import DataError
    from archdsl.network import SpecError
    from archdsl.train.folder import RunError, RunFolder

    folder = RunFolder(args.run)
    try:
        config = folder.configuration()
        network = _network(folder, config)
        weights = folder / f"{args.weights}.weights.h5"
        if not weights.is_file():
            raise RunError(f"{folder.path} holds no {args.weights} weights: it ended before its first epoch did")
        data = _data(config, network, args)
    except (DataError, RunError) as error:
        print(f"archdsl: {error}", file=sys.stderr)
        return common.USAGE
    except SpecError as error:
        common.tell(error.diagnostics)
        return common.SPEC_ERROR
    return _evaluate(args, folder, config, network, data, weights)


def _network(folder: Any, config: dict[str, Any]) -> Any:
    import archdsl

    spec = config["spec"]
    loaded = archdsl.load(str(folder / spec["file"]), define=spec["define"], style=spec["style"], input=spec["input"])
    names = [network.name for network in loaded.networks]
    return loaded.network(spec["table"] if spec["table"] in names else None)


def _data(config: dict[str, Any], network: Any, args: argparse.Namespace) -> Any:
    from archdsl.data.catalogue import again
    from archdsl.data.faults import DataError

    data = again(config["data"], network, (args.split,), **data_options.changes(args))
    if args.split not in data.splits:
        raise DataError(f"the data has no {args.split} split")
    return data


def _evaluate(args: argparse.Namespace, folder: Any, config: dict[str, Any], network: Any, data: Any, weights: Any) -> int:
    from archdsl.evaluate import measure
    from archdsl.evaluate.report import confusion_picture
    from archdsl.recipe import Recipe, RecipeError
    from archdsl.train.learner import make

    model = make(network.graph, "float32").model
    try:
        model.load_weights(weights)
    except (OSError, ValueError) as error:
        print(f"archdsl: {weights} is damaged or of another network: {str(error).splitlines()[0]}", file=sys.stderr)
        return common.USAGE
    try:
        recipe = Recipe.from_dict(config["recipe"], str(folder / "config.json"))
    except RecipeError as error:
        common.tell(error.diagnostics)
        return common.USAGE
    evaluation = measure(model, data, args.split, recipe)
    print(evaluation.text())
    folder.write_json(f"eval-{args.split}.json", evaluation.as_json())
    confusion_picture(evaluation, folder / f"confusion_matrix-{args.split}.png")
    print(f"\nwritten: {folder / f'eval-{args.split}.json'}, {folder / f'confusion_matrix-{args.split}.png'}")
    return 0
