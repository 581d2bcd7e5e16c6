"""Completion: the words that may stand at a place, with what they mean."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from archdsl.editor.document import Document
from archdsl.editor.lines import Before, before
from archdsl.editor.names import occurrences
from archdsl.editor.outline import outline
from archdsl.explaining import blocks as library_blocks
from archdsl.lang.vocabulary import MEANINGS, NORMS, OPTION_KEYS, longest
from archdsl.ops import ACTIVATIONS, OPS
from archdsl.resolve.conventions import CONVENTIONS, FACTS, expected, styles
from archdsl.resolve.settings import is_key
from archdsl.source import Span
from archdsl.syntax.bag import extra, takes

_SETTING = re.compile(r"\s*(?:.*,\s*)?([A-Za-z][\w-]*)(?:\s*[=:]\s*|\s+)[^,]*$")
_TYPED = re.compile(r"[A-Za-z_][\w-]*$")
_WIRED = re.compile(r"\b(from|add|concat|concatenate|multiply|maximum|average)\s+(?:[\w-]+\s*,\s*)*[\w-]*$")
_ASSIGNED = re.compile(r"([A-Za-z][\w ]*?)\s*=\s*[\w-]*$")
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_LAYER_ENDS = re.compile(r"[;\[\]&+|]|->|→")
# Values of options in a cell that are words.
_VALUES = {
    "norm": CONVENTIONS["norm"].values,
    "activation": CONVENTIONS["activation"].values,
    "shortcut": CONVENTIONS["shortcut"].values,
    "brackets": CONVENTIONS["brackets"].values,
    "bias": ("yes", "no"),
    "padding": ("same", "valid"),
}


class Completion(NamedTuple):
    """A word: what takes the place of `span`, what kind of word it is, and what it means."""

    label: str
    kind: str
    detail: str
    span: Span
    text: str


def completions(document: Document, offset: int) -> tuple[Completion, ...]:
    """List the words that may stand at a place."""
    said = before(document, offset)
    if said.comment:
        return ()
    found = {one.label: one for one in _candidates(document, said, offset)}
    return tuple(found.values())


def _candidates(document: Document, said: Before, offset: int) -> Iterator[Completion]:
    make = _maker(said, offset)
    key = _SETTING.match(said.text) if said.said else None
    if key and is_key(key[1].lower()) and "|" not in said.text:
        yield from _values(document, key[1].lower(), make)
    elif (said.said and not said.text.strip(" \t-_")) or (said.said and _TYPED.fullmatch(said.text.strip())):
        yield from _keys(document, said, make)
    elif document.is_spec or _in_table(document, offset):
        yield from _of_cell(document, said, make)


Make = Callable[[str, str, str], Completion]


def _maker(said: Before, offset: int) -> Make:
    """Return what makes a completion in place of the words that are typed so far, as many as belong to it."""
    typed = [match.start() for match in _WORDS.finditer(said.text)]
    end = len(said.text)

    def make(label: str, kind: str, detail: str) -> Completion:
        starts = (at for at in typed if label.lower().startswith(said.text[at:end].lower()))
        tail = _TYPED.search(said.text)
        start = next(starts, tail.start() if tail else end)
        return Completion(label, kind, detail, Span(said.start + start, offset), label)

    return make


def _keys(document: Document, said: Before, make: Make) -> Iterator[Completion]:
    """Return what may begin a line: settings, the definition of a block; in a spec layers and blocks, too."""
    yield from (make(key, "setting", doc) for key, (_, doc) in FACTS.items())
    yield from (make(key, "setting", convention.doc) for key, convention in CONVENTIONS.items())
    yield make("block", "keyword", "a block of one's own: `block NAME(parameters)`, its lines indented below")
    if document.is_spec:
        yield from _layers(make)
        yield from _blocks(document, make)


def _values(document: Document, key: str, make: Make) -> Iterator[Completion]:
    if key == "style":
        yield from (make(name, "style", "a bundle of conventions") for name in styles())
    elif key in ("downsampling", "each-row"):
        yield from [make("stride", "value", "")] if key == "downsampling" else ()
        yield from _blocks(document, make)
    elif key == "columns":
        yield from (make(role, "value", "the role of a column") for role in _roles())
    elif key in CONVENTIONS:
        default = CONVENTIONS[key].default
        words = (word for word in expected(key) if " " not in word)
        yield from (make(word, "value", "default" if word == default else "") for word in words)
    yield from _named(document, "parameter", make) if key in ("classes", "variant") else ()


def _roles() -> list[str]:
    from archdsl.lang.headers import LEXICON

    return sorted({roles[0] for roles in LEXICON.values() if roles} | {"ignore"})


def _of_cell(document: Document, said: Before, make: Make) -> Iterator[Completion]:
    """Return what may stand in a structure: after a wire names of rows, after `key=` values, else words of
    layers."""
    assigned = _ASSIGNED.search(said.text)
    key = OPTION_KEYS.get(assigned[1].split()[-1]) if assigned else None
    if _WIRED.search(said.text):
        yield make("input", "row", "the input of the network, or of the block")
        yield from _named(document, "row", make)
        yield from _named(document, "step", make) if said.text[:1] in (" ", "\t") else ()
    elif key in _VALUES:
        yield from (make(word, "value", key) for word in _VALUES[key])
    else:
        yield from _options(_layer(said.text), make)
        yield from _layers(make)
        yield from _blocks(document, make)
        yield from _named(document, "parameter", make)
        wires = (word for word, meaning in MEANINGS.items() if meaning[0] == "wire")
        yield from (make(word, "keyword", "joins values by the names of their rows") for word in wires)


def _layer(text: str) -> str:
    """Return the op of the layer that is being written; a window alone is a convolution."""
    words = _WORDS.findall(_LAYER_ENDS.split(text)[-1])
    found = [meaning for at in range(len(words)) if (meaning := longest(words[at : at + 4]))]
    return next((meaning[1] for _, meaning in reversed(found) if meaning[0] == "op"), "conv")


def _options(op: str, make: Make) -> Iterator[Completion]:
    """Return the options that a layer takes, as they are written."""
    for param in OPS[op].params:
        yield make(f"{param.name.replace('_', '-')}=", "option", param.doc)
    for key in extra(op):
        yield make(f"{key}=", "option", CONVENTIONS[key].doc if key in CONVENTIONS else "")
    flags = ((word, meaning[1]) for word, meaning in MEANINGS.items() if meaning[0] == "flag")
    for word, flag in flags:
        key = flag.partition("=")[0]
        if takes(op, key) or key in extra(op):
            yield make(word, "option", flag)


def _layers(make: Make) -> Iterator[Completion]:
    for op in OPS.values():
        yield from (make(word, "layer", op.doc) for word in op.words if op.name != "activation")
    yield from (make(word, "layer", f"activation {function}") for word, function in ACTIVATIONS.items())
    yield from (make(word, "layer", OPS[op].doc) for op in NORMS for word in OPS[op].words)


def _blocks(document: Document, make: Make) -> Iterator[Completion]:
    own = [block for one in document.compilation.compiled for block in one.settings.blocks.own.values()]
    yield from (make(block.name, "block", block.text.split("\n")[0]) for block in own)
    yield from (make(name, "block", "a block of the library") for name in library_blocks.names())


def _named(document: Document, kind: str, make: Make) -> Iterator[Completion]:
    """Return the names of a kind that the document defines, as they are written there."""
    defined: Iterable[Span] = (
        one.span for one in occurrences(document) if one.defines and one.symbol.kind == kind
    )
    for span in defined:
        yield make(document.text(span), kind, f"a {kind} of this file")


def _in_table(document: Document, offset: int) -> bool:
    """Return whether a place lies in a table of a network."""
    line = document.positions.line_span(document.source.position(offset)[0] - 1)
    tables = (one.span for one in outline(document))
    return any(span.start <= line.end and line.start <= span.end for span in tables)
