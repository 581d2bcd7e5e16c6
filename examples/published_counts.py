"""Published networks as specs: prints the parameters that each paper or library states beside those computed
from its table."""

import json
import sys
from pathlib import Path
from typing import Any

import archdsl

PAPERS = Path(__file__).parent.parent / "specs/papers"


def main() -> int:
    """Print a line per network of specs/papers/counts.json; give 1 where a count is not the published one."""
    networks: dict[str, Any] = json.loads((PAPERS / "counts.json").read_text(encoding="utf-8"))
    wide = max(map(len, networks))
    print(f"{'network':<{wide}}  {'spec':<42} {'expected':>11} {'computed':>11}    lines")
    exact = 0
    for name, entry in networks.items():
        computed = count(entry)
        same = computed == (entry["trainable"], entry["total"])
        exact += same
        where = entry["spec"] + (f":{entry['variant']}" if entry["variant"] else "")
        sign = " " if same else "!"
        print(
            f"{name:<{wide}}  {where:<42} {entry['trainable']:>11,} {computed[0]:>11,} {sign} "
            f"{lines(entry['spec']):>6}"
        )
    print(f"{exact} of {len(networks)} networks have exactly the published parameters")
    return int(exact < len(networks))


def count(entry: dict[str, Any]) -> tuple[int, int]:
    """Return the trained parameters of a network, and all of them with the moving statistics of its norms.

    Some papers leave the norms' own parameters out (`"without": "norms"`): then the second number has those
    alone.
    """
    network = archdsl.load(str(PAPERS / entry["spec"]), variant=entry["variant"] or None).network()
    if entry.get("without") != "norms":
        return network.params.trainable, network.params.total
    # A norm has two trained numbers per channel, and two moving ones.
    return network.params.trainable - (
        network.params.total - network.params.trainable
    ), network.params.trainable


def lines(spec: str) -> int:
    """Count the lines of a spec that are neither empty nor a comment."""
    text = (PAPERS / spec).read_text(encoding="utf-8")
    return sum(1 for line in text.splitlines() if line.strip() and not line.startswith("# "))


if __name__ == "__main__":
    sys.exit(main())
