"""E013, E014: messages about the physical form of a table: LaTeX, HTML, drawn boxes, quoted cells."""

from archdsl.diagnostics import Diagnostic, Fix, Label
from archdsl.problems.base import error, short
from archdsl.source import Source, Span


def unclosed_table(source: Source, span: Span, closing: str) -> Diagnostic:
    """E0130: an environment or element whose end is missing."""
    return error(
        "E0130",
        f"missing `{short(closing)}`",
        source,
        span,
        "this is never closed",
        help=f"write `{short(closing)}` after it",
    )


def overlapping_spans(source: Source, span: Span, other: Span) -> Diagnostic:
    """E0131: a merged cell that reaches into another cell."""
    return error(
        "E0131",
        "two cells cover the same place of the table",
        source,
        span,
        "this cell stands where a merged cell reaches",
        Label(other, "merged over too many rows or columns"),
        help="make the merged cell smaller, or leave empty what it covers",
    )


def runaway_macro(source: Source, span: Span, name: str, limit: int) -> Diagnostic:
    """E0132: a macro whose expansion does not come to an end."""
    return error(
        "E0132",
        f"the macro `\\{short(name)}` expands without end",
        source,
        span,
        f"the limit is {limit:,} pieces of text for all macros",
        help="a macro must not use itself; write out what it stands for",
    )


def table_too_large(source: Source, span: Span, limit: int) -> Diagnostic:
    """E0133: more cells, or cells merged over more, than a table may have."""
    return error(
        "E0133",
        f"the table covers more than {limit:,} cells",
        source,
        span,
        "it is read up to here",
        help="split the table",
    )


def missing_argument(source: Source, span: Span, name: str) -> Diagnostic:
    """E0134: a macro without all of its arguments."""
    return error(
        "E0134",
        f"`\\{short(name)}` lacks an argument",
        source,
        span,
        "this macro takes more",
        help="write each argument in braces, `{...}`",
    )


def unbalanced_brace(source: Source, span: Span, brace: str) -> Diagnostic:
    """E0135: a brace, or a `\\left`, without its partner."""
    what = "is never closed in its cell" if brace in ("{", "\\left") else "closes nothing"
    partner = {"{": "}", "}": "{", "\\left": "\\right", "\\right": "\\left"}[brace]
    return error(
        "E0135", f"`{brace}` without `{partner}`", source, span, what, help="write its partner, or remove it"
    )


def reordered_bracket(source: Source, span: Span, fixes: tuple[Fix, ...]) -> Diagnostic:
    """E0136: the lines of one tall bracket, each read with its own piece of the bracket."""
    return error(
        "E0136",
        "the bracket closes before its last layer",
        source,
        span,
        "layers and brackets look mixed up, as text recognition leaves them",
        help="write one bracket around all the layers, `[1x1, 64; 3x3, 64; 1x1, 256] x 3`",
        fixes=fixes,
    )


def fused_rows(source: Source, span: Span, text: str, fixes: tuple[Fix, ...]) -> Diagnostic:
    """E0137: the channels of one layer run into the kernel of the next."""
    return error(
        "E0137",
        f"two layers run together in `{short(text)}`",
        source,
        span,
        "a `;` is missing here",
        help="separate the layers",
        fixes=fixes,
    )


def lost_bracket(source: Source, span: Span, fixes: tuple[Fix, ...]) -> Diagnostic:
    """E0138: several layers and a repeat, but no bracket that says what is repeated."""
    return error(
        "E0138",
        "a repeat after several layers has no bracket",
        source,
        span,
        "it is unclear which layers are repeated",
        help="write brackets around what is repeated, `[3x3, 64; 3x3, 64] x 2`, or take the table from the paper's LaTeX or HTML",
        fixes=fixes,
    )


def doubled_glyphs(source: Source, span: Span, fixes: tuple[Fix, ...]) -> Diagnostic:
    """E0139: a PDF's text layer that has every character twice."""
    return error(
        "E0139",
        "every character in this cell appears twice",
        source,
        span,
        "a broken copy from a PDF",
        help="copy the table from the LaTeX or HTML version of the paper, or write every character once",
        fixes=fixes,
    )


def unclosed_quote(source: Source, span: Span) -> Diagnostic:
    """E0140: a quoted cell without its closing quote."""
    return error(
        "E0140",
        'missing `"`',
        source,
        span,
        "this quoted cell is never closed",
        help='close it, or write `""` for a quote in a cell',
    )


def broken_box(source: Source, span: Span) -> Diagnostic:
    """E0141: a drawn table with a cell that is not a rectangle."""
    return error(
        "E0141",
        "this cell is not a rectangle",
        source,
        span,
        "a `+`, `-` or `|` of its border is missing or misplaced",
    )


def nested_groups(source: Source, span: Span, limit: int) -> Diagnostic:
    """E0142: groups within groups beyond any use."""
    return error(
        "E0142", f"groups are nested more than {limit:,} deep", source, span, "the table is read up to here"
    )


def unknown_macro(source: Source, span: Span, name: str) -> Diagnostic:
    """E0143: a macro with several arguments whose definition is not in the file."""
    return error(
        "E0143",
        f"the macro `\\{short(name)}` is not defined in this file",
        source,
        span,
        "its meaning is unknown",
        help="put its definition into this file, above the table; included files are not read",
    )


def other_file(source: Source, span: Span, text: str) -> Diagnostic:
    """E0144: a part of a table that stands in another file."""
    return error(
        "E0144",
        f"`{short(text)}` reads part of the table from another file",
        source,
        span,
        "other files are never read",
        help="replace it with the contents of that file",
    )


def printed_module(source: Source, span: Span) -> Diagnostic:
    """E0151: a PyTorch module as `print` shows it."""
    return error(
        "E0151",
        "a printed module does not show how its layers are connected",
        source,
        span,
        "it lists the parts of a model in the order of their creation",
        help="print a summary with output sizes (torchinfo, torchsummary or Keras), or write the layers as a table",
    )
