"""The options that say how a network is trained: `--recipe`, `--set`, and the short ones for what everyone
sets."""

import argparse

from archdsl.cli import common
from archdsl.network import Network
from archdsl.recipe import Recipe, RecipeError, library
from archdsl.recipe import read as read_recipe
from archdsl.recipe.entry import OPTIONS, Entry, from_option, from_set
from archdsl.recipe.recipe import KEYS
from archdsl.recipe.target import target


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; the keys of a recipe say what the short ones mean."""
    known = ", ".join(library.names())
    parser.add_argument(
        "--recipe",
        metavar="NAME|FILE",
        help=f"how to train: {known}, or a .toml file (default: digits for --data digits, else modern)",
    )
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="set a key of the recipe; `archdsl recipe --keys` lists them",
    )
    for name, option in OPTIONS.items():
        parser.add_argument(
            option, dest=name, metavar=name.upper(), help=f"{KEYS[name].doc} (default: the recipe's)"
        )


def entries(args: argparse.Namespace) -> list[Entry]:
    """Return what the command line sets."""
    short = [from_option(name, getattr(args, name)) for name in OPTIONS if getattr(args, name) is not None]
    return [*map(from_set, args.set), *short]


def name(args: argparse.Namespace) -> str:
    """Return the recipe's name or file: that of the data where none is named."""
    if args.recipe is not None:
        return str(args.recipe)
    return "digits" if args.data == "digits" else "modern"


def read(args: argparse.Namespace, network: Network | None = None) -> Recipe | int:
    """Return the recipe of a command line, for a network; where there is a fault, tell it and give the exit
    code."""
    try:
        return read_recipe(name(args), entries(args), target(network) if network else None)
    except RecipeError as error:
        common.tell(error.diagnostics)
        on_command_line = all(diagnostic.source.path == "command line" for diagnostic in error.diagnostics)
        return common.USAGE if on_command_line else common.failure(error.diagnostics)


def summary(recipe: Recipe) -> str:
    """Write a recipe in one line."""
    return (
        f"recipe {recipe.name}: {recipe.epochs} epochs, batch {recipe.batch_size}, {recipe.optimizer}, "
        f"rate {recipe.rate:g}, {recipe.schedule}"
    )
