"""The run folder: what is damaged is named, no path leads out of it, and a spec of any form is kept so that it compiles again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import runs

from archdsl.cli.main import main
from archdsl.loading import compile_path
from archdsl.network import Spec
from archdsl.resolve.settings import Overrides
from archdsl.train import keptspec, restore
from archdsl.train.cadence import Cadence
from archdsl.train.errors import RunError
from archdsl.train.folder import RunFolder, free_folder, json_text


def config() -> dict[str, Any]:
    """Return the configuration of a run, without training one."""
    plan = runs.plan()
    pixels = {"mean": [0.3], "deviation": [0.3]}
    return {
        "version": 2,
        "network": "net",
        "parameters": {"trainable": 1, "total": 1},
        "spec": plan.spec,
        "data": {"name": "digits", "classes": ["0", "1"], **plan.data_options},
        "scaling": {"scale": [1.0], "offset": [0.0]},
        "images": {"train": 160},
        "labels": {"train": "0"},
        "pixels": pixels,
        "recipe": plan.recipe.as_dict(),
        "seed": 3,
        "precision": "float32",
        "backend": "tensorflow",
        "save_every": "5min",
        "versions": {},
    }


def made(path: Path, value: Any) -> Path:
    """Make a run folder that holds a configuration and a spec."""
    folder = RunFolder(str(path))
    folder.create()
    folder.write_bytes("spec.arch", runs.SPEC.encode())
    folder.write_bytes("config.json", (value if isinstance(value, str) else json_text(value)).encode())
    folder.close()
    return path


def test_a_whole_folder_opens(tmp_path: Path) -> None:
    assert restore.opened(str(made(tmp_path / "run", config()))).network.name == "net"


def without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda value: value.pop(key)


def setting(*path: str, to: Any) -> Callable[[dict[str, Any]], object]:
    def edit(value: dict[str, Any]) -> None:
        for part in path[:-1]:
            value = value[part]
        value[path[-1]] = to

    return edit


EDITS = [
    (without("spec"), "it has no `spec`"),
    (without("data"), "it has no `data`"),
    (without("recipe"), "it has no `recipe`"),
    (without("version"), "of version None"),
    (setting("version", to=1), "of version 1"),
    (setting("spec", to=[]), "`spec` is"),
    (
        setting("spec", "file", to="../../etc/passwd"),
        r"`spec.file` is .*expected the name of a file in the run folder",
    ),
    (setting("spec", "file", to="/etc/passwd"), "`spec.file` is"),
    (setting("spec", "file", to=".."), "`spec.file` is"),
    (setting("spec", "file", to="other.arch"), "cannot read|no such file"),
    (setting("spec", "define", to={"n": "many"}), "`spec.define` is"),
    (setting("spec", "style", to=7), "`spec.style` is 7"),
    (setting("data", "name", to=None), "`data.name` is null"),
    (setting("pixels", "mean", to=[float("nan")]), "`pixels.mean` is"),
    (setting("recipe", "epochs", to="ten"), "its recipe: .*epochs"),
    (setting("recipe", "rate", to=-1), "its recipe: .*rate"),
    (setting("recipe", "magic", to=1), "its recipe: .*magic"),
    (setting("recipe", to={}), "its recipe: "),
    (setting("precision", to=None), "`precision` is null"),
]


@pytest.mark.parametrize(("edit", "said"), EDITS)
def test_a_damaged_configuration_is_told_by_its_key(
    edit: Callable[[dict[str, Any]], object], said: str, tmp_path: Path
) -> None:
    value = config()
    edit(value)
    with pytest.raises(RunError, match=said):
        restore.opened(str(made(tmp_path / "run", value)))


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"version": 2}', "\ufeff{}", "[" * 100_000])
def test_what_is_no_configuration_is_told(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", str(made(tmp_path / "run", text))]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "config.json" in said


@pytest.mark.parametrize("name", ["config.json", "spec.arch"])
def test_a_flipped_bit_is_told_by_the_file(name: str, tmp_path: Path) -> None:
    path = made(tmp_path / "run", config())
    text = (path / name).read_text(encoding="utf-8")
    (path / name).write_text(
        text.replace("0.3", "0.4") if name == "config.json" else text.replace("8x8x1", "9x9x1"),
        encoding="utf-8",
    )
    with pytest.raises(RunError, match=f"{name} is damaged: its checksum"):
        restore.opened(str(path))
    (path / "checksums.json").write_text("[", encoding="utf-8")
    with pytest.raises(RunError, match=r"checksums.json is damaged"):
        restore.opened(str(path))


def test_a_link_is_no_spec_of_the_folder(tmp_path: Path) -> None:
    path = made(tmp_path / "run", config())
    (tmp_path / "other").write_text(runs.SPEC, encoding="utf-8")
    (path / "spec.arch").unlink()
    (path / "spec.arch").symlink_to(tmp_path / "other")
    with pytest.raises(RunError, match="is a link"):
        restore.opened(str(path))


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "..", ".", "a/b", "", "x" * 300, "net 1", "ñ"])
def test_a_name_never_chooses_a_path_outside_of_runs(name: str) -> None:
    path = Path(free_folder(name))
    assert path.parts[0] == "runs"
    assert len(path.parts) == 2
    assert ".." not in path.parts
    assert len(path.name) < 100


TEX = r"\begin{tabular}{l|l} layer & out \\ \hline conv 3x3, 8 & 8x8 \\ avgpool, fc 10, softmax & 1x1 \end{tabular}"
NOTEBOOK = {"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["| layer | 8-layer |\n|---|---|\n| c1 | 3x3, 8 |\n| fc | average pool, 10-d fc |\n"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
FORMS = {
    "net.arch": runs.SPEC,
    "net.tex": TEX,
    "net.csv": 'layer,structure\nc1,"3x3, 8"\nhead,"average pool, 10-d fc, softmax"\n',
    "net.ipynb": json.dumps(NOTEBOOK),
    "net.md": "| layer | structure |\n|---|---|\n| c1 | 3x3, 8 |\n| head | average pool, 10-d fc, softmax |\n",
    "net.weird-ending": runs.SPEC,
}


@pytest.mark.parametrize("name", FORMS)
def test_a_spec_of_any_form_compiles_again(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(FORMS[name], encoding="utf-8")
    compiles_again(str(path), tmp_path / "run")


def test_standard_input_compiles_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FORMS["net.md"].encode())))
    compiles_again("-", tmp_path / "run")


def compiles_again(path: str, run: Path) -> None:
    """Assert that what a run keeps of a spec compiles to the same network."""
    overrides = Overrides({}, None, None if "arch" in path or "weird" in path else "8x8x1")
    compilation = compile_path(path, overrides)
    assert not compilation.failed, [one.message for one in compilation.diagnostics]
    kept = json.loads(json.dumps(keptspec.described(compilation, path, overrides)))
    folder = RunFolder(str(run))
    folder.create()
    folder.write_bytes(kept["file"], compilation.source.text.encode())
    network, text = keptspec.compiled_again(run, kept)
    folder.close()
    assert text == compilation.source.text
    first = Spec(compilation).network()
    assert network.name == first.name
    assert [node._replace(origin=()) for node in network.graph.nodes] == [
        node._replace(origin=()) for node in first.graph.nodes
    ]


@pytest.mark.parametrize("text", ["0", "-1", "often", "5 min", "0s", "", "1.5h"])
def test_a_cadence_of_no_known_form(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number of steps"):
        Cadence(text)


def test_cadences() -> None:
    assert [Cadence("2").due(step) for step in (1, 2, 3, 4)] == [False, True, False, True]
    assert not Cadence("epoch").due(10)
    assert not Cadence("1h").due(10)
