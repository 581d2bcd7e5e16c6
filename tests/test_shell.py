"""The completion of shells and the manual page: both are made of the parsers of all commands."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archdsl.cli.main import COMMANDS, main
from archdsl.cli.whole import parser, parsers

ROOT = Path(__file__).parent.parent


def test_one_parser_reads_every_command() -> None:
    args = parser().parse_args(["check", "a.arch", "--format", "sarif"])
    assert (args.command, args.file, args.format) == ("check", ["a.arch"], "sarif")
    assert [name for name, _, _ in parsers()] == list(COMMANDS)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_script_names_commands_options_and_choices(shell: str, capsys: Any) -> None:
    pytest.importorskip("shtab", reason="shtab is not installed: pip install shtab")
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word in (*COMMANDS, "--explain", "sarif", "--level"):
        assert word in script


def test_bash_completes(capsys: Any) -> None:
    pytest.importorskip("shtab", reason="shtab is not installed: pip install shtab")
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out

    def completed(*words: str) -> list[str]:
        line = " ".join(f"'{word}'" for word in words)
        code = f"{script}\nCOMP_WORDS=(archdsl {line})\nCOMP_CWORD={len(words)}\n_shtab_archdsl\nprintf '%s\\n' \"${{COMPREPLY[@]}}\""
        done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, timeout=30, check=True)
        return done.stdout.split()

    assert "check" in completed("ch")
    assert {"sarif", "junit"} <= set(completed("check", "--format", ""))
    assert "--explain" in completed("check", "--e")


def test_the_manual_page_is_read_without_a_complaint() -> None:
    page = (ROOT / "docs/archdsl.1").read_text(encoding="utf-8")
    assert all(f".SS archdsl {name}\n" in page for name in COMMANDS)
    if shutil.which("man") is None and shutil.which("groff") is None:
        pytest.skip("there is neither man nor groff")
    tool = ["groff", "-man", "-ww", "-Tascii"] if shutil.which("groff") else ["man", "--warnings", "-l"]
    done = subprocess.run(
        [*tool, str(ROOT / "docs/archdsl.1")], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert "warning" not in done.stderr
    assert "check" in done.stdout
