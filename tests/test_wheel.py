"""The wheel: what is in it, what it says of itself, and that it works from another folder."""

import email
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, without an environment of its own."""
    out = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [built] = out.glob("*.whl")
    return built


def metadata(wheel: Path) -> email.message.Message:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(archive.read(name))


def test_what_the_code_reads_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert len(names) == len(set(names))
    for name in (
        "py.typed",
        "syntax/_tables.py",
        "syntax/grammar.lark",
        "specs/__init__.py",
        "specs/table1.arch",
        "specs/papers/resnet.arch",
        "specs/papers/forms/resnet.tex",
    ):
        assert f"archdsl/{name}" in names
    below = {path.relative_to(ROOT).as_posix() for path in (ROOT / "archdsl").rglob("*") if path.is_file()}
    assert {name for name in below if "__pycache__" not in name} <= set(names)
    assert any(name.endswith("/share/man/man1/archdsl.1") for name in names)
    tops = {name.partition("/")[0].partition(".")[2].rpartition(".")[2] or "archdsl" for name in names}
    assert tops == {"archdsl", "data", "dist-info"}


def test_the_base_is_light_and_the_pages_links_lead_somewhere(wheel: Path) -> None:
    about = metadata(wheel)
    needed = [line for line in about.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(line.split(">")[0] for line in needed) == [
        "font-roboto",
        "graphviz",
        "lark",
        "pygraphviz",
        "shtab",
    ]
    assert any(line.startswith("tensorflow") for line in about.get_all("Requires-Dist", []))
    assert "train" in about.get_all("Provides-Extra", [])
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13)} <= set(
        about.get_all("Classifier", [])
    )
    text = str(about.get_payload())
    assert "](https://raw.githubusercontent.com/archdsl/archdsl/main/docs/figures/table1.png)" in text
    assert "](https://github.com/archdsl/archdsl/blob/main/docs/language.md)" in text
    assert "](docs/" not in text


def test_it_works_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = (
        "import archdsl.specs as specs, sys\nassert 'site' in specs.folder(), specs.folder()\n"
        "from archdsl.cli.main import main\nsys.exit(main(['check', 'papers/resnet#50-layer']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "25,557,032" in done.stdout


def test_the_index_would_take_it(wheel: Path) -> None:
    if find_spec("twine") is None:
        pytest.skip("twine is not installed: pip install twine")
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", str(wheel)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
