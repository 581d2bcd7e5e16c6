"""A text -> the form that its tables have, by its content and the ending of its name, and its tables as sheets."""

import re

from archdsl.diagnostics import Reporter
from archdsl.readers.grid import Sheet
from archdsl.source import Source

_ENDINGS = {
    **dict.fromkeys(("tex", "latex", "ltx"), "latex"),
    **dict.fromkeys(("html", "htm", "xhtml"), "html"),
    **dict.fromkeys(("tsv", "csv", "tab"), "delimited"),
}
_LATEX = re.compile(r"\\begin\s*\{(?:tabular|longtable|tabu|tblr|array)")
_HTML = re.compile(r"<table\b", re.IGNORECASE)


def form_of(source: Source) -> str | None:
    """Tell which form the tables of a text have; None where it has none but rows of our own."""
    ending = source.path.rpartition(".")[2].lower()
    if ending == "arch":
        return None
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    clean = source.clean
    if "|" in clean and "-" in clean:
        from archdsl.readers.markdown import is_markdown

        if is_markdown(source):
            return "markdown"
    if "<" in clean and _HTML.search(clean):
        return "markdown" if ending in ("md", "markdown") or "\\begin{tab" in clean else "html"
    if "\\begin" in clean and _LATEX.search(clean):
        return "markdown" if ending in ("md", "markdown") else "latex"
    return None


def read_sheets(source: Source, reporter: Reporter, limit: int) -> tuple[Sheet, ...] | None:
    """Give the tables of a text, in their order; None where it has none of the forms that are read here.

    What is wrong with one table is told in its `problems`, for the caller to report if the table is one of a network.
    A table is read up to `limit` + 1 rows.
    """
    form = form_of(source)
    if form == "markdown":
        from archdsl.readers.documents import DocumentReader

        return DocumentReader(source, reporter.add, limit).read()
    if form == "latex":
        from archdsl.readers.latex.tables import find_tables
        from archdsl.readers.naming import named

        return named(find_tables(source, 0, len(source.clean), reporter.add, limit)[0])
    if form == "html":
        from archdsl.readers.html import HtmlReader
        from archdsl.readers.naming import named, with_captions

        reader = HtmlReader(source, limit)
        sheets = reader.read(0, len(source.clean))
        return named(with_captions(source, list(zip(sheets, reader.ends, strict=True))))
    return None
