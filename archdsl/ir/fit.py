"""A row and its declared size -> its strides and paddings, or the diagnostic that says why there are none."""

from typing import NamedTuple

from archdsl.diagnostics import Reporter
from archdsl.ir.declared import DeclaredSizes, is_flat_size
from archdsl.ir.emit import Value
from archdsl.ir.follow import Names, Size, follow, last_channels, spatial
from archdsl.ir.settings import Settings
from archdsl.ir.solve import Solution, solve, windowed
from archdsl.ir.specs import Spec
from archdsl.ir.strays import unnamed
from archdsl.ir.strides import taker
from archdsl.problems import blocks, shapes
from archdsl.problems.base import size_text
from archdsl.source import Source, Span
from archdsl.syntax.ast import Row

Rows = list[tuple[Spec, ...] | None]


class Fitted(NamedTuple):
    """What a row comes to: its solution, or the size that the check goes on with and the one that the row computes."""

    solution: Solution | None
    going_on: Size | None = None
    missed: Size | None = None


class Fitter:
    """Fits the rows of one table to their sizes."""

    def __init__(self, source: Source, reporter: Reporter, settings: Settings, declared: DeclaredSizes) -> None:
        self.source = source
        self.reporter = reporter
        self.settings = settings
        self.rank = settings.rank
        self.stride_in = settings.conventions["stride-in"]
        self.declared = declared

    def fit(self, rows: tuple[Row, ...], specs: Rows, index: int, value: Value, arrives: Span | None, names: Names, lost: bool) -> Fitted:
        """Fit one row; `lost` says that the size that reaches it is not known."""
        row, own, target = rows[index], specs[index], self.declared.target(rows[index])
        assert own is not None
        lost_axes = len(value.shape) == 1 and self.rank > 0 and taker(own, "first") is not None
        shape = (*spatial(value.shape, self.rank), value.shape[-1])
        if target is None or lost or lost_axes or is_flat_size(row, own, shape, target):
            return Fitted(Solution(own, None, (), "same"))
        own = windowed(own, target)
        solution = solve(own, shape, target, self.stride_in, names)
        if solution:
            if solution.padding == "ceil" and value.id == 0:
                self._odd_padding(row, solution, shape, target, names)
            return Fitted(solution)
        errors = self.reporter.errors
        stray, known = unnamed(own, shape, names)
        if stray:
            self.reporter.add(blocks.unknown_value(self.source, stray.span, stray.name, known))
        if self.reporter.errors > errors:
            return Fitted(None, target)
        return self._missed(rows, [*specs[:index], own, *specs[index + 1 :]], index, value, arrives, names)

    def _missed(self, rows: tuple[Row, ...], specs: Rows, index: int, value: Value, arrives: Span | None, names: Names) -> Fitted:
        """Say why a row misses its size; go on with the one that the next row agrees with."""
        from archdsl.ir.explain_size import Miss, explain  # only what fails is explained

        row, own, target = rows[index], specs[index], self.declared.target(rows[index])
        assert own is not None
        assert target is not None
        following, after = self._following(rows, specs, index)
        next_target = self.declared.target(rows[after]) if following else None
        channels = last_channels(own, value.shape) or value.shape[-1]
        takes = (
            (lambda s: solve(following, (*s, channels), next_target, self.stride_in, names) is not None)
            if following and next_target
            else None
        )
        next_label = (rows[after].name or "the next row") + (f" ({size_text(next_target)})" if next_target else "") if following else ""
        place = self.settings.places.get("input") if value.id == 0 else None
        miss = Miss(row, row.name or row.text or "this row", own, value.shape, arrives, target, takes, next_label, names, place)
        diagnostic, going_on = explain(self.source, miss, self.stride_in)
        self.reporter.add(diagnostic)
        return Fitted(None, going_on, follow(own, (*spatial(value.shape, self.rank), value.shape[-1]), "same", names))

    def _following(self, rows: tuple[Row, ...], specs: Rows, index: int) -> tuple[tuple[Spec, ...], int]:
        """Give the layers up to the next row that prints a size, and that row."""
        found: tuple[Spec, ...] = ()
        for after in range(index + 1, len(rows)):
            own = specs[after]
            if own is None or rows[after].aside:
                return (), after
            found += own
            if self.declared.target(rows[after]):
                return found, after
        return found, len(rows) - 1

    def _odd_padding(self, row: Row, solution: Solution, shape: Size, target: Size, names: Names) -> None:
        """Tell of a first convolution whose windows stick out at one end only, where an input nearby needs no padding."""
        from archdsl.ir.mend import input_fix, input_for

        place = self.settings.places.get("input")
        n = input_for(solution.specs, shape, target, names)
        if n and place:
            fix = input_fix(self.source, place, target, n)
            self.reporter.add(shapes.odd_padding(self.source, row.name or row.text, row.size_span, target, shape[:-1], place, fix))
