"""`archdsl decompile MODEL -o NET.arch`: the spec of a model, compared with it before it is written."""

import argparse
import sys

from archdsl.cli import common

FAILED = 4


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "file",
        metavar="MODEL",
        help="model.keras, model.onnx, or the JSON of `model.to_json()`; none of its code is run",
    )
    parser.add_argument("--input", metavar="HxWxC", help="size of an input that the model leaves open")
    parser.add_argument(
        "--with",
        dest="declaring",
        metavar="SPEC",
        help="a spec that declares (`layer NAME(c): ...`) the layers of the model that Keras does not have",
    )
    parser.add_argument("-o", "--output", metavar="NET.arch", required=True, help="the spec to write")


def _size(text: str | None) -> tuple[int, ...] | None:
    """Read `224x224x3`; raise ForeignError where the text is no size."""
    from archdsl.foreign.errors import ForeignError

    if text is None:
        return None
    parts = text.lower().split("x")
    if not all(part.isdecimal() and 0 < int(part) < 100_000 for part in parts):
        raise ForeignError(f"--input {text}: a size like 224x224x3 is needed")
    return tuple(map(int, parts))


def run(args: argparse.Namespace) -> int:
    """Write the spec of a model."""
    from archdsl.foreign.decompile import decompiled
    from archdsl.foreign.errors import ForeignError, Unsaid
    from archdsl.writing import write_whole

    try:
        text, graph = decompiled(args.file, _size(args.input), args.declaring or "")
    except ForeignError as error:
        print(f"archdsl: {error}", file=sys.stderr)
        return FAILED if isinstance(error, Unsaid) else common.USAGE
    write_whole(args.output, text)
    size = f"{text.count(chr(10))} lines, {len(graph.nodes):,} layers"
    print(f"wrote {args.output}: {size}; it computes what {args.file} does")
    return 0
