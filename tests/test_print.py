"""What people print, and what it means: small tables with known counts or messages, in `tests/print/*.toml`.

A `[[case]]` has a `name`, a `form` (the ending of the file), the `text`, perhaps `args` for `archdsl check`, and what holds:
`trainable`, `macs` and `total` per network (0 matches any), `sizes` of stages of the first network, `codes` (exactly these
errors), `says` and `never` (words of all diagnostics, in any case), `most` diagnostics, `fixable` (the first fix of the
first error, applied, leaves none), `passed_over` (no network, and no diagnostic but that there is none).
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from archdsl.cli.main import main

FOLDER = Path(__file__).parent / "print"


def _cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            found.append(pytest.param(case, id=f"{path.stem}/{case['name']}"))
    return found


def _checked(path: Path, args: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main(["check", "--format", "json", str(path), *args])
    (file,) = json.loads(capsys.readouterr().out)["files"]
    return code, file


def _words(diagnostics: list[dict[str, Any]]) -> str:
    return json.dumps(diagnostics, ensure_ascii=False).replace("\\n", "\n").replace('\\"', '"').lower()


def _fixed(text: str, diagnostic: dict[str, Any]) -> str:
    """Apply the first fix of a diagnostic, its last edit first."""
    assert diagnostic["fixes"], "no fix is offered"
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def offset(place: dict[str, int]) -> int:
        return starts[place["line"] - 1] + place["column"] - 1

    edits = diagnostic["fixes"][0]["edits"]
    for edit in sorted(edits, key=lambda edit: offset(edit["range"]["start"]), reverse=True):
        text = text[: offset(edit["range"]["start"])] + edit["text"] + text[offset(edit["range"]["end"]) :]
    return text


def _counts(networks: list[dict[str, Any]], key: str, want: list[int]) -> list[int]:
    got = [network["macs"] if key == "macs" else network["params"][key] for network in networks]
    return [0 if i < len(want) and want[i] == 0 else value for i, value in enumerate(got)]


@pytest.mark.parametrize("case", _cases())
def test_print(case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"net.{case['form']}"
    path.write_text(case["text"], encoding="utf-8")
    args = case.get("args", [])
    code, told = _checked(path, args, capsys)
    diagnostics = told["diagnostics"]
    errors = [found for found in diagnostics if found["severity"] == "error"]
    if case.get("passed_over"):
        assert not told["networks"]
        assert {found["code"] for found in diagnostics} <= {"E0110"}
        return
    if "codes" in case:
        assert sorted(found["code"] for found in errors) == sorted(case["codes"])
    elif "says" not in case or "trainable" in case:
        assert code == 0, diagnostics
    for key in ("trainable", "macs", "total"):
        if key in case:
            assert _counts(told["networks"], key, case[key]) == case[key]
    if "sizes" in case:
        stages = {
            stage["name"]: "x".join(map(str, stage["computed"])) for stage in told["networks"][0]["stages"]
        }
        assert {name: stages.get(name) for name in case["sizes"]} == case["sizes"]
    words = _words(diagnostics)
    assert [word for word in case.get("says", []) if word.lower() not in words] == []
    assert [word for word in case.get("never", []) if word.lower() in words] == []
    assert len(diagnostics) <= case.get("most", len(diagnostics))
    if case.get("fixable"):
        path.write_text(_fixed(case["text"], errors[0]), encoding="utf-8")
        assert _checked(path, args, capsys)[0] == 0
