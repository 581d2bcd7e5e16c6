"""A grid row -> AST: its structure cells, and the cells of other columns bound to the operator that takes
them."""

import re
from collections.abc import Sequence
from functools import partial

from archdsl.diagnostics import Reporter
from archdsl.lang.ordinals import kind_of
from archdsl.light import TYPE_CHECKING
from archdsl.ops import OPS
from archdsl.patterns import pattern
from archdsl.problems import lints, repeats, syntax
from archdsl.source import Span
from archdsl.syntax.ast import Block, Claim, Expr, Guard, Item, Layer, Row, Use, Wire
from archdsl.syntax.bag import WORDLESS
from archdsl.syntax.binding import Binder
from archdsl.syntax.stated import stated
from archdsl.table.operators import NUMBERED, SUM, operator_of, uncounted, unlabelled, unnumbered, with_word
from archdsl.table.roles import WINDOWS, says_nothing
from archdsl.text.grid import Bound, Cell, Grid, GridRow, Part, cut_off

if TYPE_CHECKING:
    from archdsl.syntax.parse import TableParser

_WINDOW = ("kernel", "stride", "padding")  # what a pool may say
Size = tuple[Expr, ...] | None
# A name and the bracket behind it; `c[1]` is a value.
_GLUED = pattern(r"\s*([A-Za-z][\w-]*)\[(?!\s*\d*\s*\])")
_SIDES = frozenset("0123456789x×X ")  # what most sizes are written with
# Words that join values, or speak of indices: `concat enc1`, `max unpool with pool1 indices`, `node(32, x2)`
_OF_VALUES = pattern(r"from|add|cat|multiply|maximum|average|aside|ind|switch|\(", re.IGNORECASE)


