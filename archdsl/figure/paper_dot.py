"""Paper -> DOT text, in which everything has its place: a U, or a strip in bands, and the insets below."""

from archdsl.figure.ladder.write_glyphs import write_glyphs
from archdsl.figure.ladder.write_strip import write_strip
from archdsl.figure.parts import Paper


def write_paper(model: Paper, theme: str = "light", *, headed: bool = True, tagged: bool = False) -> str:
    """Write the figure of a paper as DOT; `headed` and `tagged` are as of `dot.write`."""
    written = write_glyphs if model.cells else write_strip
    return written(model, theme, headed=headed, tagged=tagged)
