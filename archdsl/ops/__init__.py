"""The primitive ops, one declaration each; everything else is generic over them.

A module of declarations is loaded when one of its ops is first looked up: a check needs few of them.
"""

from collections.abc import Iterator, Mapping

from archdsl.light import import_module
from archdsl.ops import index
from archdsl.ops.base import INPUT, NO_OP, Call, Op, Param, ShapeFault, Weight, taken
from archdsl.ops.pointwise import ACTIVATIONS


class _Ops(dict[str, Op]):
    """The ops by name, in the order of the index; those that were looked up are kept."""

    def __missing__(self, name: str) -> Op:
        """Load the module of an op; raise KeyError where there is no such op."""
        self.update(declared(index.MODULES[name]))
        return self[name]

    def __contains__(self, name: object) -> bool:
        return name in index.MODULES

    def __iter__(self) -> Iterator[str]:
        return iter(index.MODULES)

    def __len__(self) -> int:
        return len(index.MODULES)

    get, keys, items, values = Mapping.get, Mapping.keys, Mapping.items, Mapping.values  # type: ignore[assignment]


def declared(module: str) -> dict[str, Op]:
    """Return the ops that a module declares, by name."""
    made = import_module(f"archdsl.ops.{module}")
    return {value.name: value for value in vars(made).values() if isinstance(value, Op)}


OPS: Mapping[str, Op] = _Ops()

__all__ = ["ACTIVATIONS", "INPUT", "NO_OP", "OPS", "Call", "Op", "Param", "ShapeFault", "Weight", "taken"]
