"""`archdsl import-weights SPEC --from MODEL -o OUT.keras`: weights of another model for a spec, matched by
structure and shape."""

import argparse
import sys
from typing import Any

from archdsl.cli import common

DIFFERENT = 4


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("file", metavar="FILE[#table]", help="the spec that receives the weights")
    common.reading_arguments(parser)
    parser.add_argument(
        "--from", dest="source", metavar="MODEL", required=True,
        help=("model.keras, model.weights.h5, model.onnx, model.safetensors (of PyTorch), or "
              "keras.applications.NAME, whose published weights Keras downloads"),
    )  # fmt: skip
    parser.add_argument(
        "--flattened", choices=("channels-first", "channels-last"), default="channels-first",
        help=("order of a flattened map's values in a .safetensors file: PyTorch's (the default), or "
              "that of `compile --target torch`"),
    )  # fmt: skip
    parser.add_argument("-o", "--output", metavar="OUT.keras", required=True, help="the model to write")


def run(args: argparse.Namespace) -> int:
    """Give the network of the command line the weights of a model."""
    if not args.output.endswith(".keras"):
        return _told(f"cannot write {args.output}: its name must end in .keras")
    loaded = common.load(args)
    if isinstance(loaded, int):
        return loaded
    from archdsl.foreign.errors import ForeignError

    try:
        return _imported(loaded[1], args)
    except ForeignError as error:
        return _told(str(error))


def _imported(network: Any, args: argparse.Namespace) -> int:
    from archdsl.foreign.match import hints, report
    from archdsl.foreign.sources import differences, match, opened

    source = opened(args.source, network.graph)
    found = match(network.graph, source)
    if not found.whole:
        fits = f"{len(found.pairs)} of {len(found.pairs) + len(found.slots)} layers match"
        _told(f"{args.source} does not fit {args.file}: {fits}, so nothing is written")
        print("\n".join(report(found)), file=sys.stderr)
        for line in hints(found):
            _told(line)
        return DIFFERENT
    for line in differences(network.graph, source, found):
        _told(line)
    _write(network, source, found, args)
    return 0


def _write(network: Any, source: Any, found: Any, args: argparse.Namespace) -> None:
    from archdsl.deploy.beside import beside
    from archdsl.foreign.importing import model, weights

    made = model(weights(network.graph, source, found, args.flattened == "channels-first"))
    with beside(args.output) as path:
        made.save(path)
    print(f"wrote {args.output}: {len(found.pairs)} layers with weights, {made.count_params():,} parameters")
    if found.ordered:
        _told(f"{found.ordered} layers share their shapes with others and were taken in order")


def _told(text: str) -> int:
    print(f"archdsl: {text}", file=sys.stderr)
    return common.USAGE
