"""What the import of Keras leaves out for a command, and that it can be imported afterwards."""

import subprocess
import sys
from pathlib import Path

import pytest

from archdsl.backends.alone import backend, left_out


def test_conveniences_are_left_out_for_the_block_only() -> None:
    code = (
        "import sys\nfrom archdsl.backends.quiet import import_keras\nkeras = import_keras(alone=True)\n"
        "print([name for name in ('matplotlib', 'pandas', 'sklearn') if name in sys.modules])\n"
        "import sklearn.metrics, matplotlib.figure\nprint(keras.ops.add(1, 1) == 2)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stdout.splitlines()[0] == "[]", done.stderr
    assert done.returncode == 0, done.stderr


def test_what_is_loaded_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = object()
    monkeypatch.setitem(sys.modules, "sklearn", loaded)  # type: ignore[arg-type]
    with left_out():
        assert sys.modules["sklearn"] is loaded
    assert sys.modules["sklearn"] is loaded


def test_the_backend_is_that_which_keras_takes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert backend() == "tensorflow"
    (tmp_path / "keras.json").write_text('{"backend": "jax"}', encoding="utf-8")
    assert backend() == "jax"
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert backend() == "torch"
