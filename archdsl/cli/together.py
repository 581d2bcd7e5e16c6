"""Of several processes that train together, each is watched by one that tells how it ended."""

import argparse
import sys
from collections.abc import Callable
from shlex import quote

from archdsl.scale import supervise
from archdsl.scale.processes import Processes

FAILED, INTERRUPTED = 4, 130


def run(args: argparse.Namespace, which: Processes, train: Callable[[argparse.Namespace], int]) -> int:
    """Train; where several processes do, in a watched child."""
    if which.count == 1 or args.dry_run:
        return train(args)
    if supervise.is_watched():
        return _child(args, train)
    ending = supervise.watched(sys.argv[1:])
    if not ending.abnormal:
        return ending.code
    if args.debug:
        print(ending.log, file=sys.stderr)
    print(f"archdsl: {which} ended: {ending.reason}; {_again(args)}", file=sys.stderr)
    return FAILED


def _again(args: argparse.Namespace) -> str:
    from archdsl.train.folder import RunFolder

    path = args.resume or args.out
    if (RunFolder(path) / "config.json").exists():
        return f"start every process again with `--resume {quote(path)}` to continue from the last checkpoint"
    return "nothing was trained yet: start every process again"


def _child(args: argparse.Namespace, train: Callable[[argparse.Namespace], int]) -> int:
    supervise.begin()
    try:
        code = train(args)
    except Exception as error:
        supervise.give_up(error)
        raise
    if code not in (0, INTERRUPTED):
        supervise.end(code)
    return code
