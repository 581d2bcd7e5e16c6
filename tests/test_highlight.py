"""Colours without reading: the TextMate grammar, the Pygments lexer, and the packaged extension."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archdsl.highlight import textmate
from archdsl.highlight.words import words
from archdsl.ops import OPS
from archdsl.resolve.conventions import CONVENTIONS, FACTS

ROOT = Path(__file__).parent.parent
EDITORS = ROOT / "editors"
SPEC = """\
# a spec
style resnet
block unit(c, s=1)
    3x3, c, /s
conv1 32x32 3x3, 64 filters, stride 2
conv2 16×16 [3x3, 64; max pool 2x2] x2
u 8x8 add conv1
"""


def scopes(line: str) -> dict[str, str]:
    """Give what the grammar colours in a line, the leftmost match first, as editors do."""
    found: dict[str, str] = {}
    patterns = [(re.compile(one["match"]), one) for one in textmate.grammar()["patterns"]]
    at = 0
    while at < len(line):
        hits = [
            (match.start(), number, match)
            for number, (form, _) in enumerate(patterns)
            if (match := form.search(line, at)) and match[0]
        ]
        if not hits:
            break
        _, number, match = min(hits, key=lambda hit: hit[:2])
        rule = patterns[number][1]
        if "name" in rule:
            found[match[0]] = rule["name"]
        for group, scope in rule.get("captures", {}).items():
            found[match[int(group)]] = scope["name"]
        at = max(match.end(), at + 1)
    return found


def test_the_grammar_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(EDITORS / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_word_of_the_vocabulary_is_coloured() -> None:
    layer, setting = re.compile(words("layer")), re.compile(words("setting"))
    for op in OPS.values():
        for word in op.words:
            assert len(word) < 2 or layer.fullmatch(word), word
    for key in (*FACTS, *CONVENTIONS):
        assert setting.match(f"{key} value"), key


@pytest.mark.parametrize(
    ("line", "text", "scope"),
    [
        ("# a spec", "# a spec", "comment"),
        ("style resnet", "style", "keyword.other.setting"),
        ("block unit(c)", "unit", "entity.name.function"),
        ("conv1 32x32 3x3, 64", "32x32", "constant.numeric.size"),
        ("conv1 32x32 3x3, 64", "conv1", "entity.name.tag"),
        ("224^2×3 | conv2d", "224^2×3", "constant.numeric.size"),
        ("params 31,030,658", "31,030,658", "constant.numeric"),
        ("p 16x16 max pool 2x2", "max pool", "support.function.layer"),
        ("c 16x16 3x3, 64, stride 2", "stride", "variable.parameter.option"),
        ("u 8x8 add conv1", "add", "keyword.control.wire"),
        ("u 8x8 [3x3, 8] x2", " x2", "keyword.operator.repeat"),
    ],
)
def test_scopes(line: str, text: str, scope: str) -> None:
    assert scopes(line)[text].startswith(scope)


def test_the_pygments_lexer() -> None:
    pytest.importorskip("pygments", reason="Pygments is not installed")
    from pygments.token import Comment, Error, Keyword, Name, Number

    from archdsl.highlight.lexer import ArchLexer

    found = list(ArchLexer().get_tokens(SPEC))
    assert "".join(text for _, text in found) == SPEC
    assert not [text for kind, text in found if kind is Error]
    kinds = {text.strip(): kind for kind, text in found}
    assert kinds["# a spec"] is Comment.Single
    assert kinds["style"] is Keyword
    assert kinds["unit"] is Name.Function
    assert kinds["max pool"] is Name.Builtin
    assert kinds["16×16"] is Number


def test_the_lexer_is_an_entry_point() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pygments.lexers"] == {"archdsl": "archdsl.highlight.lexer:ArchLexer"}


def test_the_extension_names_files_that_are_there() -> None:
    package = json.loads((EDITORS / "vscode/package.json").read_text(encoding="utf-8"))
    assert (EDITORS / "vscode" / package["main"]).exists()
    language, grammar = package["contributes"]["languages"][0], package["contributes"]["grammars"][0]
    assert json.loads((EDITORS / "vscode" / language["configuration"]).read_text(encoding="utf-8"))
    assert grammar["scopeName"] == textmate.SCOPE
    source = (EDITORS / "vscode/extension.js").read_text(encoding="utf-8")
    for command in package["contributes"]["commands"]:
        assert f'"{command["command"]}"' in source
    from archdsl.editor import requests

    assert f'"{requests.PREVIEW}"' in source


def test_the_extension_is_a_program() -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    done = subprocess.run(
        ["node", "--check", str(EDITORS / "vscode/extension.js")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_extension_is_packaged(tmp_path: Path) -> None:
    vsce = EDITORS / "vscode/node_modules/.bin/vsce"
    if shutil.which("npx") is None or not (EDITORS / "vscode/node_modules/vscode-languageclient").exists():
        pytest.skip("needs node, and `npm install` in editors/vscode")
    if not vsce.exists():
        pytest.skip("needs @vscode/vsce: `npm install` in editors/vscode")
    out = tmp_path / "archdsl.vsix"
    done = subprocess.run(
        [str(vsce), "package", "--out", str(out)],
        cwd=EDITORS / "vscode", capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(out).namelist()
    assert {
        "extension/extension.js",
        "extension/arch.tmLanguage.json",
        "extension/language-configuration.json",
    } <= set(names)
    assert any(name.startswith("extension/node_modules/vscode-languageclient/") for name in names)
