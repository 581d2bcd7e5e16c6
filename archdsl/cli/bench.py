"""`archdsl bench RUN|FILE`: latency and throughput of every engine that is installed, at several batch
sizes."""

import argparse
import json
import os
from typing import Any

from archdsl.cli import data_options, deploy_options
from archdsl.cli.deploy_options import FAILED, MISSING


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    deploy_options.arguments(parser)
    parser.add_argument(
        "--batch",
        type=_batches,
        default=(1, 8, 64),
        metavar="N,N",
        help="batch sizes, with commas between (default: 1,8,64)",
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=3.0,
        metavar="S",
        help="how long each engine runs at each size (default: 3)",
    )
    parser.add_argument(
        "--engine",
        action="append",
        default=[],
        metavar="NAME",
        help="measure only engines whose name contains this (may be repeated)",
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="a table, or JSON (default: text)"
    )


def _batches(text: str) -> tuple[int, ...]:
    return tuple(data_options.positive(word.strip()) for word in text.split(","))


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of seconds above 0")
    return value


def run(args: argparse.Namespace) -> int:
    """Measure the network of the command line."""
    found = deploy_options.opened(args)
    if isinstance(found, int):
        return found
    from archdsl.deploy.bench import PYTORCH, WAYS, bench, chosen
    from archdsl.deploy.errors import DeployError, Missing
    from archdsl.deploy.job import Job
    from archdsl.deploy.packages import TENSORFLOW, require
    from archdsl.train.errors import RunError

    names = [*(way.name for way in WAYS), PYTORCH]
    if not any(chosen(name, args.engine) for name in names):
        return deploy_options.told(
            ValueError(f"no engine is called {' or '.join(args.engine)}; there are: {', '.join(names)}")
        )
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        require(TENSORFLOW)
        result = bench(
            Job(found.network, deploy_options.model(args, found)), args.batch, args.seconds, args.engine
        )
    except Missing as error:
        return deploy_options.told(error, MISSING)
    except DeployError as error:
        return deploy_options.told(error, FAILED)
    except RunError as error:
        return deploy_options.told(error)
    print(json.dumps(_json(found, result), indent=2) if args.format == "json" else _table(result))
    return 0


def _table(result: Any) -> str:
    width = max(map(len, [*result.measured, *result.left_out, "engine"])) + 2
    lines = [f"{'engine':<{width}}{'batch':>6}{'median ms':>11}{'p95 ms':>10}{'images/s':>10}{'error':>10}"]
    for name, timings in result.measured.items():
        error = f"{result.errors[name]:.1e}" if name in result.errors else "-"
        for one in timings:
            times = f"{one.median * 1e3:>11.2f}{one.p95 * 1e3:>10.2f}{one.throughput:>10,.1f}"
            lines.append(f"{name:<{width}}{one.batch:>6}{times}{error:>10}")
    lines += [f"{name:<{width}}not measured: {why}" for name, why in result.left_out.items()]
    return "\n".join(lines)


def _json(found: Any, result: Any) -> dict[str, Any]:
    rows = [
        {
            "engine": name,
            "batch": one.batch,
            "median_s": one.median,
            "p95_s": one.p95,
            "images_per_s": one.throughput,
            "calls": len(one.seconds),
            "error": result.errors.get(name),
        }
        for name, timings in result.measured.items()
        for one in timings
    ]
    return {
        "network": found.network.name,
        "cores": os.cpu_count(),
        "engines": rows,
        "not_measured": result.left_out,
    }
