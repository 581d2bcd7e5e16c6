"""Training and evaluation of a compiled network, with a run folder as the record of what was done.

The package can be called: `archdsl.train(spec, data, recipe)` trains, see `archdsl.train.api.train`.
"""

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """`archdsl.train` is a function for who uses archdsl, and the place of the modules behind it."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Train a network: `archdsl.train.api.train`."""
        from archdsl.train.api import train

        return train(*args, **options)


sys.modules[__name__].__class__ = _Callable
