"""The PyTorch forms of ops on tokens: sequences have channels first as maps have, and turn around where a
layer wants them last."""

from math import log

from archdsl.ops.base import FIRST, SECOND, THIRD, Call, Calls, Params, Shape

LAST, BACK = ".movedim(1, -1)", ".movedim(-1, 1)"


def moved(calls: tuple[Call, ...], shape: Shape, made: Shape) -> Call:
    """Return the reshapes and permutations of a Keras form, which have channels last, as one expression."""
    words = [LAST if len(shape) > 1 else ""]
    for call in calls:
        if "target_shape" in call.kwargs:
            words.append(f".reshape(-1, {', '.join(map(str, call.kwargs['target_shape']))})")
        else:
            words.append(f".permute(0, {', '.join(map(str, call.kwargs['dims']))})")
    return Call("", {}, use="{0}" + "".join(words) + (BACK if len(made) > 1 else ""))


def tokens(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return the positions of a map in a row."""
    return Call("", {}, use="{0}.flatten(2)")


def select_tokens(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a run of positions."""
    return Call("", {}, use=f"{{0}}[:, :, {params['start'] or ''}:{params['stop'] or ''}]")


def append(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return sequences one behind the other."""
    return Call("", {}, use=f"torch.cat([{', '.join(f'{{{i}}}' for i in range(len(inputs)))}], 2)")


def spread(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a vector at every position of the second input."""
    sizes = inputs[1][:-1]
    use = f"{{0}}[:, :{', None' * len(sizes)}].expand(-1, -1, {', '.join(map(str, sizes))})"
    return Call("", {}, "", (FIRST,), use)


def roll(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a map shifted along its axes."""
    shift = tuple(params["shift"])
    return Call("", {}, use=f"{{0}}.roll({shift}, {tuple(range(2, len(shift) + 2))})")


def matmul(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a product of matrices of positions x channels."""
    return Call("", {}, use=f"({{0}}{LAST} @ {{1}}{LAST}){BACK}")


def causal_mask(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return scores with those of later positions made very low; keys are channels here, and come first."""
    count, *between = inputs[0][-1], *inputs[0][:-2]
    mask = f"{{0}}.new_ones({count}, {count}).tril(-1).bool()[:{', None' * len(between)}]"
    return Call("", {}, use=f"{{0}}.masked_fill({mask}, -30000.0)")


def embedding(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return channels for each token."""
    return Call("nn.Embedding", embedding_kwargs(params), use=f"{{m}}({{0}}.long()){BACK}")


def embedding_kwargs(params: Params) -> dict[str, int]:
    """Return the arguments of an embedding."""
    count, channels = params["shape"]
    return {"num_embeddings": count, "embedding_dim": channels}


def tied_dense(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return products with the matrix of an embedding, which is the module of another layer."""
    kwargs = embedding_kwargs(params)
    if len(inputs[0]) == 1:
        return Call("nn.Embedding", kwargs, use="F.linear({0}, {m}.weight)")
    return Call("nn.Embedding", kwargs, use=f"F.linear({{0}}{LAST}, {{m}}.weight){BACK}")


def learned(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return a trained value for each example."""
    rest = ", -1" * len(params["shape"])
    first = ".movedim(-1, 0)" if len(params["shape"]) > 1 else ""
    return kept(tuple(params["shape"]), f"{{m}}{first}.expand(len({{0}}){rest})")


def position_embedding(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return what tells positions apart, added: trained, or sines and cosines."""
    shape = inputs[0]
    if params["kind"] != "sinusoidal":
        return kept(shape, "{0} + {m}.movedim(-1, 0)")
    steps = f"torch.arange(0, {shape[1]}, 2, device={{0}}.device)"
    factors = f"torch.exp({steps} * {-log(10000) / shape[1]})"
    return (
        Call("", {}, "frequency", use=factors),
        Call("", {}, "place", (FIRST,), f"torch.arange({shape[0]}, device={{0}}.device)"),
        Call("", {}, "angle", (1, 0), "torch.outer({0}, {1})"),
        Call("", {}, "wave", (2,), "torch.stack([{0}.sin(), {0}.cos()], 2).flatten(1)"),
        Call("", {}, "", (FIRST, 3), "{0} + {1}.T"),
    )


def kept(shape: Shape, use: str) -> Call:
    """Return a trained tensor of its own, and what is made of it."""
    return Call("nn.Parameter(torch.zeros({shape}))", {"shape": shape}, use=use)


def attention(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return multi-head attention: three projections, the product, and a projection of the heads."""
    heads, query = params["heads"], inputs[0]
    width = params["width"] or query[-1] // heads
    value = params["value"] or width
    over = params["over"] or len(query) - 1
    places = (FIRST, SECOND if len(inputs) > 1 else FIRST, (FIRST, SECOND, THIRD)[len(inputs) - 1])
    read = (query, inputs[min(1, len(inputs) - 1)], inputs[-1])
    made = [
        _projected(name, shape, heads * wide, wide, place, over, params)
        for name, shape, wide, place in zip(
            ("query", "key", "value"), read, (width, width, value), places, strict=True
        )
    ]
    said = [f"dropout_p={params['dropout']} if self.training else 0.0"] if params["dropout"] else []
    masks = _attention_masks(params, inputs)
    said += ["attn_mask={3}"] if masks else ["is_causal=True"] if params["causal"] else []
    product = f"F.scaled_dot_product_attention({', '.join(['{0}', '{1}', '{2}', *said])})"
    kwargs = {
        "in_features": heads * value,
        "out_features": params["out"] or query[-1],
        "bias": params["bias"],
    }
    sizes = query[len(query) - 1 - over : -1]
    together = f".unflatten(-1, {sizes})" if len(sizes) > 1 else ""
    joined = f"{{m}}({{0}}.transpose(-3, -2).flatten(-2)){BACK}{together}"
    first = len(made) + len(masks)
    return (
        *made,
        *masks,
        Call("", {}, "product", (0, 1, 2, *([first - 1] if masks else [])), product),
        Call("nn.Linear", kwargs, "", (first,), joined),
    )


def _attention_masks(params: Params, inputs: tuple[Shape, ...]) -> tuple[Call, ...]:
    """Return the steps that make what is added to the scores: where a key is padding, or comes later, a
    number so low that softmax gives nothing to it."""
    masks = params.get("masks", ())
    if not masks:
        return ()
    kinds = list(dict.fromkeys((at, number) for _, at, number in masks))
    made = [Call("", {}, f"kept{at}", (FIRST - at,), f"{{0}} != {number}") for at, number in kinds]
    words = [f"{{{place}}}[:, None, None]" for place in range(len(kinds))]
    made.append(Call("", {}, "kept", tuple(range(3, 3 + len(kinds))), " & ".join(words)))
    if params["causal"]:
        before = f"{{0}} & {{0}}.new_ones({inputs[0][-2]}, {inputs[-1][-2]}).tril()"
        made.append(Call("", {}, "before", (2 + len(made),), before))
    made.append(Call("", {}, "mask", (2 + len(made),), "torch.where({0}, 0.0, -1e9)"))
    return tuple(made)


def masked_mean(params: Params) -> Calls:
    """Return the mean over the positions that are no padding."""
    ((_, at, number),) = params["masks"]
    return (
        Call("", {}, "kept", (FIRST - at,), f"({{0}} != {number})[:, None]"),
        Call("", {}, "", (FIRST, 0), "({0} * {1}).sum(2) / {1}.sum(2)"),
    )


def _projected(
    name: str, shape: Shape, channels: int, width: int, place: int, over: int, params: Params
) -> Call:
    """Return a projection of a map to the heads: ... x heads x positions x width."""
    kwargs = {"in_features": shape[-1], "out_features": channels, "bias": params["bias"]}
    flat = f".flatten({len(shape) + 1 - over})" if over > 1 else ""
    parted = f".unflatten(-1, ({channels // width}, {width})).transpose(-3, -2)"
    return Call("nn.Linear", kwargs, name, (place,), f"{{m}}({{0}}{flat}{LAST}){parted}")


def global_std_pool(params: Params, inputs: tuple[Shape, ...]) -> Calls:
    """Return the deviation over all positions."""
    axes = tuple(range(2, len(inputs[0]) + 1))
    return Call("", {}, use=f"({{0}}.var({axes if len(axes) > 1 else axes[0]}, correction=0) + 1e-07).sqrt()")
