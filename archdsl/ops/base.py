"""What the declaration of a primitive op consists of."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from archdsl.light import Any, NamedTuple, TypeVar, import_module

Shape = tuple[int, ...]
Params = Mapping[str, Any]
Length = Callable[[int, int, int, str, int], int]
T = TypeVar("T")


class ShapeFault(Exception):
    """The op cannot take these inputs; the message says why, in the user's terms."""


class NoTorchForm(Exception):
    """PyTorch cannot say what an op is told to be; the message says what it lacks."""


class Weight(NamedTuple):
    """A tensor the op owns; `trainable` is false for statistics that training updates without a gradient."""

    name: str
    shape: Shape
    trainable: bool = True


INPUT, FIRST, SECOND, THIRD = -1, -2, -3, -4
"""Stand for the inputs of an op among those of its calls: all of them, or one alone."""


def taken(at: int, inputs: Sequence[T]) -> Sequence[T]:
    """Give the inputs of an op that INPUT, FIRST, SECOND or THIRD stands for."""
    return inputs if at == INPUT else inputs[FIRST - at : FIRST - at + 1]


class Call(NamedTuple):
    """A constructor of the `keras` API, or one of its functions (`ops.power`), as data.

    The builder evaluates it, the source printer prints it. An argument may be a call itself (an initializer).
    An op that takes several calls names each but the last by a `suffix`; `inputs` are positions of calls
    before it, or INPUT and the like, and the call just before it where there are none. Where they are
    `apart`, each is an argument of its own, else several are a list. `called` are arguments for the call of
    the layer (`use_causal_mask`), not for its constructor; the last inputs are such arguments by name where
    there are `keywords`.

    In the PyTorch form of an op, `use` is what `forward` computes: `{m}` is the module that the constructor
    made, `{0}` the first input. Where `use` has no `{m}` the module keeps nothing, and the call is only its
    form as a layer of `nn.Sequential`, if it has one. Maps have channels first there.
    """

    target: str
    kwargs: dict[str, Any]
    suffix: str = ""
    inputs: tuple[int, ...] = ()
    use: str = ""
    apart: bool = False
    called: dict[str, Any] = {}  # noqa: RUF012 - never changed
    keywords: tuple[str, ...] = ()

    @property
    def layer(self) -> bool:
        """Recognise a layer, which has a name and may have weights, from a function."""
        return not self.target.startswith("ops.")


Calls = Call | tuple[Call, ...]


class Param(NamedTuple):
    """A parameter of an op, with its default and one line of documentation.

    `words` are further names of it in a cell; `setting` is the convention that gives it where the cell does
    not. One that is only `said` in a table becomes others before the op gets them.
    """

    name: str
    default: Any
    doc: str
    words: tuple[str, ...] = ()
    said: bool = False
    setting: str = ""


class Declared(NamedTuple):
    """What is declared of a primitive op.

    `shape(params, inputs)` gives the output shape or raises ShapeFault; `weights(params, inputs)` the tensors
    it owns; `macs(params, inputs, output)` its multiply-adds for one example; `keras(params, inputs)` its
    layer, or several in order, `torch` the op as PyTorch has it (None: it is not to be said there). `words`
    are its spellings in a table cell (lower case, single spaces), `also` those that say one of its options,
    too; `weighted` ops count towards the depth. `arity` is the least and the largest number of inputs (None:
    any). `length` says how an op with a stride changes an axis: `length(length, kernel, stride, padding,
    dilation)`. An op that `collapses` makes flat values of a map; one that `keeps_channels` has a filter for
    each. `reads` are the parameters that name further values, its inputs behind the first one. `edges` is 1
    for an op whose amount makes an axis longer at its ends, -1 for one that makes it shorter. One that
    `takes_tokens` reads whole numbers, which half precision would round. `norm` is what the setting `norm`
    calls an op that it can give. An op without a window `sees` the `place` of a value alone, an equal `part`
    of the map, or something else. One that `commutes` takes its inputs in any order; `whole` is the op of the
    whole map that a window as large as the map comes to. `masks` are the arguments that tell an op of its
    inputs' padding; one that `keeps_positions` has at each place what was there, and more. One that
    `reshapes` has the shape that its row prints; one that makes a map of flat values has as many `axes`. A
    merge that `gates` scales a value by others; a pool that means the whole map without a window is one
    `alone`.
    """

    name: str
    family: str
    doc: str
    params: tuple[Param, ...]
    shape: Callable[[Params, tuple[Shape, ...]], Shape]
    keras: Callable[[Params, tuple[Shape, ...]], Calls]
    label: Callable[[Params], str]
    words: tuple[str, ...] = ()
    weights: Callable[[Params, tuple[Shape, ...]], tuple[Weight, ...]] = lambda params, inputs: ()
    macs: Callable[[Params, tuple[Shape, ...], Shape], int] = lambda params, inputs, output: 0
    weighted: bool = False
    arity: tuple[int, int | None] = (1, 1)
    length: Length | None = None
    collapses: bool = False
    keeps_channels: bool = False
    torch: Callable[[Params, tuple[Shape, ...]], Calls] | None = None
    also: Mapping[str, str] = {}
    reads: tuple[str, ...] = ()
    edges: int = 0
    takes_tokens: bool = False
    norm: str = ""
    sees: str = ""
    commutes: bool = False
    whole: str = ""
    masks: tuple[str, ...] = ()
    keeps_positions: bool = False
    reshapes: bool = False
    axes: int = 0
    gates: bool = False
    alone: bool = False


