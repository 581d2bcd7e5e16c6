"""HTML text -> tags, texts and formulas; comments, scripts and styles are left out; a script of TeX is the
tag `tex`."""

from collections.abc import Iterator

from archdsl.light import Final, NamedTuple
from archdsl.patterns import pattern

_TOKEN = pattern(
    r"<!--|<(?P<close>/?)(?P<name>[A-Za-z][\w:-]{0,40})(?P<attributes>(?:[^<>\"']++|\"[^\"<>]{0,10000}\"|'[^'<>]{0,10000}')*+)>|[^<]+|<"
)
_ATTRIBUTE = pattern(r"([A-Za-z][\w:-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_SKIPPED: Final = frozenset(["script", "style", "svg", "template", "select", "head"])


class Tag(NamedTuple):
    """A tag in small letters, where it stands, and for an opening tag the text of its attributes and where
    that begins."""

    name: str
    closing: bool
    start: int
    end: int
    attributes: str = ""
    attributes_at: int = 0

    def attribute(self, name: str) -> tuple[str, int]:
        """Return an attribute's value and where it stands; the empty string where there is none."""
        for match in _ATTRIBUTE.finditer(self.attributes):
            if match[1].lower() == name:
                group = match.lastindex or 1
                return match[group], self.attributes_at + match.start(group)
        return "", self.end


def tokenize(text: str, start: int, stop: int) -> Iterator[Tag | tuple[int, int]]:
    """Return the tags, and the start and end of each text between them."""
    at = start
    ends: dict[str, int] = {}
    while at < stop and (match := _TOKEN.match(text, at, stop)):
        at = match.end()
        if match[0] == "<!--":
            at = _after(text, "-->", at, stop, ends)
        elif not match["name"]:
            yield match.span()
        else:
            name = match["name"].lower()
            closing = bool(match["close"])
            if name in _SKIPPED and not closing:
                at = _after(text, f"</{match['name']}", at, stop, ends)
                if "math/tex" in match["attributes"] and at > match.end():
                    yield Tag("tex", False, match.end(), text.rfind("<", match.end(), at))
            else:
                yield Tag(
                    name, closing, match.start(), match.end(), match["attributes"], match.start("attributes")
                )


def _after(text: str, closing: str, at: int, stop: int, ends: dict[str, int]) -> int:
    """Find the end of what has no tokens of its own; what is never closed is searched for once."""
    if ends.get(closing, at) < 0:
        return at
    ends[closing] = found = text.find(closing, at, stop)
    return at if found < 0 else max(text.find(">", found, stop), found + len(closing) - 1) + 1
