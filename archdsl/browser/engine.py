"""The Graphviz of a browser, under the figures of this package."""

from collections.abc import Callable

from archdsl.figure.draw import LayoutError, lay_out_by


def by_javascript(lay_out: Callable[[str], str]) -> None:
    """Have figures laid out by a function of JavaScript that gives the SVG of a DOT text."""

    def engine(dot: str, kind: str) -> bytes:
        if kind != "svg":
            raise LayoutError(f"the browser's Graphviz gives svg, not {kind}")
        try:
            return str(lay_out(dot)).encode()
        except Exception as error:  # of JavaScript: there is no class to name outside of a browser
            raise LayoutError(
                f"Graphviz broke down over this figure ({error}); draw level `stage` instead"
            ) from None

    lay_out_by(engine)
