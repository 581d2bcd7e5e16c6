"""Parts of HTML within a cell: formulas, what stands for their elements, and twins that are not shown."""

import re

from archdsl.forms.html_tokens import Tag
from archdsl.light import Final, NamedTuple
from archdsl.patterns import pattern

MAX_NESTED: Final = 100
_HIDDEN = pattern(
    r"\baria-hidden\s*=\s*[\"']?true|\bstyle\s*=\s*[\"'][^\"']*display\s*:\s*none", re.IGNORECASE
)
_PARTS: Final = frozenset(["table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"])
_VOID: Final = frozenset(["br", "img", "input", "hr", "wbr", "source", "col", "link", "meta"])


class Formula(NamedTuple):
    """The last formula of a cell: where in what was written it begins and ends (-1: it is open), and its
    TeX."""

    start: int = 0
    end: int = -1
    tex: str = ""


class Hidden:
    """Tells what is not shown: KaTeX, MathJax and wikis write every formula once more, for the screen or for
    readers of it."""

    def __init__(self) -> None:
        self.name = ""
        self.depth = 0

    def holds(self, tag: Tag) -> bool:
        """Return whether a tag belongs to a part that is not shown, which the parts of a table end."""
        if tag.name in _PARTS:
            self.name = ""
        elif self.name:
            self.depth += 0 if tag.name != self.name else -1 if tag.closing else 1
            self.name = self.name if self.depth else ""
            return True
        elif not tag.closing and tag.name not in _VOID and _HIDDEN.search(tag.attributes):
            self.name, self.depth = tag.name, 1
            return True
        return False


class Script:
    """Writes what a formula's elements stand for: `^` before the second child of `msup`, the signs of
    `mfenced`."""

    def __init__(self) -> None:
        self.open: list[list[int]] = []  # for each element that is open: how many children it has had
        self.fences: list[str] = []

    def opened(self, tag: Tag) -> str:
        """Return what stands for an opening tag."""
        text = ""
        if self.open and len(self.open) < MAX_NESTED:
            self.open[-1][1] += 1
            text = ("", "^", "_")[self.open[-1][0]] if self.open[-1][1] == 2 else ""
        if tag.name == "mfenced":
            sign = tag.attribute("open")[0][:1] or "("
            self.fences.append({"[": "]", "{": "}"}.get(sign, ")"))
            text += sign
        if not tag.attributes.endswith("/"):
            self.open.append([{"msup": 1, "msub": 2}.get(tag.name, 0), 0])
        return text

    def closed(self, tag: Tag) -> str:
        """Return what stands for a closing tag."""
        if self.open:
            self.open.pop()
        return self.fences.pop() if tag.name == "mfenced" and self.fences else ""
