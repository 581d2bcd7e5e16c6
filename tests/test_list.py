"""`archdsl list`: the networks of files and the names that take them."""

import json
from pathlib import Path
from typing import Any

from archdsl.cli.main import main

ROOT = Path(__file__).parent.parent
TWO = """# A page

| Layer | Output | Structure |
| --- | --- | --- |
| conv1 | 32x32 | 3x3, 16 |
| pool  | 1x1 | global average pool, 10-d fc, softmax |

| Layer | Output | A | B |
| --- | --- | --- | --- |
| conv1 | 32x32 | 3x3, 16 | 3x3, 32 |
| conv2 | 9x9 | 3x3, 16, stride 2 | 3x3, 32, stride 2 |
| pool  | 1x1 | global average pool, 10-d fc, softmax | global average pool, 10-d fc, softmax |
"""


def test_networks_are_listed_with_the_names_that_take_them(
    tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text(TWO, encoding="utf-8")
    assert main(["list", "page.md", "--input", "32x32x3", "--format", "json"]) == 0
    [file] = json.loads(capsys.readouterr().out)["files"]
    names = [(one["name"], one["line"], one["ok"]) for one in file["networks"]]
    assert [ok for _, _, ok in names] == [True, False, False]
    assert main(["list", "page.md", "--input", "32x32x3"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name, _, _ in names)
    assert shown.count("has errors") == 2
    good = file["networks"][0]
    assert main(["check", good["address"], "--input", "32x32x3"]) == 0
    assert f"{good['params']['total']:,}" in capsys.readouterr().out


def test_every_address_takes_its_network(capsys: Any) -> None:
    path = str(ROOT / "specs/papers/resnet.arch")
    assert main(["list", path, "--format", "json"]) == 0
    networks = json.loads(capsys.readouterr().out)["files"][0]["networks"]
    assert len(networks) > 5
    for one in networks[:4]:
        assert main(["check", one["address"], "--one"]) == 0
        assert f"total {one['params']['total']:,}" in capsys.readouterr().out


def test_a_file_without_a_table_is_told(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text("Nothing here.\n", encoding="utf-8")
    assert main(["list", "page.md"]) == 1
    assert "E0110" in capsys.readouterr().err
    assert main(["list", "nowhere.arch"]) == 2
    assert main(["list", "."]) == 0  # of a folder such files are passed over
    assert capsys.readouterr().out == ""


def test_of_no_file_the_specs_that_come_along(capsys: Any) -> None:
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    assert "papers/resnet " in shown
    assert "Deep residual networks for ImageNet" in shown
    assert main(["list", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)["specs"]
    assert {"name": "papers/forms/resnet.tex", "about": "a tex document"} in listed
    assert all(one["about"] for one in listed)
