"""Networks, comparisons and diagnostics -> HTML for a notebook, without scripts."""

import re
from collections.abc import Sequence
from html import escape

from archdsl.compare.result import Comparison
from archdsl.diagnostics import Diagnostic
from archdsl.network import Network
from archdsl.render import summary
from archdsl.render.text import render_all

# By the numbers of a terminal: colours that differ as much from a white page as from a dark one, 4.3 to 1.
_COLOURS = {"31": "#e23636", "32": "#198c35", "33": "#aa6c00", "34": "#1377e9"}
_ANSI = re.compile(r"\x1b\[([\d;]+)m(.*?)\x1b\[0m", re.DOTALL)
_HEAD = ("network", "input", "parameters", "MACs", "depth")
# Further figures would make a page of megabytes.
_MOST_FIGURES = 12


def network(shown: Network) -> str:
    """Show the figure of a network and its table."""
    return f"{figure(shown)}{summary.html(shown)}"


def figure(shown: Network) -> str:
    """Draw a network; where that cannot be, say why."""
    from archdsl.figure.draw import svg
    from archdsl.figure.engine import EngineMissingError, LayoutError
    from archdsl.figure.levels import TooManyLayersError

    try:
        return svg(shown.graph)
    except (EngineMissingError, LayoutError, TooManyLayersError) as fault:
        return f"<p>{escape(str(fault))}</p>"


def networks(shown: Sequence[Network], files: bool = False) -> str:
    """Show several networks as a table, and each below it, the first one unfolded; `files` names the file of
    each."""
    rows = "".join(f"<tr>{_cells(one, files)}</tr>" for one in shown)
    head = "".join(f"<th>{name}</th>" for name in (*(("file",) if files else ()), *_HEAD))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return (
        table + "".join(_folded(one, at == 0) for at, one in enumerate(shown[:_MOST_FIGURES])) + _rest(shown)
    )


def _cells(one: Network, files: bool) -> str:
    cells = [one.path] if files else []
    cells += [one.name, summary.size(one.input), f"{one.params.total:,}", summary.amount(one.macs)]
    return "".join(f"<td>{escape(cell)}</td>" for cell in (*cells, str(one.counts.depth)))


def _folded(one: Network, unfolded: bool) -> str:
    mark = " open" if unfolded else ""
    return f"<details{mark}><summary>{escape(one.name)}</summary>{network(one)}</details>"


def _rest(shown: Sequence[Network]) -> str:
    more = len(shown) - _MOST_FIGURES
    return f"<p>{more} more: display one of them to see its figure</p>" if more > 0 else ""


def comparison(shown: Comparison) -> str:
    """Show what differs in two networks, and their figure, folded."""
    return f"{terminal(shown.text(color=True))}{_figures(shown)}"


def _figures(shown: Comparison) -> str:
    from archdsl.figure.compare_dot import svg
    from archdsl.figure.engine import EngineMissingError, LayoutError

    try:
        drawn = svg(shown)
    except (EngineMissingError, LayoutError) as fault:
        drawn = f"<p>{escape(str(fault))}</p>"
    return f"<details><summary>figure</summary>{drawn}</details>"


def diagnostics(shown: Sequence[Diagnostic]) -> str:
    """Show diagnostics as a terminal does; none as a word."""
    return terminal(render_all(shown, color=True)) if shown else "<p>no errors, no warnings</p>"


def terminal(text: str) -> str:
    """Show a text with a terminal's colours."""
    return (
        f'<pre style="white-space: pre; overflow-x: auto">{_ANSI.sub(_span, escape(text, quote=False))}</pre>'
    )


def _span(match: "re.Match[str]") -> str:
    codes = match[1].split(";")
    weight = ["font-weight: bold"] if "1" in codes else []
    colour = [f"color: {_COLOURS[code]}" for code in codes if code in _COLOURS]
    return f'<span style="{"; ".join([*weight, *colour])}">{match[2]}</span>'
