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
    from archdsl.train.errors import RunError
    from archdsl.train.restore import opened, restore

    try:
        run = opened(args.run)
        data = _data(run.config, run.network, args)
        restored = restore(args.run, args.weights)
    except (DataError, RunError) as error:
        print(f"archdsl: {error}", file=sys.stderr)
        return common.USAGE
    except SpecError as error:
        common.tell(error.diagnostics)
        return common.SPEC_ERROR
    for note in restored.notes:
        print(f"archdsl: {note}", file=sys.stderr)
    return _evaluate(args, run.folder, restored, data)


def _data(config: dict[str, Any], network: Any, args: argparse.Namespace) -> Any:
    from archdsl.data.catalogue import again
    from archdsl.data.faults import DataError

    data = again(config["data"], network, (args.split,), **data_options.changes(args))
    if args.split not in data.splits:
        raise DataError(f"the data has no {args.split} split")
    return data


def _evaluate(args: argparse.Namespace, folder: Any, restored: Any, data: Any) -> int:
    from archdsl.evaluate import measure
    from archdsl.evaluate.report import confusion_picture

    evaluation = measure(restored.model, data, args.split, restored.recipe)
    print(evaluation.text())
    folder.write_json(f"eval-{args.split}.json", evaluation.as_json())
    confusion_picture(evaluation, folder / f"confusion_matrix-{args.split}.png")
    print(f"\nwritten: {folder / f'eval-{args.split}.json'}, {folder / f'confusion_matrix-{args.split}.png'}")
    return 0
