"""What people who join find: the files of the project agree with each other and with the code."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import archdsl
from archdsl.cli.main import COMMANDS
from archdsl.cli.whole import parser

ROOT = Path(__file__).parent.parent
yaml = pytest.importorskip("yaml", reason="PyYAML is not installed: pip install pyyaml")


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def test_versions_agree() -> None:
    assert read("CITATION.cff")["version"] == archdsl.__version__
    for page in ("docs/ci.md", "docs/fmt.md", "action.yml"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert set(re.findall(r"(?:archdsl@|rev: )v(\d+\.\d+\.\d+)", text)) == {archdsl.__version__}, page


def test_the_citation_has_what_its_form_asks_for() -> None:
    citation = read("CITATION.cff")
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["cff-version"] == "1.2.0"


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[0-9]*.yml")), ids=lambda path: path.stem
)
def test_each_form_asks_for_the_table(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form)
    fields = {field["id"]: field for field in form["body"]}
    assert len(fields) == len(form["body"])
    assert fields["table"]["validations"]["required"]
    for field in fields.values():
        assert field["type"] in ("textarea", "input")
        assert field["attributes"]["label"]


def test_hooks_call_commands_that_parse_and_take_their_files() -> None:
    hooks = read(".pre-commit-hooks.yaml")
    assert {hook["id"] for hook in hooks} == {
        "archdsl-fmt",
        "archdsl-check",
        "archdsl-fix",
        "archdsl-check-documents",
    }
    for hook in hooks:
        program, *argv = hook["entry"].split()
        assert program == "archdsl"
        parser().parse_args([*argv, "a.arch", "b.arch"])
        assert hook["language"] == "python"
        assert "additional_dependencies" not in hook  # the light base is enough
        assert hook.get("files") == r"\.arch$" or set(hook["types_or"]) == {"markdown", "tex"}
        assert f"`{hook['id']}`" in (ROOT / "docs/ci.md").read_text(encoding="utf-8") or hook["id"] in (
            ROOT / "docs/ci.md"
        ).read_text(encoding="utf-8")


def test_the_hook_for_documents_passes_over_those_without_tables(
    tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    from archdsl.cli.main import main

    monkeypatch.chdir(tmp_path)
    Path("plain.md").write_text("# Nothing\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n", encoding="utf-8")
    Path("net.md").write_text(
        "<!-- archdsl: input 32x32x3 -->\n\n| Layer | Output | Structure |\n| --- | --- | --- |\n| conv1 | 9x9 | 3x3, 64 |\n| pool | 1x1 | average pool, 10-d fc |\n",
        encoding="utf-8",
    )
    assert main(["check", "--tables-only", "--format", "concise", "plain.md"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["check", "--tables-only", "--format", "concise", "plain.md", "net.md"]) == 1
    assert capsys.readouterr().out.startswith("net.md:5:")
    assert main(["check", "--format", "concise", "plain.md"]) == 1


def test_the_action_runs_a_command_that_parses(tmp_path: Path) -> None:
    action = read("action.yml")
    assert action["runs"]["using"] == "composite"
    step = action["runs"]["steps"][-1]
    assert "${{" not in step["run"]  # no input is ever a part of the program
    assert {*step["env"]} == set(re.findall(r"\$([A-Z]+)\b", step["run"]))
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    tool = tmp_path / "archdsl"
    tool.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    inputs = {name: str(one["default"]) for name, one in action["inputs"].items()}
    values = {"FILES": "specs a$(touch pwned).md", "FORMAT": "sarif", "OUTPUT": "out.sarif", "STRICT": "true"}
    assert values.keys() == step["env"].keys()
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", **values},
        check=True,
        timeout=30,
    )
    assert done.returncode == 0
    argv = (tmp_path / "out.sarif").read_text(encoding="utf-8").split("\n")[:-1]
    args = parser().parse_args(argv)
    assert (args.format, args.strict, args.file) == ("sarif", True, ["specs", "a$(touch", "pwned).md"])
    assert not (tmp_path / "pwned).md").exists()
    assert inputs["files"] == "."


def test_the_action_fails_where_a_table_does(tmp_path: Path) -> None:
    step = read("action.yml")["runs"]["steps"][-1]
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    tool = tmp_path / "archdsl"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archdsl "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    (tmp_path / "net.arch").write_text("input 32x32x3\nconv1 9x9 3x3, 64\n", encoding="utf-8")
    (tmp_path / "plain.md").write_text("No table here.\n", encoding="utf-8")
    given = {"FILES": "net.arch plain.md", "FORMAT": "github", "OUTPUT": "", "STRICT": "false"}
    paths = {"PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    command = ["bash", "-e", "-c", step["run"]]
    done = subprocess.run(
        command, cwd=tmp_path, env=paths | given, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=net.arch,line=2,")
    sound = given | {"FILES": "plain.md", "OUTPUT": "log.xml", "FORMAT": "junit"}
    subprocess.run(command, cwd=tmp_path, env=paths | sound, check=True, timeout=60)
    assert (tmp_path / "log.xml").read_text(encoding="utf-8").startswith("<?xml")


def test_the_image_copies_what_a_build_reads() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        word for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for word in line.split()
    }
    allowed = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line[:1] == "!"
    }
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


def test_the_pages_of_the_project_name_what_there_is() -> None:
    for page in ("CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "docs/releasing.md", "docs/ci.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for command in re.findall(r"`archdsl ([a-z]+)", text):
            assert command in COMMANDS, f"{page}: {command}"
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"
        for name in re.findall(r"`((?:archdsl|docs|tests|benchmarks|specs|ops|cli|table)/[\w./-]*)`", text):
            assert (ROOT / name).exists() or (ROOT / "archdsl" / name).exists(), f"{page}: {name}"