class Op(Declared):
    """One primitive op: everything the parser, checker, builder, printer, figure and docs know of it.

    What follows from its declaration is found once.
    """

    def calls(self, params: Params, inputs: tuple[Shape, ...]) -> tuple[Call, ...]:
        """Return the layers in order, with the inputs of each written out."""
        made = _in_order(self.keras(params, inputs))
        if "masks" not in params:
            return made
        from archdsl.ops.masks import masked

        return masked(params["masks"], made, len(inputs))

    def modules(self, params: Params, inputs: tuple[Shape, ...]) -> tuple[Call, ...]:
        """Return the steps of a PyTorch module in order, none where the op has no such form."""
        try:
            return self.torch_steps(params, inputs)
        except NoTorchForm:
            return ()

    def torch_steps(self, params: Params, inputs: tuple[Shape, ...]) -> tuple[Call, ...]:
        """Return the steps as `modules` does; raise NoTorchForm, which says why, where there are none."""
        if self.torch is None:
            raise NoTorchForm("no form is declared")
        made = _in_order(self.torch(params, inputs))
        if not made:
            raise NoTorchForm("no form of these parameters is declared")
        return made

    @cached_property
    def takes_stride(self) -> bool:
        """Return whether the op makes a map smaller or larger by a stride."""
        return self.length is not None

    @cached_property
    def has_window(self) -> bool:
        """Return whether a window of the op goes over the map."""
        return self.length is not None and self.params[0].name == "kernel"

    @cached_property
    def takes_flat(self) -> bool:
        """Return whether a map is flattened for the op."""
        return self.collapses and self.weighted

    @cached_property
    def is_global(self) -> bool:
        """Return whether the op pools the whole map."""
        return self.collapses and self.family == "pool"

    @cached_property
    def is_filter(self) -> bool:
        """Return whether the op is a convolution of some kind: windows with weights."""
        return self.weighted and self.has_window

    @cached_property
    def is_conv(self) -> bool:
        """Return whether each filter of the op sums over the channels of a window: neither depthwise nor
        transposed."""
        return self.is_filter and not self.keeps_channels and not self.grows

    @cached_property
    def activates(self) -> bool:
        """Return whether the op applies an activation by its name, which a layer may take instead."""
        return "function" in self.options

    @cached_property
    def flattens(self) -> bool:
        """Return whether the op lines up the values of a map, and no more."""
        return self.collapses and not self.weighted and not self.is_global

    @cached_property
    def rises(self) -> bool:
        """Return whether the rate of the op may rise from block to block."""
        return "rising" in self.options

    @cached_property
    def takes_norm(self) -> bool:
        """Return whether a norm and an activation that stand behind the op belong to it."""
        return self.is_filter or self.takes_flat

    @cached_property
    def pools(self) -> bool:
        """Return whether the op pools the places of a map: by windows, in parts, or all of them."""
        return self.family == "pool" and self.sees != "place"

    @cached_property
    def takes_groups(self) -> bool:
        """Return whether the op is a convolution that groups divide."""
        return self.is_filter and any(param.name == "groups" for param in self.params)

    @cached_property
    def is_pool(self) -> bool:
        """Return whether the op pools over windows."""
        return self.length is not None and self.family == "pool"

    @cached_property
    def options(self) -> frozenset[str]:
        """Return the names of the parameters."""
        return frozenset(param.name for param in self.params)

    @cached_property
    def keeps_shape(self) -> bool:
        """Return whether what comes out has the shape of what goes in."""
        return self.shape is same_shape or self.family == "norm"

    @cached_property
    def grows(self) -> bool:
        """Recognise an op whose stride makes axes longer."""
        return self.length is not None and self.length(1, 1, 2, "same", 1) > 1


NO_OP = Op("", "", "", (), lambda params, inputs: inputs[0], lambda params, inputs: (), lambda params: "")
"""Stands for what is no op, a block or a wire: it has no traits."""


def _in_order(made: Calls) -> tuple[Call, ...]:
    made = (made,) if isinstance(made, Call) else made
    return tuple(call if call.inputs else call._replace(inputs=(i - 1,)) for i, call in enumerate(made))


def torch_form(form: str, part: str = "channels_first") -> Callable[[Params, tuple[Shape, ...]], Calls]:
    """Return the PyTorch form of that name in a module beside this one, which is loaded when it is first
    asked for."""

    def torch(params: Params, inputs: tuple[Shape, ...]) -> Calls:
        made: Calls = getattr(import_module(f"archdsl.ops.{part}"), form)(params, inputs)
        return made

    return torch


def rearranged(
    keras: Callable[[Params, tuple[Shape, ...]], Calls], shape: Callable[[Params, tuple[Shape, ...]], Shape]
) -> Callable[[Params, tuple[Shape, ...]], Calls]:
    """Return the PyTorch form of an op whose Keras form only reshapes and swaps axes."""

    def torch(params: Params, inputs: tuple[Shape, ...]) -> Calls:
        from archdsl.ops.sequence_first import moved

        return moved(_in_order(keras(params, inputs)), inputs[0], shape(params, inputs))

    return torch


def same_shape(params: Params, inputs: tuple[Shape, ...]) -> Shape:
    """Return the shape of the only input: the rule of every pointwise op."""
    return inputs[0]


def scalar(values: tuple[int, ...]) -> int | tuple[int, ...]:
    """Write `(3, 3)` as `3` where all axes agree, as a person would."""
    return values[0] if len(set(values)) == 1 else values


def by(values: tuple[int, ...]) -> str:
    """Write `(3, 3)` as `3×3`."""
    return "×".join(map(str, values))


def across(shape: Shape) -> str:
    """Write a shape as `4x4x3`."""
    return "x".join(map(str, shape))
