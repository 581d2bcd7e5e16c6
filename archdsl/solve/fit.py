"""A row and its declared size -> its strides and paddings, or the diagnostic that says why there are none."""

from functools import partial

from archdsl.diagnostics import Diagnostic, Edit, Fix, Reporter
from archdsl.graph.emit import Value
from archdsl.light import NamedTuple
from archdsl.ops import OPS
from archdsl.problems import sizing, uses
from archdsl.problems.base import replace, size_text
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import LayerSpec, Spec
from archdsl.solve.declared import DeclaredSizes, flat_units, is_flat_size
from archdsl.solve.downsample import downsampled
from archdsl.solve.follow import Names, entering, follow, last_channels, spatial
from archdsl.solve.layer_shape import Size
from archdsl.solve.solve import Sized, Solution, solve, windowed
from archdsl.source import Source, Span
from archdsl.syntax.ast import Row

Rows = list[tuple[Spec, ...] | None]


class Fitted(NamedTuple):
    """What a row comes to: its solution, or the size that the check goes on with and the one that the row
    computes.

    `corrected` is the size that another row must have had, `inner` the printed one where a pool stands behind
    it.
    """

    solution: Solution | None
    going_on: Size | None = None
    missed: Size | None = None
    corrected: tuple[int, Size] | None = None
    inner: Size = ()


