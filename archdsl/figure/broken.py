"""A compilation with errors -> the figure of the rows of its first broken table."""

import os
from collections.abc import Sequence

from archdsl.diagnostics import Diagnostic
from archdsl.figure.parts import Figure
from archdsl.figure.sketch import sketch
from archdsl.graph.graph import SketchStage
from archdsl.light import NamedTuple
from archdsl.pipeline import Compilation


class Broken(NamedTuple):
    """The name of a table with errors, and the model of its figure."""

    name: str
    model: Figure


def broken(found: Compilation) -> Broken | None:
    """Model the only table, or the first one with a fault, as far as its rows were understood; None where
    there is none, or no error."""
    tables = [(compiled.settings.name, compiled.sketch) for compiled in found.compiled]
    faulty = [table for table in tables if any(stage.faulty for stage in table[1])] or [
        table for table in tables if table[1]
    ]
    errors = [diagnostic for diagnostic in found.diagnostics if diagnostic.severity == "error"]
    if not faulty or not errors:
        return None
    name, stages = faulty[0]
    file = os.path.basename(found.source.path)
    line, column = found.source.position(errors[0].span.start)
    fault = f"{len(errors)} error{'s' * (len(errors) != 1)}: {errors[0].code} at {file}:{line}:{column}"
    return Broken(name, sketch(name, stages, file, fault, _said(stages, errors)))


def _said(stages: Sequence[SketchStage], errors: Sequence[Diagnostic]) -> dict[int, list[str]]:
    """Return message and help of the first error in each faulty row, by the row's line."""
    faulty = {stage.line for stage in stages if stage.faulty}
    said: dict[int, list[str]] = {}
    for error in errors:
        line = error.source.position(error.span.start)[0]
        row = max((row for row in faulty if row <= line), default=0)
        if row and row not in said:
            helps = error.help or (error.fixes[0].title if error.fixes else "")
            said[row] = [f"{error.code}: {error.message}", *([f"help: {helps}"] if helps else [])]
    return said
