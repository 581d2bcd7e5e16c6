"""When messages have colours: `--color`, NO_COLOR, FORCE_COLOR, TERM and the terminal."""

import io
from pathlib import Path
from typing import Any

import pytest

from archdsl.cli.common import colored
from archdsl.cli.main import main


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "terminal", "pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "3"}, True, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
    ],
)
def test_the_environment(environment: dict[str, str], terminal: bool, pipe: bool, monkeypatch: Any) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert colored(Terminal()) is terminal
    assert colored(io.StringIO()) is pipe


@pytest.mark.parametrize(
    ("option", "variable", "escapes"),
    [
        ("always", "NO_COLOR", True),
        ("never", "FORCE_COLOR", False),
        ("auto", "FORCE_COLOR", True),
        ("auto", "NO_COLOR", False),
    ],
)
def test_the_option_wins(
    option: str, variable: str, escapes: bool, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):  # both are put back afterwards
        monkeypatch.setenv(name, "")
    monkeypatch.setenv(variable, "1")
    path = tmp_path / "a.arch"
    path.write_text("input 8x8x3\nconv1 9x9 3x3, 4\n", encoding="utf-8")
    assert main(["check", str(path), "--color", option]) == 1
    assert ("\x1b[" in capsys.readouterr().err) is escapes
