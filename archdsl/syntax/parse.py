"""Grid -> AST: each cell is parsed by the role of its column, each row by itself, so a broken row hides no
other."""

import os.path
import re
from functools import partial

from archdsl.diagnostics import Reporter
from archdsl.lang.ordinals import layer_kind
from archdsl.lang.vocabulary import reserved
from archdsl.light import TYPE_CHECKING, Any
from archdsl.patterns import pattern
from archdsl.problems import blocks as problems
from archdsl.problems import names, preamble, syntax
from archdsl.source import Source, Span
from archdsl.syntax.ast import BlockDef, Item, Num, Parameter, Reading, Row, Setting, Table, Use, Variant
from archdsl.syntax.cells import ACTIONS, MAX_OPERATIONS, TooLong
from archdsl.syntax.layers import group
from archdsl.syntax.named import STRANGE, named
from archdsl.syntax.names import Blocks, compact, with_names
from archdsl.syntax.parser import ParseError, Parser, load_tables
from archdsl.syntax.row import RowParser, claims_of, printed_size
from archdsl.syntax.sequence import Sequence
from archdsl.syntax.slug import slug
from archdsl.syntax.typed import UNKNOWN
from archdsl.text.grid import Cell, Grid, GridBlock, GridRow, GridSetting, Part

if TYPE_CHECKING:
    from archdsl.kept import Kept

MAX_DEPTH = 32
MAX_CELL = 50_000
_PARSER: list[Parser] = []
# Lines that look like settings and are read by their own rules.
OWN = ("param", "read", "variant", "columns", "source", "each-row", "append")


def parser() -> Parser:
    """Return the parser of grammar.lark; made once, when the first cell needs it."""
    if not _PARSER:
        with open(os.path.join(os.path.dirname(__file__), "grammar.lark"), encoding="utf-8") as file:
            _PARSER.append(Parser(load_tables(file.read())))
    return _PARSER[0]


# What several rows are called that stand together: `1`, `Block 2`, `Stage III`.
_GROUP = pattern(
    r"(?:(?:stage|block|part|section|level|scale|module|group)\s*)?(?:\d+|[ivx]+|[a-z])", re.IGNORECASE
)


