"""Check cost and memory against the number of rows: 100, 1,000 and 10,000, each in a process of its own."""

import subprocess
import sys
import tempfile
from pathlib import Path

CHILD = """
import contextlib, os, resource, sys, time
from archdsl.cli.main import main
with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
    main(["check", sys.argv[2]])
    start = time.perf_counter()
    code = main(["check", sys.argv[1]])
    seconds = time.perf_counter() - start
assert code == 0
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def table(rows: int) -> str:
    """Write a residual network of so many rows."""
    lines = ["input 32x32x3", "style resnet", "stem 32x32 3x3, 16"]
    return "\n".join(lines + [f"row{i} 32x32 [3x3, 16; 3x3, 16] x2" for i in range(rows - 1)]) + "\n"


def main() -> None:
    """Print seconds, microseconds per row and the peak of memory."""
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.arch"
        small.write_text(table(2), encoding="utf-8")
        for rows in (100, 1_000, 10_000):
            path = Path(folder) / "rows.arch"
            path.write_text(table(rows), encoding="utf-8")
            best, peak = 1e9, 0.0
            for _ in range(3):
                done = subprocess.run(
                    [sys.executable, "-c", CHILD, str(path), str(small)],
                    capture_output=True,
                    text=True,
                    check=True,
                )
                seconds, memory = map(float, done.stdout.split())
                best, peak = min(best, seconds), max(peak, memory)
            print(
                f"{rows:>6,} rows  {best * 1e3:8.1f} ms  {best / rows * 1e6:6.0f} us/row  peak {peak:6.1f} MB"
            )


if __name__ == "__main__":
    main()
