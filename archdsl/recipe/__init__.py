"""A recipe: how a network is trained, as a small TOML file -> checked values (`read`, `Recipe`,
`RecipeError`)."""

from archdsl.recipe.read import read
from archdsl.recipe.recipe import Recipe, RecipeError

__all__ = ["Recipe", "RecipeError", "read"]
