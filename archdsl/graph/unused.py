"""Layers whose output reaches no output of the network: a table that prints them means more than was
written."""

from archdsl.diagnostics import Reporter
from archdsl.graph.graph import Node
from archdsl.problems import uses
from archdsl.source import Source


def report_unused(source: Source, reporter: Reporter, nodes: list[Node], outputs: tuple[int, ...]) -> None:
    """Report each place whose last layer nothing takes, of several repeats one, and inputs that nothing
    reads."""
    taken = {number for node in nodes for number in node.inputs} | set(outputs)
    ends = [node for number, node in enumerate(nodes) if number not in taken and node.op != "input"]
    for span, (use, inside) in {
        node.origin[0]: (node.origin[-1], any(frame.name for frame in node.frames)) for node in reversed(ends)
    }.items():
        reporter.add(uses.unused(source, span, use, inside))
    entries = [(number, node) for number, node in enumerate(nodes) if node.op == "input"]
    for number, node in entries if len(entries) > 1 else ():
        if number not in taken:
            reporter.add(uses.unread_input(source, node.origin[0], node.name))
