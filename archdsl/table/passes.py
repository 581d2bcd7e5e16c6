"""Habits of print, put straight one after the other: a table under known columns -> the same table, said in
full.

Each pass leaves a table alone that it does not concern, and changes nothing when it is run again
(`tests/test_passes.py`).
"""

from collections.abc import Callable
from functools import reduce

from archdsl.light import NamedTuple
from archdsl.table.apart import apart
from archdsl.table.batches import without_batch
from archdsl.table.bodies import dittos, lines_apart, without_titles
from archdsl.table.braces import spread_braces
from archdsl.table.categories import layers_of_names
from archdsl.table.counted import counted_widths
from archdsl.table.details import with_details
from archdsl.table.frames import layers_of_frames
from archdsl.table.inputs import take_input, with_entering
from archdsl.table.lying import networks_upright
from archdsl.table.nested import unnested, without_spacers
from archdsl.table.ratios import strided
from archdsl.table.spread import spread
from archdsl.table.squares import squares, starred
from archdsl.table.table import Body, Table
from archdsl.table.unlayered import without_code, without_gaps, without_training
from archdsl.table.wires import wired


class Pass(NamedTuple):
    """One habit: what it is called, an example of its print, the same table without it, and what is told of
    it."""

    name: str
    run: Callable[[Table], Table]
    before: str
    after: str
    told: str = "nothing: the print says it"


class SheetPass(NamedTuple):
    """A habit of the sheet itself, before its columns have roles: a function of its rows and the number of
    those of the header."""

    name: str
    run: Callable[[Body, int], Body]
    before: str
    after: str


