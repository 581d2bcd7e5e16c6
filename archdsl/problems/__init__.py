"""Every message that a user sees, one function each, a module for each phase.

`from archdsl.problems import names` does not load the module: a check that finds nothing wrong needs none of them.
"""

from archdsl.light import Any, import_module


class _Later:
    """A module of messages that is loaded when one of them is needed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(f"{__name__}.{self.name}"), attribute)


def __getattr__(name: str) -> Any:
    if name in (
        "blocks",
        "brackets",
        "claims",
        "files",
        "lints",
        "names",
        "preamble",
        "readers",
        "recipes",
        "repeats",
        "shapes",
        "sizing",
        "slips",
        "syntax",
        "uses",
    ):
        return _Later(name)
    raise AttributeError(name)
