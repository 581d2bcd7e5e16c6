"""Seconds and megabytes of an install, in an environment of its own: `python benchmarks/install.py [EXTRA [PYTHON]]`.

PYTHON is the interpreter that it is installed for (default: the one that runs this).

The wheel is built first. What pip has in its cache is not downloaded again: the first run also tells the network.
Afterwards the installed command checks and draws a spec by its name, in an empty folder.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMANDS = (("check", "papers/resnet#50-layer"), ("draw", "table2", "-o", "table2.svg"), ("explain", "E0302"))


def megabytes(folder: Path) -> float:
    """Return the size of the files below a folder."""
    return (
        sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        / 1e6
    )


def timed(command: list[str], folder: Path) -> float:
    """Return the seconds that a command takes; end where it fails."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Install, measure, use."""
    extra = f"[{sys.argv[1]}]" if sys.argv[1:] and sys.argv[1] else ""
    python = sys.argv[2] if len(sys.argv) > 2 else sys.executable
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        timed([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", made], ROOT)
        [wheel] = folder.glob("*.whl")
        timed([python, "-m", "venv", str(folder / "env")], folder)
        scripts = folder / "env" / ("Scripts" if sys.platform == "win32" else "bin")
        before = megabytes(folder / "env")
        quiet = ["--quiet", "--disable-pip-version-check"]
        seconds = timed([str(scripts / "pip"), "install", *quiet, f"{wheel}{extra}"], folder)
        size = megabytes(folder / "env") - before
        print(
            f"archdsl{extra}: {seconds:.1f} s, {size:.1f} MB; the wheel {wheel.stat().st_size / 1e6:.2f} MB"
        )
        empty = folder / "empty"
        empty.mkdir()
        for command in COMMANDS:
            print(f"archdsl {' '.join(command)}: {timed([str(scripts / 'archdsl'), *command], empty):.2f} s")


if __name__ == "__main__":
    main()