class TableParser:
    """Parses the settings, blocks and rows of one grid; `known` are the parameters, `blocks` what can be used
    by name."""

    def __init__(
        self,
        source: Source,
        reporter: Reporter,
        defined: frozenset[str],
        blocks: Blocks = Blocks(),  # noqa: B008 - immutable
    ) -> None:
        self.source = source
        self.reporter = reporter
        self.known = defined
        self.blocks = blocks
        self.readings: tuple[Reading, ...] = ()
        self.spoilt: tuple[Span, ...] = ()
        self.kept: Kept | None = None  # rows of the text before its last edit

    def inside(
        self, names: frozenset[str], block: str = "", labels: frozenset[str] = frozenset()
    ) -> "TableParser":
        """Return a parser for the body of a block with these parameters and labels."""
        blocks = self.blocks._replace(current=compact(block), values=labels | {"input"})
        return TableParser(self.source, self.reporter, self.known | names, blocks)

    def table(self, grid: Grid) -> Table:
        """Turn a grid into the table as written; what is broken is reported and left out."""
        settings = [setting for setting in grid.settings if setting.key.text.lower() not in OWN]
        parameters = self.parameters_of(grid)
        self._unique_parameters(parameters)
        self.blocks_of(grid)
        variants = self._variants_of(grid)
        self.readings = (*self.readings_of(grid), *self.readings)
        self.spoilt = (
            tuple(problem.span for problem in grid.sheet.problems if problem.severity == "error")
            if grid.sheet
            else ()
        )
        inputs = self._inputs(tuple(map(_setting, settings)))
        entries = {"input", slug(inputs[1]), *(slug(one.key) for one in inputs[2])}
        self.blocks = self.blocks._replace(
            values=frozenset(slug(row.name.text) for row in grid.rows) | entries
        )
        rows = RowParser(self, grid._replace(rows=(*grid.rows, *_appended(grid)))).rows()
        if any(isinstance(item, Use) for row in rows for item in row.items or ()):
            from archdsl.syntax.beside import without_word

            rows = without_word(self.source, self.reporter, rows)
        self._unique_names(rows, grid.sheet is not None)
        claims = claims_of(grid.claims)
        headings = (grid.column,) if grid.column else tuple(cell.text for cell in grid.headers)
        return Table(
            grid.name,
            inputs[0],
            parameters,
            rows,
            grid.span,
            grid.column,
            variants,
            claims,
            headings,
            *inputs[1:],
        )

    def _inputs(self, settings: tuple[Setting, ...]) -> tuple[tuple[Setting, ...], str, tuple[Setting, ...]]:
        """Divide the inputs that have names from the settings: the settings, the name of the first input, the
        others."""
        if not any(one.key == "input" and ":" in one.value for one in settings):
            return settings, "", ()
        from archdsl.syntax.inputs import divided

        return divided(self.source, self.reporter, settings)

    def parameters_of(self, grid: Grid) -> tuple[Parameter, ...]:
        """Parse the `param` lines of a grid; their names are known from then on."""
        parameters: tuple[Parameter, ...] = ()
        if settings := _keyed(grid, "param"):
            from archdsl.syntax.lines import parameter

            parameters = tuple(found for setting in settings if (found := parameter(self, setting)))
        self.known |= {parameter.name for parameter in parameters} | {"classes", "index"}
        return parameters

    def blocks_of(self, grid: Grid) -> tuple[BlockDef, ...]:
        """Parse the block definitions of a grid; each may use those before it."""
        found: list[BlockDef] = []
        if grid.blocks:
            from archdsl.syntax.blocks import block_name
        called = [compact(block_name(block.head)) for block in grid.blocks]
        below, defined = set(called), dict[str, BlockDef]()
        self.blocks = self.blocks._replace(below=below)
        for name, block in zip(called, grid.blocks, strict=True):
            below.discard(name)
            one = self._definition(block)
            known = self._new_block(one, defined.setdefault(compact(one.name), one))
            found.append(one)
            self.blocks = self.blocks._replace(
                own=with_names(self.blocks.own, (one if known else one._replace(broken=True),))
            )
        return tuple(found)

    def _definition(self, block: GridBlock) -> BlockDef:
        if block.own:
            from archdsl.syntax.own import own_layer as definition
        else:
            from archdsl.syntax.blocks import block_definition as definition

        make = partial(definition, self, block)
        if self.kept is None:
            return make()
        own, below = tuple(self.blocks.own.values()), frozenset(self.blocks.below)
        return self.kept.told("block", (block, self.known, own, below), self.reporter, make)

    def _new_block(self, block: BlockDef, first: BlockDef) -> bool:
        if first is not block:
            self.reporter.add(problems.block_twice(self.source, block.span, block.name, first.span))
        elif block.name and reserved([block.name]):
            self.reporter.add(problems.block_is_a_layer(self.source, block.span, block.name))
        else:
            return True
        return False

    def readings_of(self, grid: Grid) -> tuple[Reading, ...]:
        """Parse the `read` lines of a grid."""
        settings = _keyed(grid, "read")
        if not settings:
            return ()
        from archdsl.syntax.blocks import reading

        return tuple(found for setting in settings if (found := reading(self, setting.value)))

    def _variants_of(self, grid: Grid) -> tuple[Variant, ...]:
        """Parse the `variant` lines of a grid."""
        settings = _keyed(grid, "variant")
        if not settings:
            return ()
        from archdsl.syntax.lines import variant

        return tuple(found for setting in settings if (found := variant(self, setting)))

    def items(self, cell: Cell, parsed: Any = None) -> tuple[Item, ...] | None:
        """Parse a structure, or take it as `parsed`; None where a fault in it was reported."""
        if self.spoils(cell):
            self.reporter.follow()  # the reader of the document told what is wrong with the cell
            return None
        before = self.reporter.errors
        parsed = self.cell("structure", cell) if parsed is None else parsed
        if parsed is None:
            return None
        for span in parser().passed(cell) if self.reporter.claims is not None else ():
            self.reporter.claim(span, "namespace")
        items = group(Sequence(self.source, self.reporter, self.known, self.blocks), parsed)
        return items if self.reporter.errors == before else None

    def spoils(self, cell: Cell) -> bool:
        """Return whether the reader of the document told that something is wrong with a cell."""
        return any(cell.span.start <= span.start < cell.span.end for span in self.spoilt)

    def cell(self, start: str, cell: Cell) -> Any:
        """Parse a cell by the start rule of its role; None where a fault in it was reported."""
        if start == "expression" and (number := _number(cell)):
            return number
        if len(cell.text) > MAX_CELL:
            self.reporter.add(syntax.cell_too_long(self.source, cell.span, MAX_CELL))
            return None
        if not 0 <= nesting(cell.text) <= MAX_DEPTH:
            from archdsl.syntax.brackets import report_brackets

            report_brackets(self.source, self.reporter, cell, MAX_DEPTH)
            return None
        return self._parsed(start, start, cell)

    def _parsed(self, start: str, words: str, cell: Cell) -> Any:
        """Parse a cell; one that the grammar refuses for words of no meaning is read as layers, which tell
        which they are."""
        arrange = partial(named, self.known, self.blocks, words, self.reporter.claim)
        try:
            return parser().parse(start, cell, ACTIONS, arrange)
        except ParseError as fault:
            if fault.token.kind == UNKNOWN and words != STRANGE:
                return self._parsed("structure", STRANGE, cell)
            self.reporter.add(
                syntax.unexpected(self.source, fault.token.span, fault.token.text, fault.expected)
            )
        except TooLong as fault:
            self.reporter.add(syntax.arithmetic_too_long(self.source, fault.span, MAX_OPERATIONS))
        return None

    def _unique_names(self, rows: tuple[Row, ...], kinds: bool) -> None:
        """Report names that two rows have; a layer's word (`pool`), and under headers any name without a
        number, is its kind; that of a group (`Block 1`) stands at each of its rows."""
        first: dict[str, Row] = {}
        for above, row in zip((None, *rows), rows, strict=False):
            kind = layer_kind(row.name) or (
                kinds and not re.search(r"\d(?!-?d$)", row.name.strip(), re.IGNORECASE)
            )
            grouped = kinds and above is not None and row.name == above.name
            kind = kind or (grouped and _GROUP.fullmatch(row.name.strip()) is not None)
            key = "" if kind else slug(row.name)
            if key and key in first:
                self.reporter.add(
                    names.duplicate_stage(self.source, row.name_span, row.name, first[key].name_span)
                )
            first.setdefault(key, row)

    def _unique_parameters(self, parameters: tuple[Parameter, ...]) -> None:
        first: dict[str, Parameter] = {}
        for parameter in parameters:
            if parameter.name in first:
                self.reporter.add(
                    preamble.duplicate_setting(
                        self.source, parameter.span, parameter.name, first[parameter.name].span
                    )
                )
            first.setdefault(parameter.name, parameter)


