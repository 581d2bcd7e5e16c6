"""Check of the 40 networks of `keras.applications` from specs/keras: all of them in one process, one after the
other and each read anew, and each alone, as a process, against `archdsl check specs/table1.arch`.

Processor time (user and system) of the least disturbed runs. `python benchmarks/check_applications.py [NAME ...]`
measures these networks alone, or all.
"""

import compileall
import json
import subprocess
import sys
from pathlib import Path

from startup import COMMAND, ROOT, seconds

sys.path.insert(0, str(ROOT / "tests"))

from keras_networks import CASES, Case

REPEATS = 7
TOGETHER = """
import gc, json, sys, time
import archdsl
gc.disable()
cases = json.loads(sys.argv[1])
archdsl.load(sys.argv[2]).network().params
for _ in range(3):
    start = time.process_time()
    for path, variant in cases:
        archdsl.load(path, variant=variant).network().params
    print(time.process_time() - start)
"""
TABLE1 = str(ROOT / "specs/table1.arch")


def together() -> float:
    """Return the seconds of processor time of all networks in one process, its start left out."""
    cases = json.dumps([(case.path, case.variant) for case in CASES])
    done = subprocess.run(
        [sys.executable, "-c", TOGETHER, cases, TABLE1], capture_output=True, text=True, check=True
    )
    return min(map(float, done.stdout.split()))


def alone(path: str, variant: str | None = None) -> float:
    """Return the seconds of processor time of a process that checks one network."""
    command = [str(COMMAND), "check", path, *(("--variant", variant) if variant else ())]
    return min(seconds(command) for _ in range(REPEATS))


def main(names: list[str]) -> None:
    """Print the time of all in one process, and the ratio of each network to table 1."""
    compileall.compile_dir(Path(ROOT) / "archdsl", quiet=1)
    print(f"all {len(CASES)} in one process: {together():.2f} s")
    wanted: list[Case] = [case for case in CASES if not names or case.constructor in names]
    table1 = alone(TABLE1)
    for case in wanted:
        own = alone(case.path, case.variant)
        print(f"{case.constructor:<18} {own * 1e3:6.1f} ms {own / table1:5.2f}x of table 1", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
