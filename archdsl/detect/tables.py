"""A text of any form but our own -> the tables in it that describe networks; the others are passed over."""

from collections.abc import Callable

from archdsl.detect.score import lacks, score
from archdsl.diagnostics import Reporter
from archdsl.forms.forms import read_sheets
from archdsl.native.preambles import Collected, preambles
from archdsl.native.reader import NativeReader
from archdsl.problems import files, syntax
from archdsl.problems.base import short
from archdsl.resolve.conventions import CONVENTIONS, FACTS, allowed, normal
from archdsl.source import Source, file_name
from archdsl.table.bands import with_settings
from archdsl.table.columns import sheet_grids
from archdsl.table.owned import listed_headers
from archdsl.text.grid import Grid, Sheet, Tables

# A document's prose is never read line by line as a table; a text of another ending may be one of our own
# form.
_DOCUMENTS = frozenset(
    {
        "md",
        "markdown",
        "rst",
        "adoc",
        "org",
        "tex",
        "latex",
        "ltx",
        "html",
        "htm",
        "xhtml",
        "csv",
        "tsv",
        "tab",
        "ipynb",
    }
    | {"py", "js", "ts", "c", "cpp", "h", "java"}
)
_WORDS = 6  # of a value: `image: 32x32x3, tokens: 128`
_Reader = Callable[[Source], NativeReader]


def find_tables(source: Source, reporter: Reporter, native: _Reader, limit: int) -> Tables:
    """Find the networks of a text; a table is read up to `limit` + 1 rows."""
    if _begins_with_setting(source):
        return native(source).read(file_name(source), limit)
    sheets = read_sheets(source, reporter, limit)
    if sheets is not None:
        return _of_document(source, sheets, reporter, native, limit)
    if source.ending in _DOCUMENTS:
        return Tables((), 0)
    found = native(source).read(file_name(source), limit)
    evidence = score(None, found.grids)
    said = not evidence.code and any(grid.blocks or _is_said(grid) for grid in found.grids)
    return found if said or evidence.taken else Tables((), 0)


def _is_said(grid: Grid) -> bool:
    """Return whether a text has a setting of ours; lists of requirements and code have `name=value`, too."""
    return any(
        _sets(setting.key.text.strip().lower(), setting.value.text.strip()) for setting in grid.settings
    )


def _of_document(
    source: Source, sheets: tuple[Sheet, ...], reporter: Reporter, native: _Reader, limit: int
) -> Tables:
    above = Collected(preambles(source, lambda: native(source)))
    grids: list[Grid] = []
    for comment in above.waiting:
        for row in comment.rows:
            reporter.add(syntax.no_setting(source, row.span, (*CONVENTIONS, *FACTS)))
    passed: list[str] = []
    for sheet in sheets:
        above.up_to(sheet.span.start)
        own = listed_headers(above.blocks) if above.blocks else frozenset()
        found = sheet_grids(source, sheet, above.settings, own)
        if not found or not (above.settings or _is_network(sheet, found)):
            passed.append(_described(source, sheet, found))
            continue
        if len(sheet.rows) > limit:  # what comes after them was not read
            reporter.add(files.too_many_rows(source, sheet.rows[-1][0].span, limit))
            return Tables((), len(sheets))
        grids += with_settings(found, above.settings, above.blocks)
        above.used()
        for problem in sheet.problems:
            reporter.add(problem)
        reporter.spoilt |= {
            source.position(problem.span.start)[0]
            for problem in sheet.problems
            if problem.severity == "error"
        }
    return Tables(tuple(grids), len(sheets), tuple(passed))


def _is_network(sheet: Sheet, grids: tuple[Grid, ...]) -> bool:
    return score(sheet, grids).taken


def _described(source: Source, sheet: Sheet, grids: tuple[Grid, ...]) -> str:
    """Say of a table that is passed over where it is, what its header is, and what it lacks."""
    head = " | ".join(dict.fromkeys(cell.text.strip() for cell in sheet.rows[0] if cell.text.strip()))
    why = lacks(score(sheet, grids)) if grids else "it has no column of layers"
    return f"`{sheet.name}` in line {source.position(sheet.span.start)[0]}: {short(head, 60)}; {why}"


def _begins_with_setting(source: Source) -> bool:
    """Return whether a text begins with a setting of ours, so that it is a spec whatever it is called."""
    line = next((line for line in source.clean.split("\n") if line.strip() and not line.startswith("#")), "")
    key, _, value = line.strip().replace("=", " ").partition(" ")
    return _sets(key.lower(), value.strip(), source.ending not in _DOCUMENTS)


def _sets(key: str, value: str, spec: bool = False) -> bool:
    """Return whether a key and its value are a setting of ours; in a likely `spec`, the value may be
    wrong."""
    if key in CONVENTIONS:
        word = value.partition(",")[0].split(" #")[0].strip()
        return spec or allowed(key, normal(key, word))
    return key in FACTS and (spec or _is_fact(value))


def _is_fact(value: str) -> bool:
    """Return whether what stands behind a fact is its value, and no sentence: `Input 32x32 are cropped.`"""
    said = value.partition("#")[0].strip()
    sentence = "$" in said or ". " in said or said.endswith(".") or len(said.split()) > _WORDS
    return not sentence and any(map(str.isdecimal, said))