SHEET_PASSES = (
    SheetPass(
        "networks as rows",
        networks_upright,
        "model | conv1 | conv2; A | 3x3, 4 | 3x3, 8; B | 5x5, 4 | 3x3, 16",
        " | A | B; conv1 | 3x3, 4 | 5x5, 4; conv2 | 3x3, 8 | 3x3, 16",
    ),
    SheetPass(
        "empty columns under merged headers",
        without_spacers,
        "layer | 8-layer | 8-layer | 12-layer | 12-layer; conv1 | 3x3, 4 | | 3x3, 8 | ",
        "layer | 8-layer | 12-layer; conv1 | 3x3, 4 | 3x3, 8",
    ),
    SheetPass(
        "rows nested by a mark",
        unnested,
        (
            "layer | kernel | filters; Encoder | | ; - conv1 | 3x3 | 4; - conv2 | 3x3 | 8; Decoder | | ; - "
            "conv3 | 5x5 | 4"
        ),
        "layer | kernel | filters; Encoder: | Encoder: | Encoder:; conv1 | 3x3 | 4; conv2 | 3x3 | 8; "
        "Decoder: | Decoder: | Decoder:; "
        "conv3 | 5x5 | 4",
    ),
    SheetPass(
        "several properties in one column",
        apart,
        "layer | channels | kernel/stride/padding; conv1 | 8 | 3x3/2/1; conv2 | 8 | 5x5/1/2",
        "layer | channels | kernel | stride | padding; conv1 | 8 | 3x3 | 2 | 1; conv2 | 8 | 5x5 | 1 | 2",
    ),
    SheetPass(
        "stars between the sides of maps and filters",
        starred,
        "layer | input | filter size; conv1 | 9*9*2 | 3*3*4; conv2 | 7*7*4 | 5*5*8",
        "layer | input | filter size; conv1 | 9x9x2 | 3x3x4; conv2 | 7x7x4 | 5x5x8",
    ),
    SheetPass(
        "one side of square maps",
        squares,
        "layer | kernel | filters | output width; conv1 | 3 | 8 | 20; conv2 | 3 | 8 | 10",
        "layer | kernel | filters | output width; conv1 | 3 | 8 | 20x20; conv2 | 3 | 8 | 10x10",
    ),
)
PASSES = (
    Pass(
        "titles of sections",
        without_titles,
        (
            "layer | output | structure; Encoder | Encoder | Encoder; conv | 8x8 | 3x3, 4; Decoder | Decoder "
            "| Decoder; conv | 8x8 | 3x3, 8"
        ),
        "layer | output | structure; Encoder conv | 8x8 | 3x3, 4; Decoder conv | 8x8 | 3x3, 8",
    ),
    Pass(
        "rows that are left out",
        without_gaps,
        "layer | type | filters; a | conv 3x3 | 4; ... | ... | ...; d | conv 3x3 | 8",
        "layer | type | filters; a | conv 3x3 | 4",
        "E0145",
    ),
    Pass(
        "rows that say how the network is trained",
        without_training,
        "layer | type | filters; a | conv 3x3 | 4; b | fc | 2; optimizer | adam | ",
        "layer | type | filters; a | conv 3x3 | 4; b | fc | 2",
        "W0104",
    ),
    Pass(
        "code that keeps the shape",
        without_code,
        "layer | type | filters; n | lambda | ; a | conv 3x3 | 4",
        "layer | type | filters; a | conv 3x3 | 4",
        "W0207",
    ),
    Pass(
        "kinds that say what a layer is for",
        layers_of_names,
        "layer | type | filters; conv 3x3 | conv 3x3 | 4; relu 1 | activation | ; drop | dropout | ",
        "layer | type | filters; conv 3x3 | conv 3x3 | 4; relu 1 | relu | ; drop | dropout | ",
    ),
    Pass(
        "several layers in one row",
        lines_apart,
        "layer | kernel | filters; conv1 / conv2 | 3x3 / 5x5 | 4 / 8",
        "layer | kernel | filters; conv1 | 3x3 | 4; conv2 | 5x5 | 8",
    ),
    Pass(
        "ditto marks",
        dittos,
        'layer | kernel | filters; conv1 | 3x3 | 4; conv2 | " | 8',
        "layer | kernel | filters; conv1 | 3x3 | 4; conv2 | 3x3 | 8",
    ),
    Pass(
        "the size of a batch before each size",
        without_batch,
        "layer | type | units | output shape; a | conv | 7 | (32, 7, 20, 20); b | fc | 4 | (32, 4)",
        "layer | type | units | output shape; a | conv | 7 | (7, 20, 20); b | fc | 4 | (4)",
    ),
    Pass(
        "sizes of the original network",
        strided,
        (
            "layer | original size | 10-layer | 14-layer; conv1 | 8x8 | [3x3, 4] | [3x3, 8]; conv2 | 4x4 | "
            "[3x3, 4] | [3x3, 8]"
        ),
        (
            "layer | original size | 10-layer | 14-layer; conv1 | 8x8 | [3x3, 4] | [3x3, 8]; conv2 | 4x4 | "
            "[3x3, 4] /2 | [3x3, 8] /2"
        ),
    ),
    Pass(
        "a brace beside one of its rows",
        spread_braces,
        "layer | channels | ; conv | 8 | ; conv | 4 | 2x; conv | 8 | ",
        "layer | channels | ; conv | 8 | ; conv | 4 | 2x; conv | 8 | 2x",
        "W0204 where only sizes say which rows it goes around",
    ),
    Pass(
        "one layer for all networks",
        spread,
        "layer | output | A | B; conv1 | 8x8 | 3x3, 4 | ; conv2 | 4x4 | 3x3, 4 | 3x3, 8",
        "layer | output | A | B; conv1 | 8x8 | 3x3, 4 | 3x3, 4; conv2 | 4x4 | 3x3, 4 | 3x3, 8",
    ),
    Pass(
        "repeats and widths alone",
        counted_widths,
        "stage | output | net; 1 | 8x8 | 1 x 4; 2 | 4x4 | 2 x 8",
        "stage | output | net; 1 | 8x8 | 1 x conv, 4; 2 | 4x4 | 2 x conv, 8",
    ),
    Pass(
        "a row of the input",
        take_input,
        "layer | output | structure; input | 8x8x3 | ; conv | 8x8 | 3x3, 4",
        "layer | output | structure; conv | 8x8 | 3x3, 4",
    ),
    Pass(
        "the input of the first row, its channels beside it",
        with_entering,
        (
            "layer | in size | in channels | kernel | filters; conv1 | 8x8 | 3 | 3x3 | 4; conv2 | 8x8 | 4 | "
            "3x3 | 4"
        ),
        (
            "layer | in size | read before | kernel | filters; conv1 | 8x8 | 3 | 3x3 | 4; conv2 | 8x8 | 4 | "
            "3x3 | 4"
        ),
    ),
    Pass(
        "a column of what a row reads",
        wired,
        (
            "layer | type | filters | connected to; c1 | conv | 4 | input; c2 | conv | 4 | c1; c3 | conv | 4 "
            "| c1; m | concat | | c2, c3"
        ),
        "layer | type | filters | seen in; c1 | conv | 4 | input; c2 | conv | 4 | c1; c3 | from c1 / conv "
        "| 4 | c1; "
        "m | from c2 / concat c3 | | c2, c3",
    ),
    Pass(
        "frames that rows read",
        layers_of_frames,
        "layer | context | units; frame1 | [t-2, t+2] | 8; segment2 | {0} | 4",
        "layer | context | units | structure; frame1 | [t-2, t+2] | 8 | conv; segment2 | | 4 | fc",
    ),
    Pass(
        "remarks on the layers that the names say",
        with_details,
        "layer | description; conv 3x3 | 2x2 stride, 8 filters; relu | ",
        (
            "layer | description | structure; conv 3x3 | 2x2 stride, 8 filters | conv 3x3, 2x2 stride, 8 "
            "filters; relu |  | relu"
        ),
    ),
)


def laid_out(rows: Body, header: int) -> Body:
    """Run the passes of the sheet, in their order."""
    return reduce(lambda done, one: one.run(done, header), SHEET_PASSES, rows)


def put_straight(table: Table) -> Table:
    """Run all passes, in their order."""
    return reduce(lambda done, one: one.run(done), PASSES, table)
