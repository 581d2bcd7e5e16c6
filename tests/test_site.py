"""The documentation as a site: it builds, every link leads somewhere, and nothing is asked of another server."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs")
    pytest.importorskip("mkdocstrings")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_spec_is_in_the_gallery(site: Path) -> None:
    index = (site / "gallery/index.html").read_text(encoding="utf-8")
    for path in (ROOT / "specs").rglob("*.arch"):
        name = path.relative_to(ROOT / "specs").with_suffix("").as_posix().replace("/", "-")
        assert f'href="{name}/"' in index, name
        assert (site / "gallery" / f"{name}.svg").stat().st_size > 1000


def test_every_message_and_command_has_its_place(site: Path) -> None:
    from archdsl.cli.main import COMMANDS
    from archdsl.explaining.texts import codes

    for code in codes():
        assert (site / "reference/messages" / code / "index.html").exists(), code
    commands = (site / "reference/commands/index.html").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"usage: archdsl {command}" in commands


def test_public_names_are_documented(site: Path) -> None:
    import archdsl

    page = (site / "reference/python/index.html").read_text(encoding="utf-8")
    places = {"train": "train.api.train"}  # a package that can be called
    functions = [name for name in archdsl.__all__ if name[0].islower()]
    assert functions
    for name in functions:
        assert f'id="archdsl.{places.get(name, name)}"' in page, name


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in ("index.html", "tutorial/index.html", "gallery/papers-vgg/index.html"):
        text = (site / page).read_text(encoding="utf-8")
        assert not re.findall(
            r'<(?:script|img|link rel="stylesheet")[^>]+(?:src|href)="https?://[^"]+"', text
        )
