"""Draws docs/figures; `--check` fails where one is stale: the DOT text of each is told by its digest, as
layouts differ by machine."""

import contextlib
import hashlib
import os
import sys
import tempfile
from pathlib import Path

from archdsl.cli.main import main as archdsl

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "figures"
DIGESTS = FOLDER / "digests.txt"
RESNET = "specs/papers/resnet.arch"
FIGURES = {
    "table1": ["draw", "specs/table1.arch"],
    "table2": ["draw", "specs/table2.arch"],
    "resnet-50": ["draw", f"{RESNET}#50-layer", "--level", "paper"],
    "resnet-50-and-101": ["draw", f"{RESNET}#50-layer", f"{RESNET}#101-layer"],
    "inception": ["explain", "inception"],
    "u-net": ["draw", "specs/papers/u-net-padded.arch", "--level", "paper"],
    "vit": ["draw", "specs/papers/vit.arch#B/16", "--level", "paper"],
    "misprint": ["draw", "examples/misprint.arch"],
}
DPI = "96"  # of the PNG files: a repository has no need of more


def drawn(command: list[str], out: str) -> Path:
    """Run a command as it stands in the documents, into a file."""
    with open(os.devnull, "w") as quiet, contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        archdsl([*command, "-o", out])
    return Path(out)


def digests() -> str:
    """Return the digest of the DOT text of every figure."""
    with tempfile.TemporaryDirectory() as folder:
        texts = {
            name: drawn(command, os.path.join(folder, f"{name}.dot")).read_bytes()
            for name, command in FIGURES.items()
        }
    return "".join(f"{hashlib.sha256(text).hexdigest()}  {name}\n" for name, text in texts.items())


def main() -> int:
    """Draw all figures, or check that they are current."""
    os.chdir(ROOT)
    if "--check" in sys.argv:
        if DIGESTS.read_text(encoding="utf-8") != digests():
            print("docs/figures is stale: run `python docs/figures.py`", file=sys.stderr)
            return 1
        return 0
    for name, command in FIGURES.items():
        for kind in ("svg", "png"):
            dense = ["--dpi", DPI] if command[0] == "draw" else []
            drawn([*command, *dense], str(FOLDER / f"{name}.{kind}"))
    DIGESTS.write_text(digests(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
