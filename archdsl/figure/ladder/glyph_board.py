"""Glyphs of a paper's figure, what leaves the strip, and the distinct blocks below it, on a board."""

from itertools import pairwise

from archdsl.figure import labels
from archdsl.figure.labels import quoted
from archdsl.figure.ladder.board import Board, Spot
from archdsl.figure.ladder.glyphs import GAP, glyph_height
from archdsl.figure.ladder.room import extent
from archdsl.figure.ladder.stack import Stack
from archdsl.figure.packing import packed
from archdsl.figure.parts import Glyph, Paper


class GlyphBoard:
    """Writes the parts of a paper's figure at places."""

    def __init__(self, board: Board, model: Paper) -> None:
        self.board = board
        self.model = model

    def glyph(self, glyph: Glyph, x: float, top: float) -> Spot:
        """Write a glyph with its texts; lines reach its box, not its texts."""
        label = labels.glyph(glyph, self.board.colours)
        said = {"label": f"<{label}>", "tooltip": quoted(glyph.tooltip)}
        spot = self.board.put((labels.glyph_width(glyph), glyph_height(glyph), said), x, top, glyph)
        return spot._replace(left=x - glyph.width / 2, right=x + glyph.width / 2)

    def sides(self, top: float) -> float:
        """Write what leaves the trunk, each strip behind the name of the glyph that it leaves; return where
        the last one ends."""
        c = self.board.colours
        for side in self.model.sides:
            width, said = labels.small(f"from {side.start}", c.muted)
            high = max(map(glyph_height, side.glyphs))
            y = top + max(glyph.height / 2 + labels.GLYPH_TEXT for glyph in side.glyphs)
            label = {"label": f"<{said}>", "tooltip": quoted(f"from {side.start}")}
            spots = [self.board.put((width, 14, label), width / 2, y - 7)]
            x = width + GAP
            for glyph in side.glyphs:
                wide = labels.glyph_width(glyph)
                spots.append(self.glyph(glyph, x + wide / 2, y - glyph.height / 2 - labels.GLYPH_TEXT))
                x += wide + GAP
            for tail, head in pairwise(spots):
                self.board.line(tail, head, [(tail.right, y), (head.left, y)])
            top += high + GAP
        return top

    def insets(self, top: float, width: float) -> None:
        """Write the distinct blocks where they leave the lowest figure, in the room that there is, at least
        as wide as the strip."""
        rooms = [extent(group) for group in self.model.insets]
        sizes = [(room.left + room.right, room.height) for room in rooms]
        places = packed((), sizes, max(self.model.room, width)).blocks
        stack = Stack(self.board)
        for group, room, (x, y) in zip(self.model.insets, rooms, places, strict=True):
            stack.step(group, x + room.left, top + y, rises=False)
