"""The results that a caller sees: a spec, its networks, their stages and counts."""

from archdsl.diagnostics import Diagnostic
from archdsl.graph.graph import Graph, Inferred, Shape
from archdsl.graph.measure import Counts, graph_counts, network_counts, stage_total
from archdsl.light import TYPE_CHECKING, NamedTuple
from archdsl.pipeline import Compilation
from archdsl.pipeline.networks import Compiled
from archdsl.resolve.variants import chosen
from archdsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator


class SpecError(ValueError):
    """The spec has errors; `diagnostics` carries them, and the message shows them with their places."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        from archdsl.render.text import render_all

        return "\n" + render_all(self.diagnostics)


class Parameters(NamedTuple):
    """Numbers of parameters; `total` includes the moving statistics of batch normalisation."""

    trainable: int
    total: int


class StageResult(NamedTuple):
    """One row of the checked table. Sizes are without the batch axis, channels last; `macs` are for one
    example."""

    name: str
    declared: Shape | None
    computed: Shape
    blocks: int
    params: Parameters
    macs: int
    depth: int
    line: int
    text: str
    inferred: tuple[Inferred, ...]


class Network:
    """A checked network: its graph and what was counted on it.

    `name` and `path` say where it is from, `stages` has a StageResult for each row, `counts` all counts of
    the whole, `settings` what it was read by, `graph` every layer.
    """

    def __init__(self, compiled: Compiled, source: Source) -> None:
        assert compiled.graph is not None
        self.graph: Graph = compiled.graph
        self.settings = compiled.settings
        self.printed = compiled.printed
        self.name = compiled.settings.name
        self.source = source
        self.path = source.path
        counts = compiled.counts or graph_counts(self.graph)
        self.counts: Counts = network_counts(self.graph, counts)
        self.stages = tuple(self._stage(index, counts) for index in range(len(self.graph.stages)))

    @property
    def params(self) -> Parameters:
        """Return the numbers of parameters."""
        return Parameters(self.counts.trainable, self.counts.total)

    @property
    def macs(self) -> int:
        """Return the multiply-adds of one example (convolutions and dense layers)."""
        return self.counts.macs

    @property
    def input(self) -> Shape:
        """Return the shape of one example, channels last."""
        return self.graph.nodes[self.graph.inputs[0]].shape

    @property
    def inputs(self) -> dict[str, Shape]:
        """Return the shapes of all inputs by their names, the first one first."""
        nodes = (self.graph.nodes[i] for i in self.graph.inputs)
        return {node.name: node.shape for node in nodes}

    @property
    def outputs(self) -> tuple[Shape, ...]:
        """Return the shapes of all outputs, the main one first."""
        return tuple(self.graph.nodes[i].shape for i in self.graph.outputs)

    @property
    def output(self) -> Shape:
        """Return the shape of the result for one example."""
        return self.graph.nodes[self.graph.outputs[0]].shape

    def _stage(self, index: int, counts: tuple[Counts, ...]) -> StageResult:
        stage = self.graph.stages[index]
        nodes = self.graph.nodes[stage.start : stage.stop]
        own = stage_total(self.graph, counts, index)
        blocks = len({node.frames[0][:2] for node in nodes if node.frames})
        computed = nodes[-1].shape if nodes else self.input
        params = Parameters(own.trainable, own.total)
        return StageResult(
            stage.label or stage.name,
            stage.declared,
            computed,
            blocks,
            params,
            own.macs,
            own.depth,
            stage.line,
            stage.text,
            stage.inferred,
        )

    def __repr__(self) -> str:
        shapes = " -> ".join("x".join(map(str, shape)) for shape in (self.input, self.output))
        return f"<Network {self.name}: {shapes}, {self.params.trainable:,} parameters>"

    def _repr_html_(self) -> str:
        from archdsl.face.html import network

        return network(self)


class Spec:
    """A file that holds one network or several, all without errors.

    It is a mapping of their names: `for name in spec`, `spec["50-layer"]`, `spec.items()`; `networks` has
    them in their order. `path` and `source` are where they are from, `diagnostics` the warnings.
    """

    def __init__(self, compilation: Compilation) -> None:
        self.path = compilation.source.path
        self.source = compilation.source
        self.diagnostics = compilation.diagnostics
        self.networks = tuple(
            Network(compiled, self.source) for compiled in compilation.compiled if compiled.graph
        )

    def network(self, name: str | None = None) -> Network:
        """Return the network of a name, or the only one; raise SpecError where the choice is open or there is
        none such."""
        from archdsl.problems import files

        known = [network.name for network in self.networks]
        if name is None and len(known) == 1:
            return self.networks[0]
        if name is None:
            spans = [network.graph.stages[0].span for network in self.networks]
            raise SpecError((files.several_tables(self.source, spans, known),))
        if found := self._named(name):
            return found
        raise SpecError((files.no_such_table(self.source, name, known),))

    def _named(self, name: str) -> Network | None:
        """Find a network by its name, its number or the name of a variant."""
        for number, network in enumerate(self.networks, 1):
            if name in (network.name, str(number), f"table-{number}"):
                return network
        variants = [network for network in self.networks if network.settings.variant]
        found = chosen(name, [network.settings.variant for network in variants])
        return next((one for one in variants if found == [one.settings.variant]), None)

    def keys(self) -> tuple[str, ...]:
        """List the names of the networks."""
        return tuple(network.name for network in self.networks)

    def values(self) -> tuple[Network, ...]:
        """List the networks."""
        return self.networks

    def items(self) -> tuple[tuple[str, Network], ...]:
        """List the networks, each with its name."""
        return tuple((network.name, network) for network in self.networks)

    def __iter__(self) -> "Iterator[str]":
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.networks)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._named(name) is not None

    def __getitem__(self, name: str) -> Network:
        found = self._named(name)
        if found is None:
            raise KeyError(f"no network `{name}`; there are: {', '.join(self)}")
        return found

    def __repr__(self) -> str:
        return f"<Spec {self.path}: {', '.join(network.name for network in self.networks)}>"

    def _repr_html_(self) -> str:
        from archdsl.face import html

        return html.network(self.networks[0]) if len(self) == 1 else html.networks(self.networks)
