"""Diagnostics as data: finds the misprint of a table and applies the fix that comes with it."""

from pathlib import Path

import archdsl

SPEC = Path(__file__).parent / "misprint.arch"


def main() -> None:
    """Print each problem with its place, and the line as the fix would have it."""
    for problem in archdsl.check(str(SPEC)):
        line, column = problem.source.position(problem.span.start)
        print(f"{problem.code} in line {line}, column {column}: {problem.message}")
        for edit in problem.fixes[0].edits:
            text = problem.source.text
            mended = text[: edit.span.start] + edit.text + text[edit.span.end :]
            print("mended:", mended.splitlines()[line - 1])


if __name__ == "__main__":
    main()
