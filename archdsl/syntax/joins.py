"""Calls that join values: `Add(a, b)`, `Concatenate (a, b)`, `Concat()([a, b])`, `Concat(a, Upsample(b))`.

They join what they list, and not the current value; one name alone is joined with it (`add(a)`), as without
parentheses.
"""

from collections.abc import Callable

from archdsl.lang.vocabulary import longest
from archdsl.problems import blocks as problems
from archdsl.source import Span
from archdsl.syntax.ast import Argument, Call, Name, Ref, Wire
from archdsl.syntax.cells import Assign
from archdsl.syntax.parser import Token
from archdsl.syntax.sequence import Sequence
from archdsl.syntax.slug import slug

_KEPT = ("from", "aside", "reuse", "tied", "keep")  # they name values, and join none


def is_join(words: str) -> str:
    """Return how the values after a word are joined; empty for another word."""
    found = longest([words])
    return found[1][1] if found and found[1][0] == "wire" and found[1][1] not in _KEPT else ""


def one_list(tokens: list[Token]) -> list[Token]:
    """Return the tokens with one list of arguments for each call that joins: `Concat()([a, b])` becomes
    `Concat(a, b)`."""
    heads = [
        at
        for at, token in enumerate(tokens)
        if token.kind in ("CALL", "WORD") and is_join(token.text.rstrip("("))
    ]
    found = list(tokens)
    for at in heads:
        _gather(found, at)
    return [token for token in found if token.kind] if heads else tokens


def _gather(tokens: list[Token], head: int) -> None:
    """Turn a joining word and the parentheses behind it into one call; what is dropped keeps its place,
    without a kind."""
    if tokens[head].kind == "WORD":
        following = tokens[head + 1 : head + 2]
        end = _closing(tokens, head + 1) if following and following[0].kind == "LPAR" else 0
        if not any(token.kind == "COMMA" for token in tokens[head + 1 : end]):
            return
        tokens[head] = tokens[head]._replace(kind="CALL", text=tokens[head].text + "(")
        tokens[head + 1] = tokens[head + 1]._replace(kind="")
    end = _closing(tokens, head)
    again = end + 1 < len(tokens) and tokens[end].kind == "RPAR" and tokens[end + 1].kind == "LPAR"
    if again:
        full = end > head + 1
        tokens[end] = tokens[end]._replace(kind="COMMA" if full else "", text=",")
        tokens[end + 1] = tokens[end + 1]._replace(kind="")
        end = _closing(tokens, end + 1, 1)
    for at in range(head + 1, min(end, len(tokens))):
        if tokens[at].kind in ("LSQB", "RSQB"):
            tokens[at] = tokens[at]._replace(kind="")


def _closing(tokens: list[Token], opening: int, depth: int = 0) -> int:
    """Find the parenthesis that closes the one at a place; the end of the tokens where none does."""
    for at in range(opening + (depth > 0), len(tokens)):
        depth += (tokens[at].kind in ("LPAR", "CALL")) - (tokens[at].kind == "RPAR")
        if depth == 0:
            return at
    return len(tokens)


def join(seq: Sequence, kind: str, call: Call, span: Span, layer: Callable[[Call], None]) -> None:
    """Join the values that a call lists; `layer` reads the layer of an argument that is one
    (`Upsample(b)`)."""
    refs = [ref for argument in call.args if (ref := _value(seq, argument, layer))]
    seq.close()
    if not refs and not seq.fault:
        seq.reporter.add(problems.wire_without_name(seq.source, span, seq.text(span)))
    if len(refs) > 1:
        seq.done.append(Wire("from", (refs.pop(0),), span))
    seq.done.append(Wire(kind, tuple(refs), span))
    seq.reporter.claim(span, kind)


def _value(seq: Sequence, argument: Argument, layer: Callable[[Call], None]) -> Ref | None:
    """Return the name of a value that is listed; a layer in the list makes one that only the list knows."""
    if argument.key:
        from archdsl.ops.signatures import NEUTRAL

        if argument.key not in NEUTRAL:
            seq.assign(Assign(argument.key, argument.value, argument.span, argument.span))
        return None
    text, value = seq.text(argument.span), argument.value
    if isinstance(value, Name) or slug(text) in seq.blocks.values:
        return Ref(text, argument.span)
    if not isinstance(value, Call):
        seq.unknown(text, argument.span)
        return None
    _applied(seq, value, layer)
    made = Ref(f"@{argument.span.start}", argument.span)
    seq.done.append(Wire("label", (made,), argument.span))
    return made


def _applied(seq: Sequence, call: Call, layer: Callable[[Call], None]) -> None:
    """Read `Upsample(b)`: the layer, from the value among its arguments."""
    given = [
        one for one in call.args if isinstance(one.value, Name) and slug(one.value.id) in seq.blocks.values
    ]
    seq.close()
    if given and not is_join(call.name):
        refs = tuple(Ref(seq.text(one.span), one.span) for one in given)
        seq.done.append(Wire("from", refs, call.span))
        call = call._replace(args=tuple(one for one in call.args if one not in given))
    layer(call)
    seq.close()
