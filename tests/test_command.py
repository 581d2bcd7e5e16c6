"""The command that repeats a run: read back by the command line, it gives the same configuration."""

import argparse
import shlex

import pytest

from archdsl.cli import recipe_options, train
from archdsl.recipe import read
from archdsl.train.command import command

SPEC = {"source": "net.arch", "table": None, "define": {}, "style": None, "input": None, "variant": None}
DATA = {"source": "digits", "directory": None, "resize": None, "limit": None}


def config(recipe: str, sets: list[str], **changes: object) -> dict[str, object]:
    return {"spec": SPEC | changes, "data": DATA, "recipe": read(recipe, sets).as_dict()}


def parsed(line: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train.arguments(parser)
    words = shlex.split(line)
    assert words[:2] == ["archdsl", "train"]
    return parser.parse_args(words[2:])


@pytest.mark.parametrize(
    ("recipe", "sets"),
    [
        ("cifar", []),
        ("cifar", ["rate=0.05", "epochs=7"]),
        ("course", ["class_weights=balanced"]),
        (
            "modern",
            ["optimizer=adamw", "rate=0.001", "frozen=conv1, conv2_x", "initial=a folder/run", "smoothing=0"],
        ),
    ],
)
def test_the_recipe_comes_back(recipe: str, sets: list[str]) -> None:
    args = parsed(command(config(recipe, sets)))
    assert recipe_options.read(args) == read(recipe, sets)


def test_what_the_spec_is_defined_with_comes_back() -> None:
    args = parsed(
        command(
            config("modern", [], source="a b.md", table="Table 2", define={"n": 3, "k": 0.5}, style="resnet")
        )
    )
    assert (args.file, dict(args.define), args.style) == ("a b.md#Table 2", {"n": 3, "k": 0.5}, "resnet")


def test_a_run_of_an_older_version_has_a_command_too() -> None:
    assert (
        command({"data": {}, "recipe": {"name": "gone", "epochs": 3}})
        == "archdsl train SPEC --recipe modern --set epochs=3"
    )
