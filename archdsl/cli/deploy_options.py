"""What `compile` and `bench` share: a RUN or a spec, its weights, the images that go with it."""

import argparse
import os
import sys
from dataclasses import dataclass
from typing import Any

from archdsl.cli import common, data_options

MISSING, FAILED = 3, 4


@dataclass(frozen=True, slots=True)
class Opened:
    """A checked network; `config` is that of the run, None for a spec."""

    network: Any
    config: dict[str, Any] | None = None


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "file", metavar="RUN|FILE[#table]", help="a run folder, or a spec (which has fresh weights)"
    )
    common.reading_arguments(parser)
    common.layers_argument(parser)
    parser.add_argument(
        "--weights", choices=("best", "last"), default="best", help="which weights of a run (default: best)"
    )


def data_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which images go with a spec, or instead of a run's own."""
    parser.add_argument(
        "--data", metavar="DATA", help="images for --int8 and --with-scaling (default: those of the run)"
    )
    data_options.reopening(parser)
    parser.add_argument(
        "--limit", type=data_options.positive, metavar="N", help="use only the first N images of each split"
    )


def is_run(args: argparse.Namespace) -> bool:
    """Return whether the command line names a run folder."""
    return os.path.isdir(args.file)


def opened(args: argparse.Namespace) -> Opened | int:
    """Check the network that a command is about, without a framework; where that fails, tell why and give the
    exit code."""
    if not is_run(args):
        loaded = common.load(args)
        return loaded if isinstance(loaded, int) else Opened(loaded[1])
    from archdsl.network import SpecError
    from archdsl.train.errors import RunError
    from archdsl.train.restore import opened as opened_run

    try:
        run = opened_run(args.file)
        return Opened(run.network, run.config)
    except RunError as error:
        return told(error)
    except SpecError as error:
        common.tell(error.diagnostics)
        return common.SPEC_ERROR


def model(args: argparse.Namespace, found: Opened) -> Any:
    """Build the Keras model, with the weights of the run; raise RunError where they are not to be had."""
    if found.config is None:
        from archdsl.backends.keras import build

        return build(found.network.graph)
    from archdsl.train.restore import restore

    restored = restore(args.file, args.weights)
    for note in restored.notes:
        told(ValueError(note))
    return restored.model


def data(args: argparse.Namespace, found: Opened) -> Any:
    """Load the images: those of --data, else those of the run; None where neither is given. Raises
    DataError."""
    from archdsl.data.catalogue import again, load_choice

    if args.data:
        return load_choice(data_options.choice(args), found.network)
    if found.config is None:
        return None
    limit = {} if args.limit is None else {"limit": args.limit}
    return again(found.config["data"], found.network, **data_options.changes(args), **limit)


def feed(found: Opened, images: Any) -> Any:
    """Return how the network is fed: as in its training, or `images` by the recipe `modern`; None where
    neither is there."""
    from archdsl.deploy.feed import Feed, of_data
    from archdsl.recipe import read

    if found.config:
        scaling = found.config["scaling"]
        return Feed(tuple(found.config["data"]["classes"]), tuple(scaling["scale"]), tuple(scaling["offset"]))
    return images and of_data(images, read("modern"))


def told(error: Exception, code: int = common.USAGE) -> int:
    """Say in one line what went wrong, and give the exit code."""
    print(f"archdsl: {error}", file=sys.stderr)
    return code
