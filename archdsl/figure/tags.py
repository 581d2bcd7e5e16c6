"""Parts of a figure -> class names for their elements in the SVG, by which a page knows what stands there."""

from archdsl.figure.parts import Glyph, Group, Step

Tagged = Step | Glyph
PART = "part"


def class_names(part: Tagged) -> str:
    """Return `part` and the names of what a part shows: `row-3`, `node-12`; nothing where it shows neither.

    Of several nodes that are drawn as one, the first gives the name.
    """
    match part:
        case Group(rows=rows) | Glyph(rows=rows):
            names = [f"row-{row}" for row in rows]
        case _:
            names = [f"node-{layer[0]}" for layer in getattr(part, "layers", ())]
    return " ".join((PART, *names)) if names else ""
