"""A text and places in it: what every diagnostic, cell and node points back to."""

from bisect import bisect_right

from archdsl.light import NamedTuple

# Same-length substitutions, so an offset in the clean text is an offset in the text as given.
CLEAN = {
    ord(char): " "
    for char in (
        "\ufeff\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
        "\u202f\u205f\u3000"
    )
}
CLEAN |= {ord(char): "×" for char in "✕✖⨉⨯"}
CLEAN |= {ord(char): "-" for char in "‐‑‒–—−"}
# The wide forms of East Asian text, `３×３，６４`, as far as they are no marks of a document.
CLEAN |= {
    ord(char) + 0xFEE0: char
    for char in "0123456789()[]{},;:.+-*/=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
}
# The Cyrillic letter, where no other letter of its alphabet stands beside it.
_CYRILLIC_X = "[хХ]", "[Ѐ-ӿ]"


class Span(NamedTuple):
    """Half-open range of offsets, in code points of the source text."""

    start: int
    end: int


class Source:
    """A named text; `clean` has the typographic variants of a character replaced, offset for offset."""

    __slots__ = ("_starts", "clean", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.take(text)

    @property
    def ending(self) -> str:
        """The ending of the file's name in small letters; empty where it has none."""
        return self.path.rpartition(".")[2].lower() if "." in self.path else ""

    def take(self, text: str) -> None:
        """Take another text; whoever holds this object sees it."""
        # A byte order mark is no part of the text: columns count what is written.
        self.text = text = text.removeprefix("\ufeff")
        clean = text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text
        self.clean = clean if clean.isascii() else _plain(clean)
        self._starts: list[int] = []

    @property
    def starts(self) -> list[int]:
        """The offset at which each line begins, computed once."""
        if not self._starts:
            self._starts = [0]
            find = self.clean.find
            at = find("\n")
            while at >= 0:
                self._starts.append(at + 1)
                at = find("\n", at + 1)
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset, both counted from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def quoted(self, span: Span) -> str:
        """Quote a layer as printed, without its blanks, brackets and TeX."""
        import re

        text = self.clean[span.start : span.end].replace("\\times", "x")
        if any(mark in text for mark in "\\*$[]{}"):
            text = re.sub(r"\\text\b|\\[,;: ]|[*$\[\]{}]+", "", text)
        return re.sub(r"\s*([,x×])\s*", r"\1", text).replace("×", "x").strip()

    def line(self, number: int) -> str:
        """Return the text of a line (counted from 1) as it was written, without its end."""
        start = self.starts[number - 1]
        end = self.starts[number] - 1 if number < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


def _plain(text: str) -> str:
    """Return a text with the signs replaced that only look different, length for length."""
    text = text.translate(CLEAN)
    if "х" not in text and "Х" not in text:
        return text
    import re

    letter, alphabet = _CYRILLIC_X
    return re.sub(f"(?<!{alphabet}){letter}(?!{alphabet})", "x", text)


def file_name(source: Source) -> str:
    """Return the name of a file without its folders and endings: what its table is called."""
    name = source.path.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    return name.strip("<>") or "network"  # `<text>` is none
