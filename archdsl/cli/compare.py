"""`archdsl compare RUN RUN...`: configurations that differ, results in a table, curves in one plot."""

import argparse
import json
import sys

from archdsl.cli import common

FORMATS = ("text", "markdown", "latex", "json")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("runs", metavar="RUN", nargs="+", help="folders that `archdsl train` wrote")
    parser.add_argument(
        "--split",
        choices=("train", "validation", "test"),
        default="test",
        help="which evaluations (default: test)",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="how the tables are printed (default: text)"
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="write report, tables and curves into a folder: HTML, Markdown, LaTeX, JSON, SVG, PNG",
    )


def run(args: argparse.Namespace) -> int:
    """Compare runs."""
    from archdsl.evaluate.runs import records
    from archdsl.train.folder import RunError

    try:
        runs = records(args.runs)
    except RunError as error:
        print(f"archdsl: {error}", file=sys.stderr)
        return common.USAGE
    print(_text(runs, args.format, args.split).rstrip("\n"))
    if args.out:
        from archdsl.evaluate.comparison_files import write

        names = write(args.out, runs, args.split)
        print(f"\nwritten to {args.out}: {', '.join(names)}", file=sys.stderr)
    return 0


def _text(runs: list, form: str, split: str) -> str:  # type: ignore[type-arg]
    from archdsl.evaluate import comparing
    from archdsl.evaluate.table import latex

    if form == "json":
        return json.dumps(comparing.as_json(runs), indent=2)
    if form == "latex":
        return latex(comparing.results(runs, split), "tab:results")
    return comparing.in_markdown(runs, split) if form == "markdown" else comparing.written(runs, split)
