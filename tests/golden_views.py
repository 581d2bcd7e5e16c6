"""The views of a compilation that golden suites show: one function each, named as the block is."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from archdsl.diagnostics import Fix
from archdsl.figure.dot import figure_dot
from archdsl.graph.graph import Graph, Node
from archdsl.network import Network, Spec
from archdsl.pipeline import Compilation
from archdsl.problems.base import size_text
from archdsl.render import summary, text
from archdsl.render.document import document
from archdsl.source import Source
from archdsl.syntax.ast import (
    Argument,
    BinOp,
    Call,
    Condition,
    Expr,
    Guard,
    Item,
    Layer,
    Name,
    Num,
    Option,
    Row,
    Use,
    Wire,
)


def ast_view(compilation: Compilation) -> str:
    """Show the rows as parsed: a line for each layer and block, indented by nesting."""
    return "".join(
        line + "\n" for compiled in compilation.compiled for row in compiled.table.rows for line in _row(row)
    )


def _row(row: Row) -> Iterator[str]:
    size = " x ".join(map(_expression, row.size)) if row.size else "-"
    incoming = f"{' x '.join(map(_expression, row.incoming))} -> " if row.incoming else ""
    yield f"row {row.name or '-'} | {incoming}{size}{_guard(row.guard)}"
    for claim in row.claims:
        yield f"  claims {claim.what} {claim.text}"
    for item in row.items or ():
        yield from _item(item, "  ")


def _item(item: Item, indent: str) -> Iterator[str]:
    if isinstance(item, Wire):
        yield f"{indent}{item.kind} {', '.join(ref.name for ref in item.refs)}"
        return
    options = "".join(f" {_option(option)}" for option in item.options)
    if isinstance(item, Use):
        yield f"{indent}use {item.block.name}({', '.join(map(_argument, item.args))}){options}"
        return
    if isinstance(item, Layer):
        yield f"{indent}{item.op}{options}"
        return
    yield f"{indent}block" + (f" x {_expression(item.repeat)}" if item.repeat else "") + options
    for inner in item.items:
        yield from _item(inner, indent + "  ")


def _guard(guard: Guard) -> str:
    """Show `when` with its conditions."""
    return " when " + " or ".join(" and ".join(map(_condition, part)) for part in guard) if guard else ""


def _condition(condition: Condition) -> str:
    right = "" if condition.right is None else f" {condition.op} {_expression(condition.right)}"
    return _expression(condition.left) + right


def _argument(argument: Argument) -> str:
    return (f"{argument.key}=" if argument.key else "") + _expression(argument.value)


def _option(option: Option) -> str:
    value = option.value
    if isinstance(value, str):
        return f"{option.key}={value}"
    if isinstance(value, Num | Name | BinOp | Call):
        return f"{option.key}={_expression(value)}"
    return f"{option.key}={'x'.join(map(_expression, value))}"


def _expression(value: Expr) -> str:
    match value:
        case Num():
            return str(value.value)
        case Name():
            return value.id
        case Call():
            return f"{value.name}({', '.join(map(_argument, value.args))})"
        case BinOp():
            return f"({_expression(value.left)} {value.op} {_expression(value.right)})"


def graph_view(compilation: Compilation) -> str:
    """Show every node: its name, op, inputs and shape."""
    return "".join(
        _node(network.graph, node) + "\n"
        for network in Spec(compilation).networks
        for node in network.graph.nodes
    )


def _node(graph: Graph, node: Node) -> str:
    params = ", ".join(f"{key}={_value(value)}" for key, value in node.params.items())
    inputs = ", ".join(graph.nodes[i].name for i in node.inputs)
    return (
        f"{node.name} = {node.op}({params})"
        + (f" of {inputs}" if inputs else "")
        + f" -> {size_text(node.shape)}"
    )


def _value(value: Any) -> str:
    return (
        size_text(value)
        if isinstance(value, tuple) and all(isinstance(part, int) for part in value)
        else str(value)
    )


def shapes_view(compilation: Compilation) -> str:
    """Show what each row makes of its input, and what was inferred for it."""
    return "".join(line + "\n" for network in Spec(compilation).networks for line in _shapes(network))


def _shapes(network: Network) -> Iterator[str]:
    shape = network.input
    for stage in network.stages:
        facts = "; ".join(fact.fact for fact in stage.inferred)
        yield f"{stage.name}: {size_text(shape)} -> {size_text(stage.computed)}" + (
            f"  ({facts})" if facts else ""
        )
        shape = stage.computed


def diagnostics_view(compilation: Compilation) -> str:
    """Show the diagnostics as a person sees them."""
    return text.render_all(compilation.diagnostics)


def fixed_view(compilation: Compilation) -> str:
    """Show the source with the first fix of every diagnostic made."""
    fixes = [diagnostic.fixes[0] for diagnostic in compilation.diagnostics if diagnostic.fixes]
    edits = tuple(edit for fix in fixes for edit in fix.edits)
    return fixed(compilation.source, Fix("all", edits))


def fixed(source: Source, fix: Fix) -> str:
    """Apply a fix."""
    result, end = "", 0
    for span, new in sorted(fix.edits, key=lambda edit: edit.span):
        if span.start >= end:
            result, end = result + source.text[end : span.start] + new, max(span.end, end)
    return result + source.text[end:]


def _python(network: Network) -> str:
    from archdsl.backends.python_source import source

    return source(network.graph)


def _each(show: Callable[[Network], str]) -> Callable[[Compilation], str]:
    return lambda compilation: "\n".join(
        show(network).rstrip("\n") + "\n" for network in Spec(compilation).networks
    )


def json_view(compilation: Compilation) -> str:
    """Show the JSON document."""
    return json.dumps(document([compilation]), indent=2, ensure_ascii=False)


VIEWS: dict[str, Callable[[Compilation], str]] = {
    "ast": ast_view,
    "graph": graph_view,
    "shapes": shapes_view,
    "diagnostics": diagnostics_view,
    "fixed": fixed_view,
    "summary": _each(summary.text),
    "explain": _each(lambda network: "\n".join(summary.explained(network))),
    "json": json_view,
    "dot": _each(lambda network: figure_dot(network.graph)),
    "python": _each(_python),
}