class RowParser:
    """Parses the rows of one grid."""

    def __init__(self, parser: "TableParser", grid: Grid) -> None:
        self.parser = parser
        self.source = parser.source
        self.reporter = parser.reporter
        self.grid = grid
        self.binder = Binder(parser, grid)
        self.remarks: set[str] = set()  # of names, told once

    def rows(self) -> tuple[Row, ...]:
        """Parse all rows; a column that no operator of the table takes is told once."""
        plain = uncounted(unnumbered(self.grid.rows) if self.grid.sheet else self.grid.rows)
        said = [stated(row) for row in plain]
        for printed, counted, row in zip(self.grid.rows, plain, said, strict=True):
            for one, other, part in zip(printed.parts, counted.parts, row.parts, strict=True):
                self._cut(one.structure, other.structure, "ordinal")
                self._cut(other.structure, part.structure, "size")
        parsed = self._kept if self._keeps() else self.row
        rows = tuple([parsed(row) for row in said])
        self.binder.finish()
        return rows

    def _keeps(self) -> bool:
        """Return whether rows of the text before its last edit may be taken again: of our own form, whose
        cells are read by themselves."""
        kept, parser = self.parser.kept, self.parser
        if kept is None or self.grid.sheet is not None:
            return False
        blocks, told = parser.blocks._replace(values=frozenset()), self.reporter.claims is not None
        kept.context("row", parser.known, blocks, parser.readings, self.grid.headers, self.grid.column, told)
        return True

    def _kept(self, row: GridRow) -> Row:
        if self.parser.kept is None or row.around or any(part.bound for part in row.parts):
            return self.row(row)
        named = any(_OF_VALUES.search(part.structure.text) for part in row.parts)
        values = self.parser.blocks.values if named else frozenset()
        return self.parser.kept.told("row", (row, values), self.reporter, partial(self.row, row))

    def row(self, row: GridRow) -> Row:
        """Turn a row into its AST; a broken part is reported, and the row kept without its structure."""
        before = self.reporter.errors
        guard: Guard = ()
        items: list[Item] = []
        self.binder.channels = None
        for part in row.parts if self._has_columns(row) else ():
            if "when" in part.structure.text:
                from archdsl.syntax.blocks import split_guard

                cell, found = split_guard(self.parser, part.structure)
                guard, part = guard or found or (), part._replace(structure=cell)  # noqa: PLW2901
            items += self._part(row, part)
        if row.around and row.repeat:
            self.reporter.add(
                lints.brace_of_one_row(self.source, row.repeat.span, [cell.span for cell in row.around])
            )
        broken = self.reporter.errors > before
        size, incoming = self.size(row.size), self.size(row.incoming) if row.incoming else None
        aside = bool(items) and isinstance(items[0], Wire) and items[0].kind == "aside"
        return Row(
            name=" ".join(row.name.text.split()),
            name_span=row.name.span,
            size=size,
            size_span=row.size.span,
            items=None if broken else self._repeated(row, items),
            text=row.structure.text.strip(),
            text_span=_text_span(row),
            span=row.span,
            guard=guard,
            aside=aside,
            incoming=incoming,
            incoming_span=row.incoming.span if row.incoming else Span(0, 0),
            claims=claims_of([bound for bound in row.claims if not says_nothing(bound.cell.text)]),
            channels=self.binder.channels,
        )

    def _has_columns(self, row: GridRow) -> bool:
        """Report cells beyond the last column; return whether the others can be trusted: single spaces part
        none."""
        if row.surplus is None:
            return True
        line = self.source.clean[row.span.start : row.surplus.end]
        parted = "|" in line or "  " in line or "\t" in line
        self.reporter.add(
            syntax.ragged_row(self.source, row.surplus)
            if parted
            else syntax.single_spaces(self.source, row.surplus)
        )
        return parted

    def _repeated(self, row: GridRow, items: list[Item]) -> tuple[Item, ...]:
        if row.repeat is None and not row.stands:
            return tuple(items)
        from archdsl.syntax.often import repeated, standing

        count = self.parser.cell("expression", row.repeat) if row.repeat else None
        if row.stands:
            items = standing(self.source, self.reporter, row, items)
        return tuple(repeated(self.source, self.reporter, row, items, count) if count else items)

    def size(self, cell: Cell) -> Size:
        """Parse a size cell; None where it prints none."""
        text = cell.text.strip()
        if says_nothing(text):
            return None
        quiet = type(self.parser)(self.source, Reporter(), frozenset())
        size: Size = quiet.cell("size", printed_size(cell))
        if size is None:
            self.reporter.add(syntax.not_a_size(self.source, cell.span, text))
        return size

    def _part(self, row: GridRow, part: Part) -> list[Item]:
        part = self._repeats(part._replace(structure=self._said(row, part.structure)))
        if self.grid.sheet is not None and SUM.fullmatch(part.structure.text):
            self.reporter.claim(part.structure.span, "add")
            return self.binder.bind(row, [Wire("add", (), part.structure.span)], part.bound)
        items = self._items(row, part)
        if items is None:
            return []
        if self.parser.readings:
            from archdsl.syntax.match import rewrite

            items = rewrite(items, self.parser.readings, self.parser.known)
        return self._bound(row, list(items), part)

    def _bound(self, row: GridRow, items: list[Item], part: Part) -> list[Item]:
        if not part.bound:
            return items
        if not any(mark in one.cell.text.strip("- ") for one in part.bound for mark in ",;-"):
            return self.binder.bind(row, items, part.bound)
        from archdsl.syntax.lists import bind_lists, is_list, parts_of

        listed = next(filter(is_list, part.bound), None)
        if listed is None or any(isinstance(item, Use) for item in items):  # a block may take a list
            return self.binder.bind(row, items, part.bound)
        found = bind_lists(items, part.bound, partial(self.binder.bind, row))
        if found is None:
            name = row.name.text.strip() or "this row"
            self.reporter.add(
                repeats.unmatched_list(
                    self.source, listed.cell.span, listed.header.strip(), len(parts_of(listed.cell)), name
                )
            )
        return found or []

    def _items(self, row: GridRow, part: Part) -> tuple[Item, ...] | None:
        if says_nothing(part.structure.text):
            return self._named(row, part)
        glued = _GLUED.match(part.structure.text) if not row.name.text.strip() and _is_word(part) else None
        if glued and kind_of([glued[1]]) is None and not self.parser.blocks.get(glued[1]):
            self.reporter.add(syntax.glued_name(self.source, part.structure.place(*glued.span(1)), glued[1]))
            return None
        if self.grid.sheet is None:
            return self._windowed(row, self.parser.items(part.structure))
        apart = Reporter()
        apart.claims = None if self.reporter.claims is None else []
        items = self._quiet(part.structure, apart)
        named = self._named_layer(part, items)
        if named:
            self.reporter.claim(part.structure.span, "layer")
            return named
        if self.parser.spoils(part.structure):
            return self.parser.items(part.structure)
        self.reporter.again(apart.everything())
        return self._windowed(row, items)

    def _named_layer(self, part: Part, items: tuple[Item, ...] | None) -> tuple[Item, ...] | None:
        """Read a structure of a sheet that is a layer's name, `Conv1` beside windows, `pool1`, `FC2
        (embedding)`; None where it is none. `items` are what it says as a structure."""
        numbered = _has_window(part) and NUMBERED.fullmatch(part.structure.text)
        named = None
        if numbered or items is None:
            named = self._quiet(operator_of(part.structure)) or self._bare(part.structure)
        if not named and "(" in part.structure.text:
            from archdsl.table.remarks import tells_purpose

            named = self._bare(part.structure) if tells_purpose(part.structure) else None
        return named

    def _repeats(self, part: Part) -> Part:
        """Read the `(x2)` of `Conv1 (x2) + ReLU`, and the `× 2` of `Conv1 × 2` beside a window, as a cell of
        a column of repeats."""
        text = part.structure.text
        windowed = any(mark in text for mark in "x×X") and _has_window(part)
        if self.grid.sheet is None or not ("(" in text or windowed):
            return part
        from archdsl.table.remarks import repeat_of

        cell, count = repeat_of(part.structure, windowed)
        if count is None:
            return part
        self.reporter.claim(count.span, "repeat")
        return part._replace(structure=cell, bound=(*part.bound, Bound("repeat", "", count)))

    def _bare(self, cell: Cell) -> tuple[Item, ...] | None:
        """Read `Text Conv1` and `FC2 (embedding)`, and tell which words are taken for no layer's."""
        from archdsl.table.remarks import bare

        layer, words = bare(cell)
        items = self._quiet(operator_of(layer)) if len(layer.text) < len(cell.text) else None
        for one in words if items else ():
            if one.text.strip().lower() not in self.remarks:
                self.reporter.add(lints.part_of_a_name(self.source, one.span, one.text.strip()))
            self.remarks.add(one.text.strip().lower())
        return items

    def _said(self, row: GridRow, cell: Cell) -> Cell:
        """Return a structure without a label of its row, and with the layer's word of the row's name where it
        has none: that of the first part."""
        whole, first = cell, cell.span == row.parts[0].structure.span
        if self.grid.sheet is not None:
            cell = unlabelled(cell, self.parser.known)
            self._cut(whole, cell, "label")
        return with_word(cell, row.name) if first else cell

    def _cut(self, whole: Cell, kept: Cell, what: str) -> None:
        """Note what was cut off a cell, where somebody asks."""
        for piece in (
            cut_off(whole, kept) if self.reporter.claims is not None and kept.text != whole.text else ()
        ):
            self.reporter.claim(piece.span, what)

    def _quiet(self, cell: Cell, told: Reporter | None = None) -> tuple[Item, ...] | None:
        """Parse a cell that need not hold layers; what is wrong with it is told to `told` alone."""
        quiet = type(self.parser)(self.source, told or Reporter(), self.parser.known, self.parser.blocks)
        return quiet.items(cell)

    def _windowed(self, row: GridRow, items: tuple[Item, ...] | None) -> tuple[Item, ...] | None:
        """A window alone (`[8x8]`) is that of the operation that the row is named after, where that one pools
        (`avg-pool`)."""
        only = items[0] if items and len(items) == 1 else None
        bracketed = isinstance(only, Block) and len(only.items) == 1 and not (only.repeat or only.options)
        window = only.items[0] if isinstance(only, Block) and bracketed else only
        if not isinstance(window, Layer) or not _is_window(window) or not row.name.text.strip():
            return items
        named = self._quiet(operator_of(row.name)) or ()
        pool = named[0] if len(named) == 1 else None
        if not isinstance(pool, Layer) or not OPS[pool.op].pools or pool.options:
            return items
        return (pool._replace(options=window.options, span=window.span),)

    def _named(self, row: GridRow, part: Part) -> tuple[Item, ...] | None:
        """Take the operator of a row without one from its name (`fire2`, `maxpool4`), where that is one."""
        cell = operator_of(row.name)
        items = self._quiet(cell) if cell.text.strip() else None
        if not items or not part.bound:
            self.reporter.add(syntax.no_structure(self.source, row.span, row.name.text.strip()))
            return None
        return items


