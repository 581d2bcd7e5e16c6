"""`archdsl sweep FILE --over KEY=VALUES`: trains with many recipes, chosen by Optuna, and tells which is
best."""

import argparse
import hashlib
import shlex
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from archdsl.cli import common, data_options, recipe_options, train
from archdsl.cli.steady import steady_output
from archdsl.recipe import Recipe, RecipeError
from archdsl.recipe import read as read_recipe
from archdsl.recipe.entry import from_set
from archdsl.recipe.target import target
from archdsl.sweep import results
from archdsl.sweep.search import BEST, TABLE, Search
from archdsl.sweep.space import Over, SweepError, check, parse_all
from archdsl.sweep.study import FILE, Study
from archdsl.train.errors import RunError
from archdsl.train.folder import RunFolder
from archdsl.train.lock import FolderLock
from archdsl.train.plan import Plan

MISSING, FAILED, INTERRUPTED = 3, 4, 130


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    train.plan_arguments(parser)
    parser.add_argument(
        "--over", metavar="KEY=VALUES", action="append", default=[], required=True,
        help=("vary a key of the recipe: A,B,C or LOW..HIGH or log:LOW..HIGH or LOW..HIGH/STEP; may be "
             "repeated"),
    )  # fmt: skip
    parser.add_argument(
        "--trials", type=data_options.positive, default=20, metavar="N", help="runs in all (default: 20)"
    )
    parser.add_argument(
        "--out", metavar="DIR", required=True, help="folder of the sweep; an existing one is continued"
    )
    parser.add_argument("--dry-run", action="store_true", help="check everything, print the plan, and stop")


def run(args: argparse.Namespace) -> int:
    """Run a sweep, or go on with it."""
    with steady_output():
        return train.guarded(lambda: _guarded(args))


def _guarded(args: argparse.Namespace) -> int:
    try:
        return _sweep(args)
    except RecipeError as error:
        common.tell(error.diagnostics)
    except SweepError as error:
        print(f"archdsl: {error}", file=sys.stderr)
    return common.USAGE


def _sweep(args: argparse.Namespace) -> int:
    overs = parse_all(args.over)
    plan = train.planned(args)
    if isinstance(plan, int):
        return plan
    recipe_of = partial(_recipe, args, plan)
    check(recipe_of, overs)
    if "validation" not in plan.data.splits:
        raise SweepError(f"{plan.data.name} has no validation images to choose the best trial with")
    print(
        f"\n{train.plan_text(plan)}\n{args.trials} trials over {', '.join(args.over)}\nfolder: {args.out}",
        flush=True,
    )
    return 0 if args.dry_run else _search(args, plan, overs, recipe_of)


def _recipe(args: argparse.Namespace, plan: Plan, sets: Sequence[str]) -> Recipe:
    """Return the recipe of the command line with what a trial sets."""
    return read_recipe(
        recipe_options.name(args), [*recipe_options.entries(args), *map(from_set, sets)], target(plan.network)
    )


def _search(args: argparse.Namespace, plan: Plan, overs: tuple[Over, ...], recipe_of: Any) -> int:
    folder, lock = _locked(args.out)
    try:
        study = Study(folder.path, _definition(args, plan), plan.recipe.seed)
        if not train.has_framework():
            return MISSING
        from archdsl.train.progress import display

        search = Search(plan, folder, study, overs, recipe_of, display)
        interrupted = search.go(args.trials)
        print(f"\n{results.text(search.cells())}")
    finally:
        lock.release()
    if interrupted:
        print("interrupted, all saved: the same command continues")
        return INTERRUPTED
    return _tell(args, folder, study)


def _locked(path: str) -> tuple[RunFolder, FolderLock]:
    """Make or open the folder of a sweep, for this process alone."""
    folder = RunFolder(path)
    if not (folder / FILE).is_file():
        folder.check()
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot make the folder {path}: {(error.strerror or str(error)).lower()}") from None
    lock = FolderLock(folder.path)
    lock.take()
    return folder, lock


def _definition(args: argparse.Namespace, plan: Plan) -> dict[str, Any]:
    """Return what makes a sweep the same one: with other values it would compare what cannot be compared."""
    spec = hashlib.sha256(f"{plan.source}{sorted(plan.spec.items(), key=str)}".encode()).hexdigest()[:12]
    recipe = plan.recipe.as_dict()
    return {
        "spec": spec,
        "data": [plan.data.name, plan.data_options],
        "recipe": recipe,
        "over": sorted(args.over),
    }


def _tell(args: argparse.Namespace, folder: RunFolder, study: Study) -> int:
    if study.finished[0].value is None:
        print(f"archdsl: no trial has an accuracy; {folder / TABLE} says why", file=sys.stderr)
        return FAILED
    again = shlex.join(["archdsl", "train", args.file, "--recipe", str(folder / BEST)])
    print(f"\nbest: trial {study.finished[0].number + 1}; train with its recipe: {again}")
    print(f"results: {folder / TABLE}")
    return 0
