"""The light install: what works without TensorFlow, Keras and NumPy, and what is said where they are missing."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from archdsl import extras, specs

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TRAIN = [module for module, extra in extras.PACKAGES.items() if extra == "train"]
BROKEN = "input 32x32x3\nstyle plain\nconv1 9x9 3x3, 64\n"


def distribution(requirement: str) -> str:
    return re.match(r"[\w.-]+", requirement)[0]  # type: ignore[index]


def run(absent: list[str], folder: Path, *commands: list[str]) -> list[tuple[int, str, str]]:
    """Run commands in one process in which modules are absent; give exit codes, outputs and errors."""
    code = f"""
import contextlib, io, json, sys
for name in {absent!r}: sys.modules[name] = None
from archdsl.cli.main import main
done = []
for argv in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try: rc = main(argv)
        except SystemExit as end: rc = end.code or 0
    done.append([rc, out.getvalue(), err.getvalue()])
print(json.dumps(done))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(commands)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(rc, out, err) for rc, out, err in json.loads(done.stdout)]


def test_the_extras_are_those_of_the_project() -> None:
    for module, extra in extras.PACKAGES.items():
        packages = [distribution(line) for line in PROJECT["optional-dependencies"][extra]]
        assert extras.package(module) in packages, module
    assert {distribution(line) for line in PROJECT["dependencies"]} == {
        "lark",
        "graphviz",
        "pygraphviz",
        "font-roboto",
        "shtab",
    }


def test_the_light_commands_need_no_extra(tmp_path: Path) -> None:
    (tmp_path / "bad.arch").write_text(BROKEN, encoding="utf-8")
    net = str(ROOT / "specs/table2.arch")
    (tmp_path / "own.arch").write_text(
        (ROOT / "specs/table1.arch").read_text(encoding="utf-8"), encoding="utf-8"
    )
    commands: list[tuple[int, list[str]]] = [
        (0, ["check", net, "--explain"]),
        (1, ["check", "bad.arch"]),
        (0, ["check", "--format", "json", net]),
        (0, ["list", net]),
        (0, ["draw", net, "-o", "net.svg"]),
        (0, ["draw", net, "-o", "net.dot"]),
        (1, ["diff", net, str(ROOT / "specs/table1.arch")]),
        (0, ["fmt", "own.arch"]),
        (0, ["fmt", "--to", "latex", net]),
        (0, ["explain", "E0302"]),
        (0, ["explain", "resnet"]),
        (0, ["compile", net, "-o", "net.py"]),
        (0, ["recipe", "--keys"]),
        (0, ["train", "--help"]),
    ]
    done = run(list(extras.PACKAGES), tmp_path, *(argv for _, argv in commands))
    assert [(rc, argv) for (rc, _, _), (_, argv) in zip(done, commands, strict=True)] == commands, done
    assert (tmp_path / "net.py").read_text(encoding="utf-8").count("keras") > 0


@pytest.mark.parametrize("absent", [TRAIN, ["numpy"]], ids=["all", "numpy"])
def test_a_heavy_command_names_the_extra_that_it_needs(absent: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(
        (ROOT / "specs/table1.arch").read_text(encoding="utf-8"), encoding="utf-8"
    )
    commands = [
        ["train", "net.arch", "--out", "run"],
        ["eval", "run"],
        ["predict", "run", "a.png"],
        ["data", "digits", "--out", "digits"],
        ["bench", "net.arch"],
        ["sweep", "net.arch", "--over", "rate=1..2", "--out", "sweep"],
    ]
    for argv, (rc, out, err) in zip(commands, run(absent, tmp_path, *commands), strict=True):
        assert rc == 3, (argv, err)
        assert re.fullmatch(r"archdsl: [\w-]+ is not installed: pip install 'archdsl\[train\]'\n", err), argv
        assert out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["net.arch"]


def test_a_model_needs_what_trains_it(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(
        (ROOT / "specs/table1.arch").read_text(encoding="utf-8"), encoding="utf-8"
    )
    [(rc, _, err)] = run(TRAIN, tmp_path, ["compile", "net.arch", "-o", "net.keras"])
    assert (rc, err) == (3, "archdsl: tensorflow is not installed: pip install 'archdsl[train]'\n")
    assert [path.name for path in tmp_path.iterdir()] == ["net.arch"]


def test_several_extras_are_one_line(monkeypatch: Any) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    assert extras.refusal("sweep") == "tensorflow is not installed: pip install 'archdsl[train,sweep]'"
    assert extras.refusal("check") == ""
    monkeypatch.setattr(extras, "find_spec", lambda name: name)
    assert extras.refusal("sweep") == ""


def test_python_says_it_too(tmp_path: Path) -> None:
    code = (
        f"import sys\nfor name in {TRAIN!r}: sys.modules[name] = None\nimport archdsl\n"
        "for call in (archdsl.build, archdsl.train):\n"
        "    try: call('table1')\n"
        "    except ModuleNotFoundError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 2, done.stderr
    assert all(line.endswith("is not installed: pip install 'archdsl[train]'") for line in lines)


def test_a_module_of_nobody_stays_an_internal_error(monkeypatch: Any, capsys: Any) -> None:
    from archdsl.cli import check, main

    def broken(args: object) -> int:
        raise ModuleNotFoundError("No module named 'nowhere'", name="nowhere")

    monkeypatch.setattr(check, "run", broken)
    assert main.main(["check", "a.arch"]) == 70
    assert "internal error" in capsys.readouterr().err


def test_specs_are_found_by_name_from_any_folder(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    from archdsl.cli.main import main

    monkeypatch.chdir(tmp_path)
    assert main(["check", "papers/resnet#50-layer"]) == 0
    assert "25,557,032" in capsys.readouterr().out
    assert main(["check", "table2", "specs/table1.arch", "papers/forms/vgg.tex"]) == 0
    assert main(["fmt", "--to", "markdown", "table1"]) == 0
    assert "Conv5-x" in capsys.readouterr().out
    (tmp_path / "table2").write_text(BROKEN, encoding="utf-8")  # a file that is there wins
    assert main(["check", "table2"]) != 0
    capsys.readouterr()
    assert main(["check", "nothing/of/ours"]) == 2
    assert capsys.readouterr().err == "archdsl: cannot read nothing/of/ours: no such file or directory\n"
    assert main(["check", "papers/resnt"]) == 2
    assert "did you mean `papers/resnet`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("table1", "table1.arch"),
        ("papers/resnet.arch", "papers/resnet.arch"),
        ("./papers/resnet", "papers/resnet.arch"),
        ("specs/papers/forms/resnet.md", "papers/forms/resnet.md"),
        ("papers", None),
        ("../pyproject.toml", None),
        ("/table1", None),
        ("papers/counts.json", None),
        ("", None),
    ],
)
def test_find(name: str, found: str | None) -> None:
    path = specs.find(name)
    assert (path and Path(path).relative_to(specs.folder()).as_posix()) == found


def test_every_name_is_found() -> None:
    assert {"table1", "papers/resnet", "papers/forms/resnet.tex"} <= set(specs.names())
    assert all(specs.find(name) for name in specs.names())
    assert len(set(specs.names())) == len(specs.names()) > 40
