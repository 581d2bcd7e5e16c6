"""The parameters of an op where a table says nothing of them."""

from collections.abc import Mapping
from functools import cache

from archdsl.light import Any
from archdsl.ops import OPS


@cache
def defaults(op: str) -> Mapping[str, Any]:
    """Return the declared default of every parameter of an op, but of those that are only said in a table."""
    return {param.name: param.default for param in OPS[op].params if not param.said}
