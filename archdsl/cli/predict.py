"""`archdsl predict RUN|model.keras IMAGE...`: the most likely classes of image files."""

import argparse
import json
import sys
from typing import Any

from archdsl.cli import common
from archdsl.cli.data_options import positive
from archdsl.cli.eval import FORMATS, scaling_argument, told
from archdsl.data.resize import RULES


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    common.layers_argument(parser)
    parser.add_argument(
        "run",
        metavar="RUN|model.keras",
        help="folder that `archdsl train` wrote, or a model that Keras 3 saved",
    )
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="image files, or folders of them")
    parser.add_argument(
        "--top",
        type=positive,
        default=3,
        metavar="K",
        help="how many classes to print for each image (default: 3)",
    )
    parser.add_argument(
        "--weights", choices=("best", "last"), default="best", help="which weights of a run (default: best)"
    )
    parser.add_argument(
        "--resize", choices=RULES, help="how to resize images to the input (default: the run's, or crop)"
    )
    scaling_argument(parser)
    parser.add_argument(
        "--classes", metavar="FILE", help="names of the classes of a model file, one per line"
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help="what is printed: lines, or one JSON list (default: text)",
    )


def run(args: argparse.Namespace) -> int:
    """Predict images."""
    return told(lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    from archdsl.evaluate.predictions import Unreadable, files, predict

    paths = files(args.images)
    model, given = _opened(args)
    width, told_of, failed = max(map(len, paths)), [], False
    for one in predict(model, paths, given, args.top):
        if isinstance(one, Unreadable):
            print(f"archdsl: {one.message}", file=sys.stderr, flush=True)
            failed = True
        elif args.format == "json":
            told_of.append(one.as_json())
        else:
            print(f"{one.path:<{width}}  {_classes(one)}", flush=True)
    if args.format == "json":
        print(json.dumps(told_of, indent=2, ensure_ascii=False))
    return common.USAGE if failed else 0


def _classes(prediction: Any) -> str:
    shown = [f"{name} {part:.3f}" for name, part in prediction.classes]
    return "  ".join(shown) or "the output is not finite (NaN or infinite)"


def _opened(args: argparse.Namespace) -> tuple[Any, Any]:
    from archdsl.data.faults import DataError
    from archdsl.evaluate import subjects

    if subjects.is_model(args.run):
        return subjects.inputs_of_model(args.run, args.resize, args.scaling, _names(args.classes))
    for option, value in (("--scaling", args.scaling), ("--classes", args.classes)):
        if value is not None:
            raise DataError(f"{option} is for model files: a run knows its own; remove it")
    model, given, notes = subjects.inputs_of_run(args.run, args.weights, args.resize)
    for note in notes:
        print(f"archdsl: {note}", file=sys.stderr)
    return model, given


def _names(path: str | None) -> list[str] | None:
    if path is None:
        return None
    from archdsl.data.faults import DataError

    try:
        with open(path, encoding="utf-8") as file:
            return [line.strip() for line in file if line.strip()]
    except UnicodeDecodeError:
        raise DataError(
            f"{path} is not UTF-8 text: write the names of the classes into it, a line each"
        ) from None
