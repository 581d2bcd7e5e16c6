"""A word or a key of a cell that means nothing -> the diagnostic, with what may have been meant."""

import re

from archdsl.diagnostics import Diagnostic
from archdsl.lang.own_blocks import is_own_block
from archdsl.lang.vocabulary import LAYER_WORDS, OPTION_KEYS
from archdsl.light import TYPE_CHECKING
from archdsl.problems import names, uses
from archdsl.source import Span
from archdsl.syntax.bag import Bag
from archdsl.syntax.cells import Assign
from archdsl.syntax.names import FUNCTIONS, compact

if TYPE_CHECKING:
    from archdsl.syntax.sequence import Sequence


def unknown_word(seq: "Sequence", word: str, span: Span) -> Diagnostic:
    """Say what a word may have been meant for: a block that is defined below, a layer with units, or what is
    spelled alike."""
    key, blocks = compact(word), seq.blocks
    if key and (key in blocks.below or key == blocks.current):
        return uses.used_before(seq.source, span, word, key == blocks.current)
    units = re.fullmatch(r"(fc|dense|linear)_?(\d{2,9})", word, re.IGNORECASE)
    if units:
        return names.name_or_units(seq.source, span, word, units[1], units[2])
    named = {name: name for name in (*seq.known, *FUNCTIONS, *blocks.names())}
    if is_own_block(word, (*LAYER_WORDS, *named)):
        return names.own_block(seq.source, span, word)
    return names.unknown_word(seq.source, span, word, {**LAYER_WORDS, **named})


def unknown_option(seq: "Sequence", item: Assign) -> Diagnostic:
    """Say what the layer or block in the making takes, which has no option of this key."""
    owner, own = _owner(seq.bag)
    return names.unknown_option(seq.source, item.key_span, item.key, owner, own, OPTION_KEYS)


def _owner(bag: Bag | None) -> tuple[str, tuple[str, ...]]:
    """Name the layer or block in the making, and what it takes."""
    if bag is None or bag.block:
        return "a bracket" if bag else "", ()
    if bag.use:
        return bag.use.name, tuple(parameter.name for parameter in bag.use.parameters)
    named = (param.name for param in bag.kind.params if param.name != "initializer")
    return bag.kind.name.replace("_", " "), tuple(named)
