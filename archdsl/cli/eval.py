"""`archdsl eval RUN|model.keras`: how good a model is on one split of its data, in numbers and as a
report."""

import argparse
import json
import os
import sys
from typing import Any

from archdsl.cli import common, data_options
from archdsl.extras import part_of

MISSING = 3
FORMATS = ("text", "json")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    common.layers_argument(parser)
    parser.add_argument(
        "run",
        metavar="RUN|model.keras",
        help="folder that `archdsl train` wrote, or a model that Keras 3 saved",
    )
    parser.add_argument(
        "--split",
        choices=("train", "validation", "test"),
        default="test",
        help="which images (default: test)",
    )
    parser.add_argument(
        "--weights", choices=("best", "last"), default="best", help="which weights of a run (default: best)"
    )
    parser.add_argument(
        "--data", metavar="DATA", help="images (default: those of the run); as `archdsl train --data`"
    )
    data_options.reopening(parser)
    parser.add_argument(
        "--limit", type=data_options.positive, metavar="N", help="use only the first N images of the split"
    )
    scaling_argument(parser)
    parser.add_argument(
        "--out", metavar="DIR", help="folder for the report (default: the run folder; of a model, none)"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="what is printed (default: text)")


def scaling_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the option that says how a model file wants its pixels."""
    meanings = ", ".join(f"{name} ({text})" for name, text in SCALINGS.items())
    parser.add_argument("--scaling", choices=SCALINGS, help=f"of a model file, its pixels: {meanings}")


SCALINGS = {
    "standard": "mean 0, deviation 1 by the training images",
    "course": "-4..4 as the course does",
    "unit": "0..1",
    "symmetric": "-1..1",
    "imagenet": "mean and deviation of ImageNet",
    "none": "0..255",
}


def run(args: argparse.Namespace) -> int:
    """Evaluate a run or a model."""
    return told(lambda: _run(args))


def told(act: Any) -> int:
    """Run a command; tell what is wrong with a run, a model or data in one sentence, and give the exit
    code."""
    from archdsl.data.faults import DataError, MissingPackage, said
    from archdsl.evaluate.foreign import ModelError
    from archdsl.network import SpecError
    from archdsl.train.folder import RunError

    try:
        return int(act())
    except ModuleNotFoundError as error:
        print(f"archdsl: {part_of(error) or error}", file=sys.stderr)
        return MISSING
    except (DataError, RunError, ModelError) as error:
        print(f"archdsl: {error}", file=sys.stderr)
        return MISSING if isinstance(error, MissingPackage) else common.USAGE
    except SpecError as error:
        common.tell(error.diagnostics)
        return common.SPEC_ERROR
    except Exception as error:
        damaged = said(error)  # a record that is damaged was met while TensorFlow read a batch
        if damaged is None:
            raise
        print(f"archdsl: {damaged}", file=sys.stderr)
        return common.USAGE


def _run(args: argparse.Namespace) -> int:
    from archdsl.evaluate import measure
    from archdsl.evaluate.views import written

    subject = _subject(args)
    for note in subject.notes:
        print(f"archdsl: {note}", file=sys.stderr)
    evaluation = measure(subject.model, subject.data, args.split, subject.preprocessing, timed=True)
    print(
        json.dumps(evaluation.as_json(), indent=2) if args.format == "json" else written(evaluation),
        flush=True,
    )
    _write(args, subject, evaluation)
    return 0


def _subject(args: argparse.Namespace) -> Any:
    from archdsl.data.catalogue import Choice
    from archdsl.data.faults import DataError
    from archdsl.evaluate import subjects

    changes = data_options.changes(args) | {
        key: value for key, value in (("source", args.data), ("limit", args.limit)) if value
    }
    if not subjects.is_model(args.run):
        if args.scaling:
            raise DataError("--scaling is for model files: a run knows how its pixels are scaled")
        return subjects.of_run(args.run, args.weights, args.split, changes)
    if args.data is None:
        raise DataError(f"{args.run} does not say which data it used: give it with --data")
    return subjects.of_model(args.run, args.split, Choice(**changes), args.scaling)


def _write(args: argparse.Namespace, subject: Any, evaluation: Any) -> None:
    from archdsl.evaluate.report import figure, write_evaluation
    from archdsl.train.folder import RunFolder

    if subject.folder is None and not args.out:
        return
    if args.out:
        os.makedirs(args.out, exist_ok=True)
    folder = RunFolder(args.out) if args.out else subject.folder
    own = subject.folder
    kept = (own.rows(), figure(own)) if own else ([], "")
    names = write_evaluation(folder, evaluation, f"-{args.split}", subject.config, *kept)
    print(f"\nwritten to {folder.path}: {', '.join(names)}", file=sys.stderr)
