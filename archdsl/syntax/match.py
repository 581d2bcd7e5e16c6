"""Readings applied: `read PATTERN as REPLACEMENT` rewrites printed forms whose meaning a style knows.

A layer matches where its op is the pattern's and every option of the pattern is there with that value; a
pattern without channels matches only layers without. What else the printed layer says (a stride) goes to the
first item of the replacement, and where that says otherwise, the reading does not apply. A bracket matches
where its items do, one by one; its repeat and options are kept.
"""

from archdsl.light import Any
from archdsl.syntax.ast import BinOp, Block, Call, Expr, Item, Layer, Name, Num, Option, Reading, Use, Wire

Bindings = dict[str, Expr]


def rewrite(
    items: tuple[Item, ...], readings: tuple[Reading, ...], known: frozenset[str]
) -> tuple[Item, ...]:
    """Apply the first reading that matches to every item, brackets from outside in; names in `known` stand
    for themselves."""
    found: list[Item] = []
    for item in items:
        for reading in readings:
            bound: Bindings = {}
            if _same(reading.pattern, item, bound, known) and _kept(reading, item, bound):
                found += _replaced(reading, item, bound)
                break
        else:
            found.append(
                item._replace(items=rewrite(item.items, readings, known)) if isinstance(item, Block) else item
            )
    return tuple(found)


def _same(pattern: Item, item: Item, bound: Bindings, known: frozenset[str]) -> bool:
    if isinstance(pattern, Block) and isinstance(item, Block):
        pairs = zip(pattern.items, item.items, strict=False)
        return len(pattern.items) == len(item.items) and all(
            _same(p, i, bound, known) and _nothing_more(p, i) for p, i in pairs
        )
    if isinstance(pattern, Layer) and isinstance(item, Layer) and pattern.op == item.op:
        given = {option.key: option.value for option in item.options}
        wanted = {option.key: option.value for option in pattern.options}
        if "channels" in given and "channels" not in wanted:
            return False
        return all(key in given and _value(value, given[key], bound, known) for key, value in wanted.items())
    return False


def _kept(reading: Reading, item: Item, bound: Bindings) -> bool:
    """Return whether what the printed layer says beyond the pattern reaches the replacement: nothing of it is
    overruled."""
    first = reading.replacement[0]
    if (
        not isinstance(item, Layer)
        or not isinstance(reading.pattern, Layer)
        or not isinstance(first, Layer | Use)
    ):
        return True
    matched = {option.key for option in reading.pattern.options}
    meant = {option.key: _filled(option.value, bound) for option in first.options}
    more = [option for option in item.options if option.key not in matched]
    return all(option.key not in meant or _equal(option.value, meant[option.key]) for option in more)


def _nothing_more(pattern: Item, item: Item) -> bool:
    """Inside a bracket a layer may say no more than the pattern: nothing printed is lost."""
    if isinstance(pattern, Layer) and isinstance(item, Layer):
        return {option.key for option in item.options} <= {option.key for option in pattern.options}
    return True


def _value(pattern: Any, value: Any, bound: Bindings, known: frozenset[str]) -> bool:
    if isinstance(pattern, Name) and pattern.id not in known:
        before = bound.setdefault(pattern.id, value)
        return _equal(before, value)
    many = type(pattern) is tuple and type(value) is tuple
    if many:
        return len(pattern) == len(value) and all(
            _value(p, v, bound, known) for p, v in zip(pattern, value, strict=True)
        )
    return _equal(pattern, value)


def _equal(a: Any, b: Any) -> bool:
    """Compare two values, wherever they stand."""
    if isinstance(a, Num) and isinstance(b, Num):
        return a.value == b.value
    if isinstance(a, Name) and isinstance(b, Name):
        return a.id == b.id
    if isinstance(a, BinOp) and isinstance(b, BinOp):
        return a.op == b.op and _equal(a.left, b.left) and _equal(a.right, b.right)
    if type(a) is tuple and type(b) is tuple:
        return len(a) == len(b) and all(map(_equal, a, b))
    return type(a) is str and a == b


def _replaced(reading: Reading, item: Item, bound: Bindings) -> list[Item]:
    new = [_put(one, bound, item) for one in reading.replacement]
    if isinstance(item, Block):
        return [Block(tuple(new), item.repeat, item.options, item.span)]
    if isinstance(item, Layer) and isinstance(reading.pattern, Layer):
        first = new[0]
        matched = {option.key for option in reading.pattern.options}
        more = tuple(option for option in item.options if option.key not in matched)
        if more and isinstance(first, Layer | Use):
            new[0] = first._replace(
                options=first.options + tuple(option for option in more if not _has(first, option.key))
            )
    return new


def _has(item: Layer | Use, key: str) -> bool:
    return any(option.key == key for option in item.options)


def _put(item: Item, bound: Bindings, at: Item) -> Item:
    """Write what the names were bound to into the replacement, which stands where the printed item does."""
    if isinstance(item, Block):
        return item._replace(
            items=tuple(_put(one, bound, at) for one in item.items),
            repeat=_filled(item.repeat, bound),
            span=at.span,
        )
    if isinstance(item, Wire):
        return item._replace(span=at.span)
    options = tuple(Option(option.key, _filled(option.value, bound), at.span) for option in item.options)
    if isinstance(item, Use):
        args = tuple(
            argument._replace(value=_filled(argument.value, bound), span=at.span) for argument in item.args
        )
        return item._replace(args=args, options=options, span=at.span)
    return item._replace(options=options, span=at.span)


def _filled(value: Any, bound: Bindings) -> Any:
    if isinstance(value, Name):
        return bound.get(value.id, value)
    if isinstance(value, BinOp):
        return value._replace(left=_filled(value.left, bound), right=_filled(value.right, bound))
    if isinstance(value, Call):
        return value._replace(
            args=tuple(argument._replace(value=_filled(argument.value, bound)) for argument in value.args)
        )
    return tuple(_filled(one, bound) for one in value) if type(value) is tuple else value
