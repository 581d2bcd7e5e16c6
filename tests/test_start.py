"""What a check of a native spec loads and compiles: counts, which say more of its start than a time on a busy machine."""

import pickle
import subprocess
import sys
import typing
from pathlib import Path

import pytest

from archdsl import light
from archdsl.cli import check
from archdsl.cli.options import parsed
from archdsl.cli.plain_words import plainly
from archdsl.lang.headers import LEXICON
from archdsl.table.roles import header_words

ROOT = Path(__file__).parent.parent
COUNTED = """
import re._compiler, sys
compiled = []
def compile(pattern, flags=0, real=re._compiler.compile):
    compiled.append(pattern)
    return real(pattern, flags)
re._compiler.compile = compile
before = set(sys.modules)
from archdsl.cli.main import main
main(["check", "specs/table2.arch"])
print("COUNTED", len(compiled), *sorted(set(sys.modules) - before))
"""
MODULES, REGEXES = 115, 16


def counted() -> tuple[int, list[str]]:
    """Return how many expressions a check compiles, and what it loads."""
    result = subprocess.run(
        [sys.executable, "-c", COUNTED], capture_output=True, text=True, check=True, cwd=ROOT
    )
    count, *modules = result.stdout.partition("COUNTED ")[2].split()
    return int(count), modules


@pytest.mark.skipif(
    not (ROOT / "archdsl/syntax/_tables.py").exists(),
    reason="the tables are made where the package is installed",
)
def test_a_check_loads_and_compiles_little() -> None:
    regexes, modules = counted()
    own = [name for name in modules if name.startswith("archdsl")]
    heavy = {"typing", "argparse", "locale", "importlib.util", "inspect", "dataclasses"} & set(modules)
    assert not heavy, f"{heavy}: take Any, NamedTuple and the like from archdsl.light"
    assert len(own) <= MODULES, f"load late what a clean check does not need: {own}"
    assert regexes <= REGEXES, "use patterns.pattern, and ask for a character before a search"


class Light(light.NamedTuple):
    """A record of two fields."""

    one: int
    two: int = 2


class Known(typing.NamedTuple):
    """A record of two fields."""

    one: int
    two: int = 2


class Many(light.NamedTuple):
    """More fields than there are functions for."""

    a: int
    b: int
    c: int
    d: int
    e: int
    f: int
    g: int
    h: int
    i: int
    j: int
    k: int
    m: int = 12


def test_records_are_named_tuples() -> None:
    for record in (Light(1), Light(one=1), Light(1, two=2)):
        assert record == Known(1) == (1, 2)
        assert (record.one, record.two, record[1], hash(record)) == (1, 2, 2, hash((1, 2)))
        assert repr(record).removeprefix("Light") == repr(Known(1)).removeprefix("Known")
        assert record._replace(two=5) == Known(1)._replace(two=5)
        assert record._asdict() == Known(1)._asdict()
        assert type(pickle.loads(pickle.dumps(record))) is Light
    for name in ("_fields", "__match_args__", "_field_defaults", "__slots__", "__doc__"):
        assert getattr(Light, name) == getattr(Known, name)
    assert Light._make([3, 4]) == (3, 4)
    assert Many(*range(11)) == (*range(11), 12)
    assert Many(*range(11), m=0).m == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda kind: kind(),
        lambda kind: kind(1, 2, 3),
        lambda kind: kind(1, no=2),
        lambda kind: kind(1)._replace(no=1),
    ],
)
def test_wrong_fields_are_refused(make: typing.Callable[[type], object]) -> None:
    for kind in (Known, Light):
        with pytest.raises((TypeError, ValueError)):
            make(kind)
    with pytest.raises(AttributeError):
        Light(1).one = 2  # type: ignore[misc]


PLAIN = [
    ["a.arch"],
    ["a.arch", "b.md#table-2"],
    ["a.arch", "--variant", "18 layer", "--explain"],
    ["--input", "8x8x3", "--strict", "a.md", "b.md"],
    ["--style", "plain", "--style", "vgg", "a.md"],
]
OTHER = [
    *([], ["-h"], ["-"], ["--", "a.arch"], ["--explain"], ["--variant", "A"]),
    *(["a.arch", "-Dk=2"], ["a.arch", "--variant"], ["a.arch", "--variant", "--explain"]),
    *(["a.arch", "--variant=A"], ["a.arch", "--strict", "b.arch"], ["a.arch", "--format", "xml"]),
]


@pytest.mark.parametrize("words", PLAIN, ids=" ".join)
def test_plain_words_are_read_as_argparse_reads_them(words: list[str]) -> None:
    found = vars(plainly(check, words))
    assert {**found, "color": "auto", "debug": False} == vars(parsed(check, "check", "", words))


@pytest.mark.parametrize("words", OTHER, ids=" ".join)
def test_other_words_go_to_argparse(words: list[str]) -> None:
    assert plainly(check, words) is None


def test_headers_are_kept_in_the_form_they_are_looked_up_in() -> None:
    assert [word for words in LEXICON.values() for word in words if header_words(word) != word] == []