def _has_window(part: Part) -> bool:
    """Return whether a column prints a window of this row."""
    return any(one.role in WINDOWS and not says_nothing(one.cell.text) for one in part.bound)


def _is_window(layer: Layer) -> bool:
    """Return whether a layer without a word says no more than a pool may."""
    keys = [option.key for option in layer.options]
    return layer.op == WORDLESS and keys[:1] == ["kernel"] and set(keys) <= set(_WINDOW)


def _is_word(part: Part) -> bool:
    """Return whether a structure has a bracket, and letters first."""
    return "[" in part.structure.text and part.structure.text.lstrip()[:1].isalpha()


def printed_size(cell: Cell) -> Cell:
    """Return a size as the grammar has it, whether a table prints it or a program."""
    if _SIDES.issuperset(cell.text):
        return cell
    from archdsl.table.shapes import bare_shape, whole_shape

    return whole_shape(bare_shape(cell))


def claims_of(printed: Sequence[Bound]) -> tuple[Claim, ...]:
    """Take the counts that a row prints."""
    if not printed:
        return ()
    from archdsl.syntax.printed import claim

    return tuple(map(claim, printed))


def _text_span(row: GridRow) -> Span:
    spans = [part.structure.span for part in row.parts if part.structure.text.strip()] or [row.span]
    return Span(min(span.start for span in spans), max(span.end for span in spans))
