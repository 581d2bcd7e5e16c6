"""AST -> native text: the canonical form of a table; parsing it again gives the same table."""

from archdsl.ops import OPS
from archdsl.syntax.ast import (
    Argument,
    BinOp,
    Call,
    Expr,
    Item,
    Layer,
    Num,
    Option,
    Row,
    Table,
    Use,
    Wire,
    per_axis,
)

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


def table_text(table: Table) -> str:
    """Write a table: settings, parameters, then the rows as aligned columns."""
    lines = [f"{setting.key} {setting.value}" for setting in table.settings]
    lines += [f"param {parameter.name} = {expression(parameter.value)}" for parameter in table.parameters]
    rows = [_row(row) for row in table.rows]
    return "\n".join([*lines, "", *_aligned(rows)]).lstrip("\n") + "\n"


def _row(row: Row) -> tuple[str, str, str]:
    size = "x".join(map(_factor, row.size)) if row.size else "-"
    return row.name, size, "; ".join(map(item_text, row.items or ()))


def _aligned(rows: list[tuple[str, str, str]]) -> list[str]:
    """Pipes, since a name may be empty or look like a size."""
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(2)]
    return [
        f"| {name.ljust(widths[0])} | {size.ljust(widths[1])} | {structure} |"
        for name, size, structure in rows
    ]


def item_text(item: Item) -> str:
    """Write a layer or a bracket."""
    if isinstance(item, Layer):
        return layer_text(item)
    if isinstance(item, Wire):
        return f"{item.kind} {', '.join(ref.name for ref in item.refs)}".strip()
    if isinstance(item, Use):
        arguments = [_argument(argument) for argument in item.args] + [
            _option(option) for option in item.options
        ]
        return f"{item.block.name}({', '.join(arguments)})"
    repeat = f" x {_factor(item.repeat)}" if item.repeat is not None else ""
    options = "".join(f" {_option(option)}" for option in item.options)
    return f"[{'; '.join(map(item_text, item.items))}]{repeat}{options}"


def layer_text(layer: Layer) -> str:
    """Write a layer: its op (a convolution's kernel says it already), then its options by name."""
    options = list(layer.options)
    axes = f"{layer.axes}D " if layer.axes else ""
    words = [] if layer.op == "conv" and _has(layer, "kernel") and not axes else [axes + _word(layer)]
    if layer.op == "activation":
        options = [option for option in options if option.key != "function"]
    kernel = [option for option in options if option.key == "kernel" and per_axis(option)]
    words = ["x".join(map(_factor, per_axis(option))) for option in kernel] + words
    rest = [_option(option) for option in options if option not in kernel and option.key != "needs"]
    return ", ".join([" ".join(words), *rest])


def _argument(argument: Argument) -> str:
    value = expression(argument.value)
    return f"{argument.key}={value}" if argument.key else value


def _has(layer: Layer, key: str) -> bool:
    return any(option.key == key and per_axis(option) for option in layer.options)


def _word(layer: Layer) -> str:
    if layer.op == "activation":
        return (
            next((str(option.value) for option in layer.options if option.key == "function"), "relu")
            .replace("_", " ")
            .replace("hard silu", "hard swish")
        )
    return OPS[layer.op].words[0]


def _option(option: Option) -> str:
    value = option.value
    if isinstance(value, str):
        return f"{option.key}={value}"
    return f"{option.key}={'x'.join(map(_factor, per_axis(option) or (value,)))}"  # type: ignore[arg-type]


def _factor(expr: Expr) -> str:
    return f"({expression(expr)})" if isinstance(expr, BinOp) else expression(expr)


def expression(expr: Expr, level: int = 0) -> str:
    """Write arithmetic with the parentheses it needs."""
    if isinstance(expr, Num):
        return str(expr.value)
    if isinstance(expr, Call):
        return f"{expr.name}({', '.join(map(_argument, expr.args))})"
    if not isinstance(expr, BinOp):
        return expr.id
    own = _PRECEDENCE[expr.op if expr.op != "x" else "*"]
    text = (
        f"{expression(expr.left, own)} {'*' if expr.op == 'x' else expr.op} {expression(expr.right, own + 1)}"
    )
    return f"({text})" if own < level else text