class Fitter:
    """Fits the rows of one table to their sizes."""

    def __init__(
        self, source: Source, reporter: Reporter, settings: Settings, declared: DeclaredSizes
    ) -> None:
        self.source = source
        self.reporter = reporter
        self.settings = settings
        self.rank = settings.rank
        self.stride_in = settings.conventions["stride-in"]
        self.declared = declared
        self.planned: dict[int, Solution] = {}
        self.before: Sized | None = None
        self.mended: list[tuple[Edit, ...]] = []  # what the first fixes of the faults so far change

    def fit(
        self,
        rows: tuple[Row, ...],
        specs: Rows,
        index: int,
        value: Value,
        arrives: Span | None,
        names: Names,
        lost: bool,
    ) -> Fitted:
        """Fit one row; `lost` says that the size that reaches it is not known."""
        row, own, target = rows[index], specs[index], self.declared.target(rows[index])
        assert own is not None
        shape = entering(own, value.shape, names)
        if target is None and not lost and index not in self.planned:
            from archdsl.solve.across import across

            self.planned |= across(rows, specs, index, shape, self.declared, self.stride_in, names)
        if index in self.planned:
            return Fitted(self.planned[index])
        if target is None or lost or is_flat_size(row, own, shape, target, names, value.certain):
            return Fitted(Solution(own, None, (), "same"))
        if (units := flat_units(row, own, shape, target, names)) is not None:
            fix = replace(f"write {units}, as the row computes", row.size_span, str(units))
            label = row.name or row.text
            self.reporter.add(
                sizing.wrong_size(self.source, label, target[:1], (units,), row.size_span, (), "", (), (fix,))
            )
            return Fitted(Solution(own, None, (), "same"))
        return self._solved(
            rows, [*specs[:index], windowed(own, target), *specs[index + 1 :]], index, value, arrives, names
        )

    def _solved(
        self, rows: tuple[Row, ...], specs: Rows, index: int, value: Value, arrives: Span | None, names: Names
    ) -> Fitted:
        """Solve a row for its size; say why where nothing reaches it."""
        row, own, target = rows[index], specs[index] or (), self.declared.target(rows[index]) or ()
        shape = entering(own, value.shape, names)
        solution = solve(own, shape, target, self.stride_in, names)
        if solution:
            if solution.padding == "ceil" and value.id == 0:
                self._odd_padding(row, solution, shape, target, names)
            if not row.aside:
                self.before = Sized(
                    row, index, own, shape, target, self._plain(own, shape, names) if solution.site else None
                )
            return Fitted(solution)
        errors = self.reporter.errors
        from archdsl.solve.strays import unnamed

        stray, known, use = unnamed(own, shape, names)
        if stray:
            self.reporter.add(uses.unknown_value(self.source, stray.span, stray.name, known, use))
        if self.reporter.errors > errors:
            return Fitted(None, target)
        # A layer cannot take what arrives, which lowering reports.
        # A sequence from a map prints its channels where the map has its second axis.
        end = follow(own, shape, "same", names)
        if end is None or end == target:
            return Fitted(Solution(own, None, (), "same"))
        pooled = self._before_pool(rows, specs, index, value, names)
        if pooled:
            return Fitted(pooled, inner=target)
        return self._missed(rows, specs, index, value, arrives, names)

    def _before_pool(
        self, rows: tuple[Row, ...], specs: Rows, index: int, value: Value, names: Names
    ) -> Solution | None:
        """Solve a row that prints the size before its last pool, where the next row says that it does."""
        own, target = specs[index] or (), self.declared.target(rows[index]) or ()
        pool = own[-1] if len(own) > 1 else None
        if not isinstance(pool, LayerSpec) or not OPS[pool.op].is_pool:
            return None
        shape = entering(own, value.shape, names)
        found = solve(own[:-1], shape, target, self.stride_in, names)
        whole = found._replace(specs=(*found.specs, pool)) if found else None
        end = follow(whole.specs, shape, whole.padding, names) if whole else None
        takes = partial(self.next_takes, rows, specs, index, value, names)
        if whole is None or end is None or not takes(spatial(end, self.rank)):
            return None
        if takes(target):
            row, size = rows[index], spatial(end, self.rank)
            fix = self._size_fix(row, size)
            self.reporter.add(
                sizing.before_pool(
                    self.source, row.name or row.text, row.size_span, pool.span, target, size, fix
                )
            )
        return whole

    def _size_fix(self, row: Row, size: Size) -> Fix:
        from archdsl.why.mend import resized

        text = resized(self.source, row.size_span, size, int(row.channels_first))
        return replace(f"declare {size_text(size)}, which the row computes", row.size_span, text)

    def _plain(self, specs: tuple[Spec, ...], shape: Size, names: Names) -> Size | None:
        end = follow(specs, shape, "same", names)
        return spatial(end, self.rank) if end else None

    def fits(self, specs: tuple[Spec, ...], target: Size | None, shape: Size) -> bool:
        """Return whether layers take a shape to a size."""
        return target is None or (
            len(shape) == self.rank + 1 and solve(specs, shape, target, self.stride_in) is not None
        )

    def _missed(
        self, rows: tuple[Row, ...], specs: Rows, index: int, value: Value, arrives: Span | None, names: Names
    ) -> Fitted:
        """Say why a row misses its size; go on with the one that the next row agrees with."""
        from archdsl.why.evidence import Miss  # only what fails is explained
        from archdsl.why.explain_size import explain

        row, own, target = rows[index], specs[index], self.declared.target(rows[index])
        assert own is not None
        assert target is not None
        if any(isinstance(spec, LayerSpec) and spec.kernel and len(spec.kernel) != self.rank for spec in own):
            return Fitted(Solution(own, None, (), "same"))  # a window of other axes is told where it is used
        _, after = self._following(rows, specs, index)
        next_target = self.declared.target(rows[after]) if after > index and specs[after] else None
        takes = partial(self.next_takes, rows, specs, index, value, names)
        following = (
            (rows[after].name or "the next row") + f" ({size_text(next_target)})" if next_target else ""
        )
        place = self.settings.places.get("input") if value.id == 0 else None
        label = row.name or row.text or "this row"
        before, self.before = self.before, None
        between = range(before.number + 1, index) if before else ()
        passed = tuple(spec for i in between if not rows[i].aside for spec in specs[i] or ())
        shape = entering(own, value.shape, names)
        more = self._by_block(row, own, shape, names)
        miss = Miss(
            row, label, own, shape, arrives, target, takes, following, names, place, before, passed, more
        )
        diagnostic, going_on, corrected = explain(self.source, miss, self.stride_in)
        self._tell(diagnostic)
        missed = follow(own, shape, "same", names)
        return Fitted(None, going_on, missed, (before.number, corrected) if before and corrected else None)

    def _tell(self, diagnostic: Diagnostic) -> None:
        """Report a row that misses its size; what an edit mends that was offered already is the same
        fault."""
        edits = diagnostic.fixes[0].edits if diagnostic.fixes else ()
        if edits and edits in self.mended:
            self.reporter.follow()
            return
        self.mended.append(edits)
        self.reporter.add(diagnostic)

    def _by_block(self, row: Row, specs: tuple[Spec, ...], shape: Size, names: Names) -> tuple[Size, ...]:
        """Return the size that the style's block would lead to, where a row keeps the one it receives."""
        if self._plain(specs, shape, names) != spatial(shape, self.rank):
            return ()
        smaller = downsampled(self.declared.resolver, self.settings, row, specs, shape, (0,) * self.rank)
        size = self._plain(smaller, shape, names)
        return (size,) if size else ()

    def next_takes(
        self, rows: tuple[Row, ...], specs: Rows, index: int, value: Value, names: Names, size: Size
    ) -> bool:
        """Return whether the next row that prints a size reaches it, if a row gives another one; `value` is
        what the row takes."""
        between, after = self._following(rows, specs, index)
        own, last = specs[index] or (), specs[after] if after > index else None
        next_target = self.declared.target(rows[after]) if last else None
        square = len(set(spatial(entering(own, value.shape, names), self.rank))) == 1
        shape = (*size, last_channels(own, value.shape) or value.shape[-1])
        if (square and len(set(size)) > 1) or not last or not next_target:
            return False
        following = (
            *between,
            *downsampled(self.declared.resolver, self.settings, rows[after], last, shape, next_target),
        )
        return solve(following, shape, next_target, self.stride_in, names) is not None

    def _following(self, rows: tuple[Row, ...], specs: Rows, index: int) -> tuple[tuple[Spec, ...], int]:
        """Return the next row that prints a size, the row itself where none does, and the layers before
        it."""
        between: tuple[Spec, ...] = ()
        for after in range(index + 1, len(rows)):
            own = specs[after]
            if rows[after].aside:
                continue
            if own is None:
                break
            if self.declared.target(rows[after]):
                return between, after
            between += own
        return (), index

    def _odd_padding(self, row: Row, solution: Solution, shape: Size, target: Size, names: Names) -> None:
        """Warn of a first convolution whose windows stick out at one end only, where an input nearby needs no
        padding."""
        from archdsl.why.mend import input_fix, input_for

        name, place = row.name or row.text, self.settings.places.get("input")
        n = input_for(solution.specs, shape, target, names)
        if n:
            fix = input_fix(self.source, place, target, n) if place else None
            wanted = (n,) * len(target)
            self.reporter.add(
                sizing.odd_padding(self.source, name, row.size_span, target, (shape[:-1], wanted), place, fix)
            )
