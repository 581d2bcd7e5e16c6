"""The option `--log`: trackers of experiments that a run is logged to beside its folder."""

import argparse
import sys
from collections.abc import Sequence

from archdsl.train.log import TRACKERS, missing

MISSING = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the option."""
    parser.add_argument(
        "--log",
        action="append",
        default=[],
        choices=tuple(TRACKERS),
        help="log to this tracker too; may be repeated (default: none)",
    )


def refused(names: Sequence[str]) -> int:
    """Say which trackers are not installed and give the exit code; 0 where all of them are."""
    lacking = missing(names)
    if not lacking:
        return 0
    print(
        (
            f"archdsl: {' and '.join(lacking)} not installed: pip install {' '.join(lacking)} (or "
            f"archdsl[track])"
        ),
        file=sys.stderr,
    )
    return MISSING
