"""Neovim, set up as docs/editors.md says, with the language server: errors, hover, a quick fix."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server needs pygls: pip install 'archdsl[editor]'")

ROOT = Path(__file__).parent.parent
NEOVIM = shutil.which("nvim")
SPEC = """\
input 32x32x3
style resnet
conv1  32x32  3x3, 64
conv2  9x9    [3x3, 64; 3x3, 64] x2
conv3  8x8    [3x3, 64; 3x3, 64] x2
"""


def setup(version: tuple[int, int]) -> str:
    """Return the Lua of docs/editors.md for this version of Neovim, with the server of this checkout."""
    page = (ROOT / "docs/editors.md").read_text(encoding="utf-8")
    new, old = re.findall(r"```lua\n(.*?)```", page, re.DOTALL)
    lua = new if version >= (0, 11) else old
    command = ", ".join(json.dumps(word) for word in (sys.executable, "-m", "archdsl", "lsp"))
    assert '{ "archdsl", "lsp" }' in lua
    return lua.replace('{ "archdsl", "lsp" }', f"{{ {command} }}")


def version_of(neovim: str) -> tuple[int, int]:
    said = subprocess.run([neovim, "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = re.search(r"NVIM v(\d+)\.(\d+)", said).groups()  # type: ignore[union-attr]
    return int(major), int(minor)


@pytest.mark.skipif(NEOVIM is None, reason="neovim is not installed (Debian: apt-get install neovim)")
def test_errors_hover_and_a_quick_fix(tmp_path: Path) -> None:
    assert NEOVIM is not None
    config, spec, seen = tmp_path / "init.lua", tmp_path / "net.arch", tmp_path / "seen.json"
    config.write_text(setup(version_of(NEOVIM)), encoding="utf-8")
    spec.write_text(SPEC, encoding="utf-8")
    command = [NEOVIM, "--headless", "--clean", "-u", str(config), str(spec)]
    drive = f"luafile {ROOT / 'tests' / 'drive_neovim.lua'}"
    homes = {name: str(tmp_path) for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    done = subprocess.run(
        [*command, "-c", drive],
        env=dict(os.environ) | homes | {"SEEN": str(seen)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert seen.exists(), done.stderr
    told = json.loads(seen.read_text(encoding="utf-8"))
    assert "fault" not in told, told
    assert told["filetype"] == "arch"
    assert len(told["before"]) == 1
    assert "conv2 is declared 9x9" in told["before"][0]
    assert "32×32×64" in told["hover"]
    assert told["after"] == []
    assert "9x9" not in spec.read_text(encoding="utf-8")
