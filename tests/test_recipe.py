"""Recipes: keys, files, faults with their mends, and the command that prints them. Nothing heavy is loaded."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from archdsl import problems
from archdsl.diagnostics import Diagnostic, Fix
from archdsl.recipe import Recipe, RecipeError, library, read
from archdsl.recipe.recipe import KEYS
from archdsl.recipe.target import Target

PAGES = Path(problems.__file__).parent / "pages"
CODES = sorted(page.stem for page in PAGES.glob("E05*.md"))
EXAMPLES = re.compile(r"^(Fails|Works):\n\n```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def faults(name: str, *sets: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(RecipeError) as caught:
        read(name, sets)
    return caught.value.diagnostics


def written(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def mended(text: str, fix: Fix) -> str:
    for edit in sorted(fix.edits, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def archdsl(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "archdsl", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=100, check=False)


@pytest.mark.parametrize("code", CODES)
def test_pages(code: str, tmp_path: Path) -> None:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {code}: ")
    (failing, bad), (working, good) = EXAMPLES.findall(page)
    assert (failing, working) == ("Fails", "Works")
    target = Target({"conv1": 100, "head": 10}, 10)
    with pytest.raises(RecipeError) as caught:
        read(written(tmp_path, bad), (), target)
    assert [fault.code for fault in caught.value.diagnostics] == [code]
    read(written(tmp_path, good), (), target)


@pytest.mark.parametrize("name", library.names())
def test_a_recipe_is_the_same_when_printed_or_stored(name: str, tmp_path: Path) -> None:
    recipe = read(name)
    assert replace(read(written(tmp_path, recipe.toml())), name=name) == recipe
    assert Recipe.from_dict(recipe.as_dict()) == recipe
    assert library.about(name)


BROKEN = [
    ("optimizer = sgd", "E0502"),
    ("rate = 0,05", "E0502"),
    ("rate = .05", "E0502"),
    ("nesterov = yes", "E0502"),
    ("nesterov = True", "E0502"),
    ("rate: 0.05", "E0502"),
    ("rate 0.05", "E0502"),
    ("undecayed = norms", "E0502"),
    ("[optimizer]", "E0502"),
    ("batch-size = 8", "E0503"),
    ("epoch = 8", "E0503"),
    ("rate = '0.05'", "E0504"),
    ("rate = [0.05]", "E0504"),
    ("epochs = 8.0", "E0504"),
    ("flip = 1", "E0504"),
    ("flip = 'no'", "E0504"),
    ("schedule = 'Cosine'", "E0504"),
    ("undecayed = 'norms'", "E0504"),
    ("undecayed = ['norm', 'biases']", "E0504"),
    ("rate = 0", "E0505"),
    ("rate = nan", "E0505"),
    ("rate = inf", "E0505"),
    ("seed = -1", "E0505"),
    ("seed = 99999999999", "E0505"),
    ("crop = 100", "E0505"),
    ("smoothing = 1.5", "E0505"),
    ("epochs = 0", "E0505"),
    ("factor = 0.5", "E0509"),
    ("beta_1 = 0.8", "E0509"),
    ("schedule = 'staircase'\nfactor = 0.9", "E0506"),
    ("rate = 1\n'rate' = 2", "E0508"),
    ("version = 0", "E0507"),
]


@pytest.mark.parametrize(("line", "code"), BROKEN)
def test_a_fault_is_told_once_and_its_fix_mends_it(line: str, code: str, tmp_path: Path) -> None:
    text = f'base = "modern"  # a comment\n{line}  # another\nmomentum = 0.8\n'
    path = written(tmp_path, text)
    (fault,) = faults(path)
    assert fault.code == code
    assert fault.source.position(fault.span.start)[0] in (2, 3)
    (fix,) = fault.fixes
    read(written(tmp_path, mended(text, fix)))


@pytest.mark.parametrize(
    "text",
    [
        "epochs = [",
        'name = """',
        "= 3",
        "rate",
        "\x00",
        "a.b.c = 1",
        "[[x]]",
        "{}",
        "rate = 2024-01-01",
        "rate = {a = 1}",
    ],
)
def test_any_text_is_told(text: str, tmp_path: Path) -> None:
    assert faults(written(tmp_path, f'base = "modern"\n{text}\n'))


