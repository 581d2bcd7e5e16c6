"""`archdsl recipe NAME|FILE`: prints a recipe as a file to edit, or lists recipes and keys."""

import argparse

from archdsl.cli import recipe_options
from archdsl.recipe import library
from archdsl.recipe.entry import OPTIONS
from archdsl.recipe.key import Key
from archdsl.recipe.kinds import words, written
from archdsl.recipe.recipe import KEYS


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("recipe", nargs="?", metavar="NAME|FILE", help="a recipe to print; none lists them")
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="change a key of what is printed"
    )
    parser.add_argument("--keys", action="store_true", help="list every key: type, default, meaning")
    parser.set_defaults(data="", **dict.fromkeys(OPTIONS))


def run(args: argparse.Namespace) -> int:
    """Print a recipe, the recipes or the keys."""
    if args.keys:
        print("\n\n".join(map(described, KEYS.values())))
        return 0
    if args.recipe is None:
        print("\n".join(f"  {name:<8} {library.about(name)}" for name in library.names()))
        print(
            "\n`archdsl recipe NAME` prints one as a file to edit, `archdsl recipe --keys` lists every key."
        )
        return 0
    recipe = recipe_options.read(args)
    if isinstance(recipe, int):
        return recipe
    print(recipe.toml(), end="")
    return 0


def described(key: Key) -> str:
    """Describe a key: type, range, default, meaning, and when it has an effect."""
    wanted = " ".join(filter(None, (words(key.hint), key.bounds.words())))
    default = "required" if key.required else f"default {written(key.default)}"
    condition = f"\n  only with {key.condition()}" if key.when else ""
    return f"{key.name}: {wanted}; {default}\n  {key.doc}{condition}"
