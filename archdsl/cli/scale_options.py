"""The options of `train` that say where it computes: backend, devices of a machine, processes of several."""

import argparse
import os
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from archdsl.scale.backend import BACKENDS, choose
from archdsl.scale.processes import JOIN, LOST, Processes, join

if TYPE_CHECKING:
    from archdsl.scale.place import Place

NAMES = ("backend", "devices", "processes", "coordinator", "process_id", "join_within", "lost_after")
AUTO = "auto"
_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:\[\]]+):(\d{1,5})")


class OptionError(Exception):
    """The options do not fit together; the message is one sentence for the user."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group("where to compute (docs/training.md, docs/scaling.md)")
    group.add_argument("--backend", choices=(*BACKENDS, AUTO), help=_BACKEND_HELP)
    group.add_argument(
        "--devices",
        type=_count,
        metavar="N",
        help="devices of this machine (default: every GPU or TPU, else its CPU)",
    )
    group.add_argument(
        "--processes",
        type=_count,
        metavar="N",
        help="processes that train together, one per machine; needs --backend jax",
    )
    group.add_argument(
        "--coordinator",
        metavar="HOST:PORT",
        help="where they meet: the machine of process 0, and a free port",
    )
    group.add_argument(
        "--process-id",
        type=_index,
        metavar="I",
        help="number of this process, from 0; process 0 writes the run folder",
    )
    group.add_argument(
        "--join-within",
        type=_count,
        default=JOIN,
        metavar="S",
        help=f"seconds to wait for the others (default: {JOIN})",
    )
    group.add_argument(
        "--lost-after",
        type=_count,
        default=LOST,
        metavar="S",
        help=f"seconds of silence of a lost one (default: {LOST})",
    )


_BACKEND_HELP = (
    "engine of Keras (default: KERAS_BACKEND, else tensorflow); auto: the fastest of those "
    "installed, by timed steps"
)


def _count(text: str) -> int:
    return _number(text, 1)


def _index(text: str) -> int:
    return _number(text, 0)


def _number(text: str, least: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"`{text}` is not a whole number of at least {least}")
    return int(text)


def processes(args: argparse.Namespace) -> Processes:
    """Read which process of how many this is; raise OptionError where the options do not say it."""
    if args.processes is None:
        for name in ("coordinator", "process_id"):
            if getattr(args, name) is not None:
                raise OptionError(f"--{name.replace('_', '-')} needs --processes: how many train together")
        return Processes()
    if args.processes == 1:
        return Processes()
    _check(args)
    return Processes(args.processes, args.process_id, args.coordinator)


def _check(args: argparse.Namespace) -> None:
    if args.coordinator is None or args.process_id is None:
        raise OptionError(
            "--processes needs --coordinator HOST:PORT, the same for all, and --process-id I, another "
            "for "
            "each"
        )
    if args.process_id >= args.processes:
        last = args.processes - 1
        raise OptionError(
            f"--process-id {args.process_id} is too large: {args.processes} processes are numbered 0 to "
            f"{last}"
        )
    address = _ADDRESS.fullmatch(args.coordinator)
    if not address or not 1 <= int(address[1]) <= 65_535:
        raise OptionError(
            f"--coordinator `{args.coordinator}` is not of the form HOST:PORT, like 10.0.0.1:9911"
        )
    if backend(args) != "jax":
        raise OptionError(f"several processes need --backend jax, and this is {backend(args)}")
    if args.file == "-":
        raise OptionError("several processes cannot share standard input: give the spec as a file")
    if not (args.out or getattr(args, "resume", None)):
        raise OptionError("several processes share a run folder: name it with --out")


def backend(args: argparse.Namespace) -> str | None:
    """Return the backend that is asked for; several processes take JAX unasked."""
    asked: str | None = args.backend or os.environ.get("KERAS_BACKEND")
    return asked or ("jax" if args.processes and args.processes > 1 else None)


def leads(args: argparse.Namespace) -> bool:
    """Return whether this process writes the run folder."""
    return processes(args).index == 0


def prepare(
    args: argparse.Namespace, kept: str | None = None, fastest: Callable[[], str] | None = None
) -> None:
    """Choose the backend and meet the other processes, before Keras is imported; a dry run meets nobody.

    `kept` is the backend of a run that goes on, `fastest` finds the one for `auto`.

    Raises BackendError.
    """
    asked = backend(args)
    if asked == AUTO:
        asked = kept or (fastest() if fastest else None)
    choose(asked or kept)
    together = processes(args)
    if together.count > 1 and not args.dry_run:
        join(together, args.join_within, args.lost_after)


def place(args: argparse.Namespace, batch_size: int) -> "Place":
    """Return the place to train on; raise PlaceError where there is no such place, or it cannot divide a
    batch."""
    from archdsl.scale import devices

    together = processes(args)
    if args.dry_run:  # the other processes are not met
        found = devices.place(args.devices)
        replace(found, devices=found.devices * together.count).check_batch(batch_size)
        return found
    found = devices.place(args.devices, together)
    found.check_batch(batch_size)
    return found
