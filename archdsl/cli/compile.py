"""`archdsl compile FILE -o OUT`: a saved Keras model, or Keras source; the table is always checked first."""

import argparse
import sys
from typing import Any

from archdsl.cli import common

MISSING = 3
ENDINGS = (".keras", ".py")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    common.spec_arguments(parser)
    parser.add_argument(
        "-o", "--output", metavar="OUT", required=True, help="file to write: model.keras (a saved model) or model.py (source)"
    )


def run(args: argparse.Namespace) -> int:
    """Compile the network of the command line."""
    if not args.output.endswith(ENDINGS):
        print(f"archdsl: cannot write {args.output}: its name must end in {' or '.join(ENDINGS)}", file=sys.stderr)
        return common.USAGE
    loaded = common.load(args)
    if isinstance(loaded, int):
        return loaded
    try:
        return _write_source(loaded[1], args) if args.output.endswith(".py") else _write_model(loaded[1], args.output)
    except OSError as error:
        print(f"archdsl: cannot write {args.output}: {(error.strerror or str(error)).lower()}", file=sys.stderr)
        return common.USAGE


def _write_source(network: Any, args: argparse.Namespace) -> int:
    from archdsl.backends.python_source import source

    text = source(network.graph, args.file.replace("\\", "/").rpartition("/")[2])
    with open(args.output, "w", encoding="utf-8") as file:
        file.write(text)
    print(f"wrote {args.output}: {text.count(chr(10))} lines of Keras, {network.params.trainable:,} trainable parameters")
    return 0


def _write_model(network: Any, output: str) -> int:
    open(output, "ab").close()  # an unwritable place is told before Keras is imported
    try:
        from archdsl.backends.keras import build

        model = build(network.graph)
    except ModuleNotFoundError as error:
        print(f"archdsl: {error.name} is not installed: pip install tensorflow", file=sys.stderr)
        return MISSING
    model.save(output)
    print(f"wrote {output}: {len(model.layers)} layers, {network.params.trainable:,} trainable parameters")
    return 0