def test_every_fault_of_a_file_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "optimizer = sgd\nrate = '1'\nepoch = 3\nmomentum = 2\nschedule = 'cosine'\n")
    assert [fault.code for fault in faults(path)] == ["E0502", "E0504", "E0503", "E0505"]
    assert [fault.message for fault in faults(written(tmp_path, ""))] == [
        f"the recipe has no `{key}`" for key in ("epochs", "batch_size", "optimizer", "rate", "schedule")
    ]


@pytest.mark.parametrize(
    ("sets", "code"),
    [
        (["seed=-1"], "E0505"), (["rate=abc"], "E0504"), (["rate"], "E0504"), (["rates=1"], "E0503"), (["schedule=cosin"], "E0504"),
        (["rate=1", "rate=2"], "E0508"), (["schedule=steps", "factor=.1"], "E0506"), (["optimizer=lion", "nesterov=true"], "E0509"),
    ],
)  # fmt: skip
def test_a_fault_of_the_command_line(sets: list[str], code: str) -> None:
    (fault,) = faults("modern", *sets)
    assert (fault.code, fault.source.path) == (code, "command line")


def test_what_the_command_line_sets() -> None:
    recipe = read(
        "modern",
        ("optimizer=adamw", "rate=.002", "undecayed=norms,biases", "flip=false", "clip_by=norm", "clip=1"),
    )
    assert (recipe.optimizer, recipe.rate, recipe.undecayed, recipe.flip) == (
        "adamw",
        0.002,
        ("norms", "biases"),
        False,
    )
    assert not recipe.nesterov  # what modern says of SGD is gone with it
    assert read("modern", ("schedule=steps", "factor=0.1", "milestones=30,60")).milestones == (30.0, 60.0)


def test_the_course_recipe_is_the_course_s() -> None:
    recipe = read("course")
    assert (recipe.epochs, recipe.batch_size, recipe.rate, recipe.momentum, recipe.nesterov) == (
        50,
        64,
        0.1,
        0.9,
        False,
    )
    assert (recipe.schedule, recipe.factor, recipe.every, recipe.decay, recipe.undecayed) == (
        "staircase",
        0.94,
        2,
        2e-4,
        (),
    )
    assert (recipe.optimizer, recipe.decoupled, recipe.scaling, recipe.crop, recipe.flip) == (
        "sgd",
        False,
        "course",
        0,
        False,
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": 2}, "E0507"), ({"version": None}, "E0507"), ({"rate": "0.1"}, "E0504"), ({"rate": -1}, "E0505"),
        ({"colour": 1}, "E0503"), ({"name": 3}, "E0502"),
    ],
)  # fmt: skip
def test_a_configuration_that_was_edited(change: dict[str, object], code: str) -> None:
    with pytest.raises(RecipeError) as caught:
        Recipe.from_dict(read("modern").as_dict() | change)
    assert [fault.code for fault in caught.value.diagnostics] == [code]


@pytest.mark.parametrize("lost", ["rate", "seed", "name", "version"])
def test_a_configuration_that_lacks_a_key(lost: str) -> None:
    values = read("modern").as_dict()
    del values[lost]
    with pytest.raises(RecipeError) as caught:
        Recipe.from_dict(values)
    assert len(caught.value.diagnostics) == 1


def test_the_command_prints_what_can_be_passed_again(tmp_path: Path) -> None:
    done = archdsl("recipe", "modern", "--set", "rate=0.05", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    recipe = read(written(tmp_path, done.stdout))
    assert replace(recipe, name="modern") == replace(read("modern"), rate=0.05)
    names = archdsl("recipe", cwd=tmp_path).stdout
    assert all(f"  {name} " in names for name in library.names())
    listed = archdsl("recipe", "--keys", cwd=tmp_path).stdout
    assert all(f"{key}: " in listed for key in KEYS)


def test_train_tells_a_fault_before_anything_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(
        "input 16x16x3\n 16x16 3x3, 8\n 1x1 average pool, 10-d fc, softmax\n", encoding="utf-8"
    )
    done = archdsl("train", "net.arch", "--seed", "-1", cwd=tmp_path)
    assert done.returncode == 2
    assert "--seed -1" in done.stderr and "E0505" in done.stderr
    path = written(tmp_path, 'base = "modern"\nrate = -1\n')
    assert archdsl("train", "net.arch", "--recipe", path, cwd=tmp_path).returncode == 1
    code = (
        "import sys\nfrom archdsl.cli.main import main\nmain(['train', 'net.arch', '--lr', 'x'])\n"
        "assert not {'keras', 'tensorflow', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
