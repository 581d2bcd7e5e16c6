"""Headers that blocks of a file list for their parameters: `block unit(c, kind: "type" | form = wide)`."""

from archdsl.patterns import pattern
from archdsl.table.kinds import kinds
from archdsl.text.grid import GridBlock

_WORDS = r"(?:\"[^\"]*\"|[A-Za-z][\w -]*?)"
_LISTED = pattern(rf":\s*({_WORDS}(?:\s*\|\s*{_WORDS})*)\s*(?=[=,)])")
_LAYERS = frozenset(("layers", "operator", "inside", "window", "numbered", "called", "call"))


def listed_headers(blocks: tuple[GridBlock, ...]) -> frozenset[str]:
    """Return the headers that blocks list, in lower case."""
    lists = (match[1] for block in blocks for match in _LISTED.finditer(block.head.text))
    return frozenset(plain_header(word) for words in lists for word in words.split("|"))


def plain_header(text: str) -> str:
    """Bring a header to the form in which it is looked up in a list."""
    return " ".join(text.replace('"', " ").lower().split())


def says_no_layer(cells: list[str]) -> bool:
    """Return whether no cell of a column says a layer, so that the column can be that of a parameter."""
    return not any(kinds(text) & _LAYERS for text in cells)
