"""A network's graph -> TensorFlow's `GraphDef`, for TensorBoard's view of graphs: the table as it is, rows
and blocks to open."""

from typing import Any

from archdsl.graph.graph import Graph, Node


def graph_def(graph: Graph) -> Any:
    """Return a `GraphDef` with a node for each layer, named by its path `stage/block/layer`, with its
    parameters and output shape."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    names = unique_names(graph)
    return GraphDef(
        node=[
            _node(node, names[place], [names[i] for i in node.inputs])
            for place, node in enumerate(graph.nodes)
        ]
    )


def unique_names(graph: Graph) -> list[str]:
    """Return the nodes' names; one that is also the path of others gets its op at the end, as a node and a
    folder cannot share a name."""
    folders = {
        node.name.rsplit("/", depth)[0]
        for node in graph.nodes
        for depth in range(1, node.name.count("/") + 1)
    }
    return [f"{node.name}/{node.op}" if node.name in folders else node.name for node in graph.nodes]


def _node(node: Node, name: str, inputs: list[str]) -> Any:
    from tensorboard.compat.proto.attr_value_pb2 import AttrValue
    from tensorboard.compat.proto.node_def_pb2 import NodeDef
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

    sizes = [TensorShapeProto.Dim(size=size) for size in (-1, *node.shape)]
    shape = AttrValue(list=AttrValue.ListValue(shape=[TensorShapeProto(dim=sizes)]))
    told = {key: AttrValue(s=str(value).encode()) for key, value in node.params.items()}
    return NodeDef(name=name, op=node.op, input=inputs, attr={"_output_shapes": shape, **told})
