"""Implementations of layers that a spec declares: they come from Python, never from the spec."""

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from archdsl.diagnostics import UserError
from archdsl.graph.graph import Graph, Node
from archdsl.ops import OPS
from archdsl.ops.base import across
from archdsl.ops.own import OWN

Builder = Callable[..., Any]
_BUILDERS: dict[str, Builder] = {}
_MODULES: dict[str, Builder] = {}  # what PyTorch has


class MissingLayer(UserError):
    """A network has layers of its own that nothing was registered for."""


class WrongLayer(UserError):
    """What was registered for a layer gives another shape, or other counts, than the spec declares."""


def register(name: str, builder: Builder | None = None, torch: Builder | None = None) -> None:
    """Take `builder` for the layer that specs declare as `name`.

    It is called with the layer's parameters and a name, `builder(c=64, k=3, name="conv1-deform_conv")`, and
    returns a Keras layer. `torch` is a class of PyTorch modules, which source calls with the parameters
    alone; its maps have channels first.
    """
    if builder is not None:
        _BUILDERS[name] = builder
    if torch is not None:
        _MODULES[name] = torch


def run_file(path: str) -> None:
    """Run a Python file that registers layers, as the module of its name; raise UserError where it cannot be
    run."""
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not os.path.isfile(path):
        raise UserError(f"--layers takes a Python file, but {path} is not one")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever the user's own file raises
        raise UserError(f"{path} cannot be run: {type(error).__name__}: {error}") from error


def builders(graph: Graph) -> dict[str, Builder]:
    """Return what was registered for the own layers of a graph, by the targets of their calls; raise
    MissingLayer, which names all that are missing."""
    return _registered(graph, _BUILDERS, _told)


def _registered(
    graph: Graph, known: Mapping[str, Builder], told: Callable[[list[str]], str]
) -> dict[str, Builder]:
    own = {node.params["rule"].name: node for node in own_nodes(graph)}
    missing = [_called(node) for name, node in own.items() if name not in known]
    if missing:
        raise MissingLayer(told(missing))
    return {f"{OWN}{name}": known[name] for name in own}


def own_nodes(graph: Graph) -> Iterator[Node]:
    """Return the nodes of layers that the spec declares."""
    return (node for node in graph.nodes if OPS[node.op].family == "own")


def _called(node: Node) -> str:
    rule = node.params["rule"]
    return f"{rule.name}({', '.join((*rule.parameters, 'name'))})"


def _told_of_torch(calls: list[str]) -> str:
    name = calls[0].partition("(")[0]
    shown = _listed([call.replace(", name)", ")") for call in calls])
    return (
        f"the spec declares {shown}, and nothing says what PyTorch has for "
        f'{"them" if len(calls) > 1 else "it"}: `archdsl.register("{name}", torch=Module)` takes a class of '
        "modules, and `--layers FILE.py` runs a file that does so"
    )


def _told(calls: list[str]) -> str:
    name = calls[0].partition("(")[0]
    return (
        f"the spec declares {_listed(calls)}, but nothing says what {'they' if len(calls) > 1 else 'it'} "
        f'computes: `archdsl.register("{name}", builder)` takes a function or class that returns the Keras '
        "layer, and `--layers FILE.py` runs a file that does so"
    )


def _listed(calls: list[str]) -> str:
    shown = [f"`{call}`" for call in calls]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def imports(graph: Graph, torch: bool = False) -> dict[str, tuple[str, str]]:
    """Return for each target of a graph's own layers the module and the name that source imports, of PyTorch
    or of Keras; raise MissingLayer for one that no module has by a name."""
    found = {}
    made = _registered(graph, _MODULES, _told_of_torch) if torch else builders(graph)
    for target, builder in made.items():
        module, name = getattr(builder, "__module__", ""), getattr(builder, "__qualname__", "")
        if not name.isidentifier():
            raise MissingLayer(
                f"source imports what was registered for `{target.removeprefix(OWN)}`, and it has no name "
                "in a module: register a function or class"
            )
        found[target] = (module, name)
    return found


def compare(node: Node, built: int, declared: int, shape: tuple[int, ...]) -> None:
    """Compare the built layer of a node with its declaration: its shape and the number of its trained
    weights."""
    name = node.params["rule"].name
    if shape != node.shape:
        given, declares = across(shape), across(node.shape)
        raise WrongLayer(f"what was registered for `{name}` gives {given}, but the spec declares {declares}")
    if built != declared:
        raise WrongLayer(
            f"what was registered for `{name}` has {built:,} parameters, but the spec declares {declared:,}"
        )
