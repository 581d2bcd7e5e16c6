"""A text -> the form that its tables have, by its content and the ending of its name, and its tables as
sheets."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice

from archdsl.diagnostics import Reporter
from archdsl.forms.captions import named
from archdsl.forms.comments import uncommented
from archdsl.forms.leftovers import cleared
from archdsl.forms.verbatim import Region, blanked, environments, fences, masked, preformatted
from archdsl.light import Final
from archdsl.patterns import pattern
from archdsl.source import Source, Span
from archdsl.text.grid import Sheet

MAX_PROBLEMS: Final = 20  # of the texts of one table
_ENDINGS = {
    **dict.fromkeys(("tex", "latex", "ltx"), "latex"),
    **dict.fromkeys(("html", "htm", "xhtml"), "html"),
    **dict.fromkeys(("tsv", "csv", "tab"), "delimited"),
    "ipynb": "notebook",
}
_LATEX = pattern(r"\\begin\s*\{(?:tabular|longtable|tabu|tblr|array)")
_HTML = pattern(r"<table\b", re.IGNORECASE)


_MODULE = pattern(r"^[ \t]+\(\w+\): [A-Z]\w*\(", re.MULTILINE)
_DRAWN = pattern(r"[-=]{2}\+|=[ \t]+=|[\u2500-\u257f]|^[ \t]*\|[^\n|]*\|[^\n]*\|[ \t]*$", re.MULTILINE)


def form_of(source: Source) -> str | None:
    """Return which form the tables of a text have; None where it has none but rows of our own."""
    ending = source.ending
    if ending == "arch":
        return None
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    return _marked_up(source, ending) or _drawn(source)


def _marked_up(source: Source, ending: str) -> str | None:
    clean = source.clean
    if "|" in clean and "-" in clean:
        from archdsl.forms.markdown import is_markdown

        if is_markdown(source):
            return "markdown"
    prose = ending in ("md", "markdown", "rst", "")
    if ending in ("md", "markdown") and "<pre" in clean:
        return "markdown"
    if "<" in clean and _HTML.search(clean):
        return "markdown" if prose or "\\begin{tab" in clean else "html"
    if "\\begin" in clean and _LATEX.search(clean):
        return "markdown" if prose and "\\documentclass" not in clean else "latex"
    return None


def _drawn(source: Source) -> str | None:
    if "[net" in source.clean:
        from archdsl.forms.darknet.cfg import is_cfg

        if is_cfg(source.clean):
            return "cfg"
    if "): " in source.clean and _MODULE.search(source.clean):
        return "module"
    if _DRAWN.search(source.clean):
        from archdsl.forms.plain import PlainReader

        if PlainReader(source, 1000).found():
            return "grid"
    if "\t" in source.clean or '"' in source.clean or ";" in source.clean:
        from archdsl.forms.delimited import is_delimited

        if is_delimited(source):
            return "delimited"
    if "  " in source.clean:
        from archdsl.forms.aligned import is_aligned

        if is_aligned(source):
            return "aligned"
    return None


def read_sheets(source: Source, reporter: Reporter, limit: int) -> tuple[Sheet, ...] | None:
    """Return the tables of a text, in their order; None where it has none of the forms that are read here.

    What is wrong with one table is told in its `problems`, for the caller to report if the table is one of a
    network. A table is read up to `limit` + 1 rows.
    """
    dumps, source = _prints(uncommented(source, source.ending))
    form = form_of(source)
    if form is None and not dumps:
        return None
    own = READERS[form](source, reporter, limit) if form else ()
    shown = _shown(source, form, reporter, limit) if form in _SHOWN else ()
    both = named(sorted((*own, *shown, *dumps), key=_place)) if shown or dumps else own
    sheets = tuple(map(partial(_summarised, source), both))
    for sheet in sheets:
        if not sheet.rows:  # nothing in it can tell whether it is of a network
            list(map(reporter.add, sheet.problems))
    return tuple(_examined(source, cleared(sheet)) for sheet in sheets if sheet.rows)


def _place(sheet: Sheet) -> int:
    return sheet.span.start


def _shown(source: Source, form: str, reporter: Reporter, limit: int) -> tuple[Sheet, ...]:
    """Read what a document shows letter for letter: parts of the same form together, so that each character
    is read once."""
    by_form: dict[str, list[Region]] = {}
    for region in _SHOWN[form](source):
        own = form_of(Source(f"part.{region.ending}", region.text))
        if own and not (own == form == "markdown"):  # a fence shows how such a table is written
            by_form.setdefault(own, []).append(region)
    shown = Reporter()
    sheets = [
        sheet
        for own, regions in by_form.items()
        for sheet in READERS[own](masked(source, regions), shown, limit)
    ]
    for problem in shown.diagnostics:
        reporter.add(problem._replace(source=source))
    return tuple(
        sheet._replace(problems=tuple(problem._replace(source=source) for problem in sheet.problems))
        for sheet in sheets
    )


def _prints(source: Source) -> tuple[tuple[Sheet, ...], Source]:
    """Read the summaries and logs that a text shows letter for letter; give them, and the text without
    them."""
    if "(type" not in source.clean and "filters" not in source.clean:
        return (), source
    from archdsl.forms.darknet.log import find_logs
    from archdsl.forms.summaries.layers import as_table
    from archdsl.forms.summaries.models import Summaries
    from archdsl.forms.summaries.printed import find_dumps

    regions = sorted((*_outputs(source), *_prose(source))) if source.ending == "ipynb" else ()
    shown = masked(source, regions) if regions else source
    dumps = tuple(find_dumps(shown))
    beside = Summaries(source, dumps)
    found = [(as_table(source, dump, beside), dump.span) for dump in dumps]
    found = sorted((*found, *find_logs(shown)), key=lambda print_: print_[1].start)
    rest = Source(source.path, source.text)
    rest.clean = blanked(source.clean, [span for _, span in found])
    return tuple(sheet for sheet, _ in found), rest if found else source


def _summarised(source: Source, sheet: Sheet) -> Sheet:
    if not sheet.rows:
        return sheet
    from archdsl.forms.summaries.tables import dump_of

    dump = dump_of(source, sheet)
    if dump is None:
        return sheet
    from archdsl.forms.summaries.layers import as_table

    found = as_table(source, dump)
    return found._replace(
        name=sheet.name, caption=sheet.caption, span=sheet.span, problems=(*sheet.problems, *found.problems)
    )


def _examined(source: Source, sheet: Sheet) -> Sheet:
    from archdsl.forms.trust import bounded, examine, once

    sheet = once(source, bounded(source, sheet))
    return sheet._replace(problems=(*sheet.problems, *islice(examine(source, sheet), MAX_PROBLEMS)))


def _markdown(source: Source, reporter: Reporter, limit: int) -> tuple[Sheet, ...]:
    from archdsl.forms.documents import DocumentReader

    return DocumentReader(source, reporter.add, limit).read()


def _notebook(source: Source, reporter: Reporter, limit: int) -> tuple[Sheet, ...]:
    from archdsl.forms.notebook import as_document

    return _markdown(as_document(source), reporter, limit)


def _latex(source: Source, reporter: Reporter, limit: int) -> tuple[Sheet, ...]:
    from archdsl.forms.latex.tables import find_tables

    return named(find_tables(source, 0, len(source.clean), reporter.add, limit)[0])


def _html(source: Source, reporter: Reporter, limit: int) -> tuple[Sheet, ...]:
    from archdsl.forms.captions import with_captions
    from archdsl.forms.html import HtmlReader

    del reporter
    reader = HtmlReader(source, limit)
    sheets = reader.read(0, len(source.clean))
    return named(with_captions(source, list(zip(sheets, reader.ends, strict=True))))


def _grid(source: Source, reporter: Reporter, limit: int) -> tuple[Sheet, ...]:
    from archdsl.forms.plain import PlainReader

    del reporter
    return PlainReader(source, limit).read()


def _delimited(source: Source, reporter: Reporter, limit: int) -> tuple[Sheet, ...]:
    from archdsl.forms.delimited import DelimitedReader, separator_of

    del reporter
    separator = separator_of(source) or "\t"
    return DelimitedReader(source, separator, limit).read()


def _aligned(source: Source, reporter: Reporter, limit: int) -> tuple[Sheet, ...]:
    from archdsl.forms.aligned import read_aligned

    del reporter
    return read_aligned(source, limit)


def _module(source: Source, reporter: Reporter, limit: int) -> tuple[Sheet, ...]:
    del limit
    from archdsl.problems.readers import printed_module

    match = _MODULE.search(source.clean)
    if match:
        reporter.add(printed_module(source, Span(*match.span())))
    return ()


def _cfg(source: Source, reporter: Reporter, limit: int) -> tuple[Sheet, ...]:
    from archdsl.forms.darknet.cfg import read_cfg

    del reporter, limit
    return read_cfg(source)


READERS = {
    "cfg": _cfg,
    "module": _module,
    "notebook": _notebook,
    "latex": _latex,
    "html": _html,
    "markdown": _markdown,
    "grid": _grid,
    "delimited": _delimited,
    "aligned": _aligned,
}


def _outputs(source: Source) -> Iterable[Region]:
    from archdsl.forms.notebook import outputs

    return outputs(source)


def _prose(source: Source) -> Iterable[Region]:
    from archdsl.forms.notebook import prose

    return prose(source)


def _of_notebook(source: Source) -> Iterable[Region]:
    from archdsl.forms.notebook import as_document

    return (*_outputs(source), *_of_markdown(as_document(source)))


def _of_markdown(source: Source) -> Iterable[Region]:
    text = source.clean
    return [
        *(fences(text) if "```" in text or "~~~" in text else ()),
        *(preformatted(text) if "<pre" in text else ()),
    ]


# Forms of documents that show other texts, and how these are found.
_SHOWN: dict[str, Callable[[Source], Iterable[Region]]] = {
    "markdown": _of_markdown,
    "latex": lambda source: environments(source.clean),
    "notebook": _of_notebook,
}
