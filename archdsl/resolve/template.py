"""A named block with its arguments -> the specs of its body, for the channels that reach it."""

from collections.abc import Mapping

from archdsl.diagnostics import Reporter
from archdsl.light import TYPE_CHECKING, Any
from archdsl.problems import blocks as problems
from archdsl.problems import names, uses
from archdsl.resolve.specs import BlockFault, BranchSpec, Spec, WireSpec
from archdsl.source import Source, Span
from archdsl.syntax.ast import BlockDef, Condition, Guard, Name, Ref, Step
from archdsl.syntax.names import keys

if TYPE_CHECKING:
    from archdsl.resolve.resolve import ItemResolver

MAX_DEPTH = 16


class Template:
    """A block in use: its definition and the values of its parameters.

    `stride_parameter` is the parameter, if there is one, that takes the stride of a row.
    """

    def __init__(
        self, block: BlockDef, values: Mapping[str, Any], resolver: "ItemResolver", span: Span
    ) -> None:
        self.block = block
        self.values = values
        self.resolver = resolver
        self.span = span
        self.stride_parameter = next((p.name for p in block.parameters if "stride" in keys(p)), None)

    def expand(self, channels: int, stride: tuple[int, ...] | None) -> tuple[Spec, ...]:
        """Return the body for an input of so many channels; raise BlockFault where it does not work out.

        Uses of a block in one body or table that say the same of it have the same one.
        """
        bodies = self.resolver.bodies
        key = id(self.block), *self.values.items(), channels, stride
        if key not in bodies:
            bodies[key] = self._expand(channels, stride)
        return bodies[key]

    def _expand(self, channels: int, stride: tuple[int, ...] | None) -> tuple[Spec, ...]:
        values = dict(self.values) | {"in": channels}
        if self.stride_parameter and stride is not None:
            values[self.stride_parameter] = stride[0] if len(set(stride)) == 1 else stride
        own = self.block.source is self.resolver.source
        reporter = self.resolver.reporter if own else Reporter()
        before = reporter.errors
        body = self.resolver.inside(self.block, reporter, values)
        steps = [step for step in self.block.steps if body.holds(step.guard)]
        specs = self._branches(body, steps) if self.block.merge else self._sequence(body, steps)
        if reporter.errors > before:
            if not own:
                self._tell(reporter, before)
            raise BlockFault
        return specs

    def _tell(self, reporter: Reporter, before: int) -> None:
        for found in reporter.diagnostics[before:]:
            line = (
                found.source.position(found.span.start)[0]
                - found.source.position(self.block.span.start)[0]
                + 1
            )
            source: Source = self.resolver.source
            self.resolver.reporter.add(uses.in_block(source, self.span, self.block.name, found.message, line))

    def _branches(self, body: "ItemResolver", steps: list[Step]) -> tuple[Spec, ...]:
        branches = tuple(() if _is_input(step) else body.items(step.items) for step in steps)
        return (BranchSpec(self.block.merge, branches, self.block.span),)

    def _sequence(self, body: "ItemResolver", steps: list[Step]) -> tuple[Spec, ...]:
        specs: list[Spec] = [WireSpec("label", (Ref("input", self.span),), self.span)]
        for step in steps:
            items = body.items(step.items)
            if step.label:
                body.parts[step.label] = items, "same"
                items = (self._wire("part", step.label), *items, self._wire("label", step.label))
            specs += items
        return tuple(specs)

    def _wire(self, kind: str, label: str) -> WireSpec:
        return WireSpec(kind, (Ref(label, self.span),), self.span)


def _is_input(step: Step) -> bool:
    """Recognise the branch `input` (or `identity`), which is the block's input itself."""
    return not step.items


def holds(resolver: "ItemResolver", guard: Guard) -> bool:
    """Evaluate a guard: true where it is empty."""
    return not guard or any(
        all(_holds(resolver, condition) for condition in alternative) for alternative in guard
    )


def _holds(resolver: "ItemResolver", condition: Condition) -> bool:
    if not _known(resolver, condition):
        return False
    left = word_or(resolver, condition.left)
    if condition.right is None:
        return left not in (0, None, "no", "none", "")
    right = word_or(resolver, condition.right)
    if condition.op in ("==", "!="):
        return bool(left == right) == (condition.op == "==")
    if left is None or right is None:
        return False
    if any(isinstance(side, str | tuple) for side in (left, right)):
        resolver.reporter.add(problems.unknown_condition(resolver.source, condition.span, left, right))
        return False
    return bool(
        {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[condition.op]
    )


def _known(resolver: "ItemResolver", condition: Condition) -> bool:
    """Report a condition about a word that is no parameter, which is more likely misspelt than meant for
    itself."""
    values = resolver.evaluator.values
    sides = (condition.left, condition.right)
    if (
        not isinstance(condition.left, Name)
        or condition.left.id in values
        or (isinstance(sides[1], Name) and sides[1].id in values)
    ):
        return True
    resolver.reporter.add(
        names.undefined_parameter(resolver.source, condition.left.span, condition.left.id, values)
    )
    return False


def word_or(resolver: "ItemResolver", expr: Any) -> Any:
    """Evaluate an expression; a word that no parameter is called stands for itself."""
    if isinstance(expr, Name) and expr.id not in resolver.evaluator.values:
        return expr.id.lower()
    return resolver.evaluator.value(expr)