def _number(cell: Cell) -> Num | None:
    """Read a cell that holds a number alone, as the grammar does."""
    digits = cell.text.strip(" ")
    if not digits.isdecimal() or not digits.isascii() or len(cell.text) > MAX_CELL:
        return None
    at = cell.text.index(digits)
    return Num(int(digits[:18]), cell.place(at, at + len(digits)))


def nesting(text: str) -> int:
    """Return how deep the brackets of a text are nested; -1 where one has no partner."""
    open_: list[str] = []
    deepest = 0
    for char in text:
        if char in "[({":
            open_.append(char)
            deepest = max(deepest, len(open_))
        elif char in "])}" and (not open_ or open_.pop() + char not in ("[]", "()", "{}")):
            return -1
    return -1 if open_ else deepest


def _setting(setting: GridSetting) -> Setting:
    return Setting(setting.key.text.lower(), setting.value.text.strip(), setting.key.span, setting.value.span)


def _appended(grid: Grid) -> tuple[GridRow, ...]:
    """Return the layers that a setting puts after the last row as a row: those that a table leaves out."""
    cells = [setting.value for setting in _keyed(grid, "append") if grid.rows and setting.value.text.strip()]
    return tuple(GridRow(cell.part(0, 0), cell.part(0, 0), (Part(cell),), cell.span) for cell in cells)


def parse_value(source: Source, reporter: Reporter, start: str, text: str, offset: int) -> Any:
    """Parse a value outside a table (a setting, a command-line option) by a start rule of the grammar."""
    cell = Cell(text, offset)
    return TableParser(source, reporter, frozenset()).cell(
        start, printed_size(cell) if start == "size" else cell
    )


def _keyed(grid: Grid, key: str) -> list[GridSetting]:
    return [setting for setting in grid.settings if setting.key.text.lower() == key]
