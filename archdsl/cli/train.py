"""`archdsl train FILE`: checks the table, loads the data, and only then imports a deep-learning framework."""

import argparse
import signal
import sys
from collections.abc import Callable
from shlex import quote
from typing import Any

from archdsl.cli import common, data_options, log_options, recipe_options, scale_options, together
from archdsl.cli.steady import steady_output
from archdsl.data.catalogue import load_choice
from archdsl.data.faults import DataError, MissingPackage, said
from archdsl.data.fit import Mismatch
from archdsl.extras import part_of
from archdsl.network import SpecError
from archdsl.render import summary
from archdsl.scale.backend import BACKENDS, BackendError, BackendMissing
from archdsl.scale.place import PlaceError
from archdsl.train import keptspec
from archdsl.train.cadence import Cadence
from archdsl.train.errors import RunError
from archdsl.train.folder import RunFolder, free_folder
from archdsl.train.keeper import SaveError
from archdsl.train.log import LogError, loggers, used
from archdsl.train.plan import SAVE_EVERY, Plan
from archdsl.train.signals import stopping

MISSING, FAILED, INTERRUPTED = 3, 4, 130
# What may stand beside --resume: all else is the run's own.
_WITH_RESUME = (
    "file",
    "resume",
    "data",
    "data_dir",
    "resize",
    "data_memory",
    "accept_altered",
    "log",
    "dry_run",
    "color",
    "debug",
    "layers",
    *scale_options.NAMES,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    plan_arguments(parser, optional=True)
    common.layers_argument(parser)
    parser.add_argument("--out", metavar="RUN", help="run folder (default: runs/NAME-1, -2, ...)")
    parser.add_argument(
        "--resume", metavar="RUN", help="continue an interrupted run from its last checkpoint"
    )
    log_options.arguments(parser)
    parser.add_argument("--dry-run", action="store_true", help="check everything, print the plan, and stop")
    scale_options.arguments(parser)
    parser.set_defaults(defaults=parser.get_default)


def plan_arguments(parser: argparse.ArgumentParser, optional: bool = False) -> None:
    """Declare what says which network is trained, on what, and how."""
    common.spec_arguments(parser, optional=optional)
    data_options.arguments(parser)
    recipe_options.arguments(parser)
    parser.add_argument("--save-every", type=_cadence, default=SAVE_EVERY, metavar="N|TIME", help=_SAVE_HELP)


_SAVE_HELP = (
    "checkpoints within an epoch: every N steps, every 30s, 5min, 1h, or `epoch` for its end "
    "alone (default: 5min)"
)


def _cadence(text: str) -> str:
    try:
        Cadence(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def run(args: argparse.Namespace) -> int:
    """Train a network, or go on with a run; it goes on too when nobody reads the output any more."""
    if bool(args.file) == bool(args.resume):
        print("archdsl: give either a FILE to train or --resume RUN to continue a run", file=sys.stderr)
        return common.USAGE
    try:
        which = scale_options.processes(args)
    except scale_options.OptionError as error:
        print(f"archdsl: {error}", file=sys.stderr)
        return common.USAGE
    return together.run(args, which, _train_or_resume)


def _train_or_resume(args: argparse.Namespace) -> int:
    with steady_output():
        return log_options.refused(args.log) or guarded(
            lambda: _resume(args) if args.resume else _begin(args)
        )


def guarded(work: Callable[[], int]) -> int:
    """Do work of a training; tell the faults that are the user's, and give their exit codes."""
    for number in stopping():  # as Ctrl-C, until there is something to save
        signal.signal(number, signal.default_int_handler)
    try:
        return work()
    except SpecError as error:
        common.tell(error.diagnostics)
        return common.SPEC_ERROR
    except (LogError, SaveError) as error:
        print(f"archdsl: {error}", file=sys.stderr)
        return FAILED
    except BackendMissing as error:
        print(f"archdsl: {error}", file=sys.stderr)
        return MISSING
    except (DataError, RunError, BackendError, PlaceError) as error:
        print(f"archdsl: {error}", file=sys.stderr)
        return MISSING if isinstance(error, MissingPackage) else common.USAGE
    except Exception as error:
        damaged = said(error)  # by TensorFlow: a record that is damaged was met while a batch was read
        if damaged is None:
            raise
        print(f"archdsl: {damaged}", file=sys.stderr)
        return common.USAGE


def planned(args: argparse.Namespace) -> Plan | int:
    """Return what the command line asks for; where there is a fault in it, tell it and give the exit code."""
    loaded = common.load(args)
    if isinstance(loaded, int):
        return loaded
    compilation, network = loaded
    recipe = recipe_options.read(args, network)
    if isinstance(recipe, int):
        return recipe
    print(summary.text(network), flush=True)
    choice = data_options.choice(args)
    try:
        data = load_choice(choice, network)
    except Mismatch as error:
        print(f"archdsl: {data_options.told(error, compilation, args)}", file=sys.stderr)
        return common.USAGE
    spec = keptspec.described(compilation, args.file, common.overrides(args))
    return Plan(network, data, recipe, spec, compilation.source.text, choice.as_dict(), args.save_every)


def _begin(args: argparse.Namespace) -> int:
    plan = planned(args)
    if isinstance(plan, int):
        return plan
    folder = RunFolder(args.out or free_folder(plan.network.name))
    folder.check()
    print(f"\n{plan_text(plan)}\nrun folder: {folder.path}", flush=True)
    return _rehearse(args, plan, folder) if args.dry_run else _train(args, plan, folder, None)


def _resume(args: argparse.Namespace) -> int:
    given = [
        name for name, value in vars(args).items() if name != "defaults" and value != args.defaults(name)
    ]
    other = [f"--{name.replace('_', '-')}" for name in given if name not in _WITH_RESUME]
    if other:
        raise RunError(
            f"a resumed run keeps its settings: remove {', '.join(other)}, or train anew without --resume"
        )
    scale_options.prepare(args, RunFolder(args.resume).configuration().get("backend"))
    if not has_framework():
        return MISSING
    from archdsl.train.resume import resume

    resumed = resume(args.resume, lock=scale_options.leads(args) and not args.dry_run, **_place_of_data(args))
    if missing := log_options.refused(used(resumed.folder)):
        return missing
    for note in resumed.notes:
        print(f"archdsl: {note}", file=sys.stderr)
    begun = resumed.begun
    print(
        f"{plan_text(resumed.plan)}\n{_where(begun, resumed.plan)}\nrun folder: {resumed.folder.path}",
        flush=True,
    )
    return (
        _rehearse(args, resumed.plan, resumed.folder)
        if args.dry_run
        else _train(args, resumed.plan, resumed.folder, begun)
    )


def _place_of_data(args: argparse.Namespace) -> dict[str, Any]:
    """Return what the command line changes of the data of a run: where it is, and how it is opened."""
    moved = {"source": args.data} if args.data != args.defaults("data") else {}
    return data_options.changes(args) | moved


def _where(begun: Any, plan: Plan) -> str:
    if begun is None:
        return "the run was stopped before its first checkpoint: it starts again"
    return f"continuing after epoch {begun.epoch} of {plan.recipe.epochs}, step {begun.step} of {plan.steps}"


def plan_text(plan: Plan) -> str:
    """Write what a plan trains on, and how."""
    data, recipe = plan.data, plan.recipe
    splits = "\n".join(f"  {name:<11} {split.note}" for name, split in data.splits.items())
    if "test" not in data.splits:
        splits += "\n  test        none here: the run will end without a test accuracy"
    return f"data {data.name}\n{splits}\n{recipe_options.summary(recipe)}"


def has_framework(shown: Any = None) -> bool:
    """Import Keras; where that cannot be, tell why."""
    from archdsl.backends.quiet import import_keras

    try:
        import_keras(alone=True)
    except ModuleNotFoundError as error:
        if shown:
            shown.close()
        print(f"archdsl: {part_of(error) or error}", file=sys.stderr)
        return False
    return True


def _rehearse(args: argparse.Namespace, plan: Plan, folder: RunFolder) -> int:
    """Do all that a run does before its first step, but write."""
    if not args.resume:
        scale_options.prepare(args, fastest=lambda: BACKENDS[0])  # nothing is timed
    if not has_framework():
        return MISSING
    from archdsl.train.run import rehearse

    print(rehearse(plan, folder, scale_options.place(args, plan.recipe.batch_size)))
    return 0


def _fastest(plan: Plan, shown: Any) -> str:
    """Time the backends that are installed; give the fastest."""
    from archdsl.train import engine

    shown.phase("timing the backends")
    return engine.chosen(plan, shown.note)


def _train(args: argparse.Namespace, plan: Plan, folder: RunFolder, begun: Any) -> int:
    try:
        return _trained(args, plan, folder, begun)
    finally:
        folder.close()


def _trained(args: argparse.Namespace, plan: Plan, folder: RunFolder, begun: Any) -> int:
    from archdsl.train.progress import display

    shown = display(plan.recipe.epochs)
    if not args.resume:
        scale_options.prepare(args, fastest=lambda: _fastest(plan, shown))
    shown.phase("importing TensorFlow")
    if not has_framework(shown):
        return MISSING
    from archdsl.train.run import run as train

    place = scale_options.place(args, plan.recipe.batch_size)
    place.agree("" if args.resume or not place.leads else _created(folder))
    shown.note(f"computing on {place.text}")
    kept = loggers([*args.log, *used(folder)]) if place.leads else ()
    outcome = train(plan, folder, shown, kept, begun, place)
    if not place.leads:
        return INTERRUPTED if outcome.interrupted else FAILED if outcome.diverged else 0
    if outcome.interrupted:
        path = quote(str(folder.path))
        print(
            f"interrupted, all saved: `archdsl train --resume {path}` continues, `archdsl eval {path}` "
            f"evaluates"
        )
        return INTERRUPTED
    if outcome.diverged:
        print(f"archdsl: training diverged in {outcome.diverged}", file=sys.stderr)
        return FAILED
    _tell(outcome.evaluation, folder)
    return 0


def _created(folder: RunFolder) -> str:
    """Make the run folder; say why where it cannot be."""
    try:
        folder.create()
    except RunError as error:
        return str(error)
    return ""


def _tell(evaluation: Any, folder: Any) -> None:
    if evaluation:
        print(f"\ntest accuracy {evaluation.accuracy:.4f} on {evaluation.note}")
    pictures = [str(folder / name) for name in ("learning_curves.png", "confusion_matrix.png", "network.svg")]
    print(f"report:    {folder / 'report.md'}\npictures:  {', '.join(pictures)}")
