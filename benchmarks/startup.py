"""Start-up: a whole `archdsl check specs/table2.arch` process against `python -c pass`, in interleaved runs.

Processor time (user and system) of the least disturbed runs: a busy machine spoils it less than time on the
clock.
"""

import compileall
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMAND = Path(sys.executable).parent / "archdsl"
CASES = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "archdsl --version": [str(COMMAND), "--version"],
    "archdsl --help": [str(COMMAND), "--help"],
    "archdsl check specs/table2.arch": [str(COMMAND), "check", str(ROOT / "specs/table2.arch")],
    # One network of another form: its reader and its rows are in these, so they tell what a form costs, not
    # the start alone.
    **{
        f"archdsl check vgg.{form} --variant A": [
            str(COMMAND),
            "check",
            str(ROOT / f"specs/papers/forms/vgg.{form}"),
            "--variant",
            "A",
        ]
        for form in ("md", "tex", "html")
    },
}
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str]) -> float:
    """Return the processor time of one run of a process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    assert status == 0, command
    return usage.ru_utime + usage.ru_stime


def main(repeats: int = 40) -> None:
    """Print each case's minimum and median, and their ratios to those of the bare interpreter."""
    if not shutil.which(str(COMMAND)):
        sys.exit("archdsl is not installed beside this Python: pip install -e . first")
    compileall.compile_dir(ROOT / "archdsl", quiet=1)
    times: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(repeats):
        for name, command in CASES.items():
            times[name].append(seconds(command))
    least, middle = min(times["python -c pass"]), statistics.median(times["python -c pass"])
    for name, values in times.items():
        median = statistics.median(values)
        print(
            f"{name:<34} {min(values) * 1e3:7.1f} ms {min(values) / least:5.2f}x   median "
            f"{median * 1e3:7.1f} ms {median / middle:5.2f}x"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
