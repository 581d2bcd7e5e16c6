"""Every example runs and prints what it promises."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
PROMISED = {
    "check_family.py": "ResNet-1202   19,421,274 parameters  depth 1202",
    "build_and_predict.py": "9,922,250 parameters; probabilities sum to 1.000",
    "published_counts.py": "squeezenet.arch                              1,248,424   1,248,424",
    "diagnose.py": "E0302 in line 6, column 10",
}


def test_every_example_is_known() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(PROMISED)


@pytest.mark.parametrize("name", PROMISED)
def test_example(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert PROMISED[name] in done.stdout
