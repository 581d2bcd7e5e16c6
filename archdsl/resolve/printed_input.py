"""The input size that the first row of a table prints -> the shape of the network's input, its channels
last."""

from archdsl.syntax.ast import Expr, Layer, Num, Table

_IMAGE = 3
_MOST = 4  # an image of more channels than this is taken to print them last


def input_of(table: Table) -> tuple[tuple[Expr, ...], str] | None:
    """Return the axes, and what was assumed of them; None where the first row prints no size of two axes or
    more.

    `224x224` has the channels that the first layer is printed for, else those of a colour image.
    """
    printed = table.rows[0].incoming if table.rows else None
    if not printed or len(printed) < 2:
        return None
    if len(printed) == 2:
        entering = _entering(table)
        assumed = "" if entering else f"the first row prints no channels, and an image has {_IMAGE}"
        return (*printed, entering or Num(_IMAGE, printed[-1].span)), assumed
    first, last = (axis.value if isinstance(axis, Num) else 0 for axis in (printed[0], printed[-1]))
    return ((*printed[1:], printed[0]) if 0 < first <= _MOST < last else printed), ""


def _entering(table: Table) -> Num | None:
    """Find the channels that the first layer is printed for."""
    items = table.rows[0].items or ()
    layer = items[0] if items and isinstance(items[0], Layer) else None
    values = [option.value for option in layer.options if option.key == "entering"] if layer else []
    return values[0] if values and isinstance(values[0], Num) else None
