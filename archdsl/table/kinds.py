"""What a cell of a column looks like: its kinds, by which a column finds its role."""

from functools import lru_cache

from archdsl.lang.vocabulary import layer_word
from archdsl.patterns import pattern
from archdsl.table.operators import NUMBERED
from archdsl.table.roles import ELIDED, SIZE, holds_layers, says_none
from archdsl.text.grid import natural

LARGEST = 15  # side of a window, and the most that a repeat or a stride counts to
_COUNT = pattern(r"\d[\d,]{0,30}")
_SIDES = pattern(r"\d{1,6}(?:\s*[x×]\s*\d{1,6}){1,3}|\(\s*\d{1,6}(?:\s*[x×,]\s*\d{1,6}){1,3}\s*\)")
_SHAPE = pattern(
    r"[(\[]\s*(?:[A-Za-z]\w*|-1|\?|\d{1,9})(?:\s*,\s*(?:\d{1,9}|[A-Za-z](?:\s*/\s*\d+)?)){1,4}\s*,?\s*[)\]]"
)
_UNIT = pattern(r"\s*(?:pixels|px)?\s*(?:\(\s*[\d,]+\s*\))?")
_SIDE = pattern(r"\d+")
_CONTEXT = pattern(
    r"[\[{](?=[^\]}]{0,99}[t-])\s*t?\s*(?:[-+]?\s*\d{1,3})?(?:\s*,\s*t?\s*(?:[-+]?\s*\d{1,3})?){0,9}\s*[\]}]"
)
_STAGE = pattern(r"[A-Za-z]+\d+_[xi]")
_BEHIND = pattern(r"\s*,?\s*(?:/|stride)\s*\d+|\s*\(x\s*\d+\)")
# What is written in pieces of these kinds, and with which marks between them.
_PATTERNS = {
    "mark": pattern(r"(?i:yes|no|true|false|[yn✓✔☑√✗✘×+]|none|w/o?|with|without)"),
    "whole": pattern(r"(?i:global|classifier)\b.*"),
    "inside": pattern(r".*\d\s*[x×]\s*\d.*"),
    "complete": pattern(r".*\d\s*[x×]\s*\d[^,;@&]*[,;@&].*\d.*"),
    "option": pattern(
        r"[A-Za-z]\w*\s*=\s*\w+.*"
        r"|(?i:kernel|kernel size|pool size|filter size|window|stride|padding|pad|rate)\s+\d.*"
        r"|\d{1,6}\s+(?i:filters?|units?|neurons|nodes|kernels|channels|feature maps)\b.*"
    ),
    "list": pattern(r"\d{1,9}(?:\s*[,/]\s*\d{1,9}){1,99}|\d{1,9}(?:-\d{1,9}){2,99}"),
    "stated": pattern(r"(?i:.*\b(?:in|out)puts?\b[ :=]*\d.*)"),
    "arrow": pattern(r".*\d\s*(?:→|->)\s*\d.*"),
    "name": pattern(r"(?!.*\d\s*[x×]\s*\d)[^\W\d_].*"),
    "short": pattern(r"[A-Za-z][A-Za-z ./-]*?[\s_-]?(?:\d+(?:[._-](?:\d+|x))*[a-z]?)?(?:\s*\(.*\))?"),
    "call": pattern(
        r"[A-Za-z][\w-]*\((?!\s*\d?[a-z]\s*\))\s*[\w.=]+(?:\s*,\s*[\w.=]+){0,9}\s*\)(?:\s*[x×]\s*\w+)?"
    ),
    "times": pattern(r"[x×]\s*\d+|\d+\s*[x×]"),
}


def is_context(text: str) -> bool:
    """Return whether a text is the frames that a row reads: `[t-2, t+2]`, `{t}`."""
    return _CONTEXT.fullmatch(text.strip()) is not None


@lru_cache(maxsize=4096)  # columns are compared with each other
def kinds(text: str) -> frozenset[str]:
    """List the kinds of a cell; a cell that says nothing has none."""
    if says_none(text):
        return frozenset()
    if is_context(text):
        return frozenset(("window",))
    if _COUNT.fullmatch(text):
        return frozenset(("count", "small" if int(text.replace(",", "")[:9]) <= LARGEST else "large"))
    found = _sided(text) or {name for name, form in _PATTERNS.items() if form.fullmatch(text)}
    if ELIDED.fullmatch(text):
        found.add("ditto")
    if "option" not in found and (NUMBERED.fullmatch(text) or _STAGE.fullmatch(text)):
        called = layer_word(text) or (holds_layers([text]) and len(text.split()) == 1)
        return frozenset(("numbered", "called") if called else ("numbered",))
    if "size" not in found and (holds_layers([text]) or layer_word(text)):
        return frozenset((found - {"name", "short"}) | {"layers" if _SIDE.search(text) else "operator"})
    return frozenset(found)


def _sided(text: str) -> set[str]:
    """Recognise windows (`3x3 / 2`), filter shapes (`3x3x16x32`) and sizes of maps apart; a small map is a
    window, too."""
    match = _SIDES.match(text)
    if match is None:
        return {"size", "shape"} if _SHAPE.fullmatch(text) else {"size"} if SIZE.fullmatch(text) else set()
    sides = [natural(side) for side in _SIDE.findall(match[0])]
    rest = text[match.end() :]
    found = {"size"} if _UNIT.fullmatch(rest) else set()
    if not rest or _BEHIND.fullmatch(rest):
        found |= {"window"} if max(sides) <= LARGEST and len(sides) < 4 else set()
        found |= {"strided"} if "window" in found and rest.lstrip(" ,")[:1] in ("/", "s") and rest else set()
    deep = len(sides) == 4 or (len(sides) == 3 and sides[-1] > LARGEST)
    return found | ({"filter"} if deep and sides[0] <= LARGEST else set())
