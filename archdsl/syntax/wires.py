"""`from a`, `add a`, `concat a, b`: a wire and the names of the values that it joins."""

from itertools import takewhile

from archdsl.lang.vocabulary import longest, op_with_kernel
from archdsl.light import Any
from archdsl.problems import blocks as problems
from archdsl.source import Span
from archdsl.syntax.amounts import is_negative
from archdsl.syntax.ast import Name, Num, Ref, Wire
from archdsl.syntax.cells import Number, Separator
from archdsl.syntax.sequence import Sequence
from archdsl.syntax.slug import slug

_MOST = 3  # further words of a name


def wire(seq: Sequence, kind: str, span: Span, items: tuple[Any, ...], following: int) -> int:
    """`add input`, `concat enc3, enc4`: the names after the word, however they are joined."""
    seq.close()
    refs: list[Ref] = []
    at = following
    while at < len(items):
        item = items[at]
        joined = bool(refs) and _joins(item) and at + 1 < len(items)
        name = items[at + 1] if joined else item
        if not isinstance(name, Number) or not isinstance(name.value, Name) or name.unit:
            break
        word = name.value.id
        fillers = ("and", "with", "from") if kind == "aside" else ("and", "with")
        if word.lower() in fillers and not joined:
            at += 1
            continue
        if refs and slug(word) not in seq.blocks.values and _is_layer(seq, word):
            break
        ref, count = _ref(seq, name, items[at + 2 if joined else at + 1 :])
        refs.append(ref)
        at += (2 if joined else 1) + count
    if not refs and kind != "aside":
        text = seq.text(span)
        seq.reporter.add(problems.wire_without_name(seq.source, span, text))
    end = refs[-1].span.end if refs else span.end
    seq.done.append(Wire(kind, tuple(refs), Span(span.start, max(end, span.end))))
    seq.reporter.claim(seq.done[-1].span, kind)
    return at - following


def _joins(item: Any) -> bool:
    return isinstance(item, Separator) and item.text in (",", "&", "+")


def _is_layer(seq: Sequence, word: str) -> bool:
    """Return whether a word begins a layer or the use of a block."""
    return bool(longest([word]) or seq.blocks.get(word) or op_with_kernel(word))


def _ref(seq: Sequence, name: Number, following: tuple[Any, ...]) -> tuple[Ref, int]:
    """Read `conv-1` as one name, though the grammar takes it for a subtraction; give the number of items it
    ends with."""
    word, span, count = name.value.id, name.span, 0  # type: ignore[union-attr]
    words = [word, *takewhile(bool, map(_word, following[:_MOST]))]
    for more in range(len(words) - 1, 0, -1):  # `concat Encoder 1`
        if slug(" ".join(words[: more + 1])) in seq.blocks.values:
            return Ref(" ".join(words[: more + 1]), Span(span.start, following[more - 1].span.end)), more
    for item in following:
        if item.span.start != span.end or not isinstance(item, Number) or not is_negative(item.value):
            break
        span = Span(span.start, item.span.end)
        word, count = seq.text(span), count + 1
    return Ref(word, span), count


def _word(item: Any) -> str:
    """Return a word or a number as it is printed; empty for anything else."""
    value = item.value if isinstance(item, Number) and not item.unit else None
    return value.id if isinstance(value, Name) else str(value.value) if isinstance(value, Num) else ""
