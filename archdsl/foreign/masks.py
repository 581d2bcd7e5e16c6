"""Masks of padding: what Keras' layers are called with, compared with what the language hands on."""

from collections.abc import Mapping, Sequence

from archdsl.foreign.errors import Unsaid
from archdsl.graph.graph import Node
from archdsl.graph.tokens import with_tokens

Mask = tuple[int, int]  # the node that holds the numbers of tokens, and the one that is padding


def padded(nodes: Sequence[Node], called: Mapping[int, Mask]) -> tuple[Node, ...]:
    """Give each layer that passes over padding the tokens that tell it.

    `called` are the nodes that the model calls with a mask. Raises Unsaid for one where the language has
    another mask, or none.
    """
    made = with_tokens(nodes)
    for i, node in enumerate(made):
        masks = node.params.get("masks", ())
        ours = {(node.inputs[at], number) for _, at, number in masks}
        theirs = {called[i]} if i in called else set()
        if theirs - ours:
            raise Unsaid(node.name, "it is called with a mask of padding that does not reach it in a spec")
        if ours - theirs:
            raise Unsaid(node.name, "padding reaches it, which it does not pass over, as it would in a spec")
    return made
