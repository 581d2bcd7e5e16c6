"""A recipe -> its TOML: the keys that have an effect, by section, each with its meaning."""

from archdsl.recipe.key import Key
from archdsl.recipe.kinds import written
from archdsl.recipe.recipe import KEYS, VERSION, Recipe


def toml(recipe: Recipe) -> str:
    """Write a recipe as a file that reads back as the same recipe."""
    values = {name: getattr(recipe, name) for name in KEYS}
    head = f"# The recipe {recipe.name}. Keys stand in any order; `archdsl recipe --keys` lists all."
    parts = [f"{head}\nversion = {VERSION}"]
    sections: dict[str, list[str]] = {}
    for one in KEYS.values():
        if one.applies(values):
            sections.setdefault(one.section, []).append(line(one, values[one.name]))
    parts += [f"# {section}\n" + "\n".join(lines) for section, lines in sections.items()]
    return "\n\n".join(parts) + "\n"


def line(one: Key, value: object) -> str:
    """Write a key with its value and meaning."""
    return f"{f'{one.name} = {written(value)}':<28}  # {one.doc}"
