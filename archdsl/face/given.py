"""What the functions of the package take -> networks: a path, a text, a loaded spec, a network of one."""

import os

from archdsl.light import Union
from archdsl.loading import compile_path
from archdsl.network import Network, Spec, SpecError
from archdsl.pipeline import Compilation, compile_source
from archdsl.resolve.settings import Overrides
from archdsl.source import Source

Text = Union[str, "os.PathLike[str]"]
Given = Union[Text, Spec, Network]
NAME = "<text>"


def compiled(given: Text, overrides: Overrides, table: str | None = None) -> Compilation:
    """Compile a path, or a text: a string of several lines is one."""
    if isinstance(given, str) and "\n" in given:
        return compile_source(Source(NAME, given), overrides, table)
    return compile_path(os.fspath(given), overrides, table)


def spec_of(given: Text, overrides: Overrides) -> Spec:
    """Load the networks of a path or a text; raise SpecError where there are errors."""
    compilation = compiled(given, overrides)
    if compilation.failed:
        raise SpecError(compilation.diagnostics)
    return Spec(compilation)


def network_of(given: Given, overrides: Overrides, table: str | None = None) -> Network:
    """Return the network that a caller means: the only one, or that of a name.

    Raises SpecError, and TypeError where something that is loaded should be read in another way.
    """
    if isinstance(given, Network | Spec):
        _refuse(given, overrides, table)
        return given if isinstance(given, Network) else given.network(table)
    return spec_of(given, overrides).network(table)


def _refuse(given: Network | Spec, overrides: Overrides, table: str | None) -> None:
    if overrides != Overrides():
        raise TypeError(
            "define, style, input and variant are for a path or a text: load it with them instead"
        )
    if table is not None and isinstance(given, Network):
        raise TypeError("table chooses one network of a spec: this is a network already")
