"""Tells a Markdown table: the documents themselves are read by documents.py."""

from archdsl.source import Source


def is_rule(line: str) -> bool:
    """Return whether a line is the one of dashes and pipes below a table's header."""
    return "|" in line and "-" in line and not line.strip(" \t|:->")


def is_markdown(source: Source) -> bool:
    """Return whether a text has a Markdown table: a line of dashes and pipes under a line of cells."""
    return any(map(is_rule, source.clean.split("\n")))
