"""A compilation with errors -> the sketch of its rows, with what is told of the faulty ones."""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from archdsl.diagnostics import Diagnostic
from archdsl.figure.page.facts import Facts, sketch_facts
from archdsl.figure.parts import Figure
from archdsl.figure.sketch import sketch
from archdsl.graph.graph import SketchStage
from archdsl.pipeline import Compilation
from archdsl.source import Source


class Broken(NamedTuple):
    """The sketch of a broken table."""

    name: str
    model: Figure
    stages: tuple[SketchStage, ...]
    said: Mapping[int, Sequence[str]]
    source: Source

    def facts(self) -> Facts:
        """Return what a page tells of the rows."""
        return sketch_facts(self.stages, self.said, self.source)


def broken(found: Compilation, level: str = "block") -> Broken | None:
    """Sketch the only table, or the first one with a fault, as far as its rows were understood, at a level of
    detail; None where there is no row or no error."""
    tables = [(compiled.settings.name, compiled.sketch) for compiled in found.compiled]
    faulty = [table for table in tables if any(stage.faulty for stage in table[1])]
    errors = [diagnostic for diagnostic in found.diagnostics if diagnostic.severity == "error"]
    drawn = next(iter(faulty or [table for table in tables if table[1]]), None)
    if drawn is None or not errors:
        return None
    name, stages = drawn
    file = os.path.basename(found.source.path)
    line, column = found.source.position(errors[0].span.start)
    fault = f"{len(errors)} error{'s' * (len(errors) != 1)}: {errors[0].code} at {file}:{line}:{column}"
    said = _said(stages, errors)
    return Broken(name, sketch(name, stages, file, fault, said, level), stages, said, found.source)


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
