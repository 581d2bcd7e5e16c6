"""The sizes that a table prints, evaluated once each, and what they are compared with beside the rows' own
layers."""

from collections.abc import Callable
from math import prod

from archdsl.diagnostics import Reporter
from archdsl.graph.emit import Value
from archdsl.problems import shapes, sizing
from archdsl.resolve.option_values import MAX_CHANNELS
from archdsl.resolve.resolve import ItemResolver
from archdsl.resolve.settings import Settings
from archdsl.resolve.specs import Spec, WireSpec
from archdsl.solve.follow import Names, follow, spatial
from archdsl.solve.layer_shape import Size
from archdsl.source import Source
from archdsl.syntax.ast import Row


class DeclaredSizes:
    """The declared sizes of one table."""

    def __init__(
        self, source: Source, reporter: Reporter, settings: Settings, resolver: ItemResolver
    ) -> None:
        self.source = source
        self.reporter = reporter
        self.settings = settings
        self.rank = settings.rank
        self.resolver = resolver
        self._found: dict[int, Size | None] = {}

    def of(self, row: Row) -> Size | None:
        """Return the declared size, with its channels; None where none is printed (or it was wrong and
        reported)."""
        if row.size is None:
            return None
        key = row.size_span.start
        if key not in self._found:
            # Where input sizes are printed, what follows in the table does not follow a row that leaves the
            # trunk.
            declared = self.resolver.size(row) if self.rank and not (row.aside and row.incoming) else None
            if declared and len(declared) not in (self.rank, self.rank + 1):
                self.reporter.add(shapes.size_rank(self.source, row.size_span, declared, self.rank))
                declared = None
            self._found[key] = declared
        return self._found[key]

    def target(self, row: Row) -> Size | None:
        """Return the spatial axes of the declared size."""
        declared = self.of(row)
        return declared[: self.rank] if declared else None

    def check_incoming(self, row: Row, value: Value, fits: Callable[[Size], bool]) -> Value:
        """Compare the input size that the first row prints with the network's input; go on with the one that
        fits the row.

        `fits` tells whether the row's layers take an input of some shape to the size behind it.
        """
        if row.incoming is None:
            return value
        sizes = [
            self.resolver.evaluator.whole(axis, "a size", 1, 65_536, row.incoming_span)
            for axis in row.incoming
        ]
        size = tuple(one for one in sizes if one)
        size = size * self.rank if len(size) == 1 else size
        if (
            len(size) == len(sizes) * (self.rank if len(sizes) == 1 else 1)
            and size != value.shape[: len(size)]
        ):
            place = self.settings.places.get("input")
            wrong = (
                row.size is not None and fits(value.shape) and not fits((*size, *value.shape[len(size) :]))
            )
            from archdsl.why.mend import misprinted_input

            fix = misprinted_input(self.source, row.incoming_span, value.shape[: len(size)])
            self.reporter.add(
                sizing.wrong_input(self.source, row.incoming_span, size, value.shape, place, fix, sure=wrong)
            )
            if wrong:
                return value
            return value._replace(
                shape=(*size, *value.shape[len(size) :]), certain=len(size) == len(value.shape)
            )
        return value

    def check_read(self, row: Row, specs: tuple[Spec, ...], value: Value) -> Value:
        """Compare the size that a later row prints of what it reads with what arrives; go on with the printed
        one."""
        if not value.certain or any(type(spec) is WireSpec for spec in specs):
            return value
        axes = row.incoming or ()
        printed = [self.resolver.evaluator.whole(axis, "a size", 1, MAX_CHANNELS, axis.span) for axis in axes]
        size = tuple(one for one in printed if one)
        if len(size) < len(axes) or is_of(size, value.shape):
            return value
        self.reporter.add(sizing.reads_another(self.source, row.incoming_span, size, value.shape))
        size = (1,) * self.rank + size if len(size) == 1 else size
        return value._replace(shape=size if len(size) == self.rank + 1 else value.shape, certain=False)

    def check_channels(self, row: Row, declared: Size | None, out: Value, counted: bool) -> Value:
        """Compare the channels, where the size cell prints them (`8x8x128`), or (`counted`) a column that no
        layer takes.

        Give the value to go on with: where they differ, the printed channels, which what comes after is not
        checked against.
        """
        computed = (*spatial(out.shape, self.rank), out.shape[-1])
        places = [(declared, row.size_span)] if declared and len(declared) == self.rank + 1 else []
        if row.channels is not None and counted:
            printed = self.resolver.evaluator.whole(
                row.channels, "channels", 1, MAX_CHANNELS, row.channels.span
            )
            places += [((*computed[:-1], printed), row.channels.span)] if printed else []
        for size, span in places:
            if size[-1] != out.shape[-1] and out.certain:
                from archdsl.why.mend import channels_fix, joined_channels

                fixes = joined_channels(self.source, (row.span, row.size_span), (size, computed))
                fixes = fixes or channels_fix(self.source, span, size, computed)
                self.reporter.add(
                    sizing.wrong_size(
                        self.source, row.name or "this row", size, computed, span, (), "", (), fixes
                    )
                )
                out = out._replace(shape=(*out.shape[:-1], size[-1]), certain=False)
        return out


def is_of(printed: Size, shape: Size) -> bool:
    """Return whether a printed size may be that of a value: its axes, its map, a side of it, or the number of
    its values."""
    sides = shape[:-1]
    if len(printed) > 1:
        bare = tuple(axis for axis in printed if axis > 1)
        return printed in (shape, tuple(sides)) or bare in (
            tuple(axis for axis in shape if axis > 1),
            tuple(side for side in sides if side > 1),
        )
    return printed[0] == prod(shape) or set(sides) == set(printed)


def is_flat_size(
    row: Row, specs: tuple[Spec, ...], shape: Size, target: Size, names: Names, known: bool = True
) -> bool:
    """Recognise a "size" that is the number of units of a dense layer (`fc  1000`), or of the means over
    whole maps; the channels of the shape may not be `known` behind a fault."""
    units = _units(row, specs, shape, names)
    return target != (1,) * len(target) and units is not None and (units == target[-1] or not known)


def flat_units(row: Row, specs: tuple[Spec, ...], shape: Size, target: Size, names: Names) -> int | None:
    """Return the units of a row that prints another number for them: one that is larger than any map
    there."""
    return (
        _units(row, specs, shape, names)
        if len(set(target)) == 1 and min(target) > max((*shape[:-1], 64))
        else None
    )


def _units(row: Row, specs: tuple[Spec, ...], shape: Size, names: Names) -> int | None:
    end = follow(specs, shape, "same", names) if row.size is not None and len(row.size) == 1 else None
    return end[-1] if end is not None and set(end[:-1]) <= {1} else None
