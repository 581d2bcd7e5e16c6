"""The text of a cell, markup removed -> a cell as the grammar reads it, whatever form the table had."""

import re

from archdsl.light import Final
from archdsl.patterns import pattern
from archdsl.source import CLEAN
from archdsl.text.chars import Text, Writer, replaced
from archdsl.text.grid import Cell

# Between the columns of an array inside a cell: a comma is due, unless there is a separator already.
COLUMN: Final = "\ue000"

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "sigma tau upsilon phi chi psi omega"
)
_WORDS = {chr(0x3B1 + index): name for index, name in enumerate(_GREEK.split())}
_WORDS |= dict.fromkeys("✓✔☑√", "yes") | dict.fromkeys("✗✘☒", "no")
_WORDS |= {"⋅": "·", "∗": "*", "…": "...", "⋯": "...", "⋮": "...", "≈": "~", "´": "'", "\u00ad": ""}
_WORDS |= dict.fromkeys("⇒➔➜⟶", "→") | dict.fromkeys("⇐⟵", "←")
# Word's invisible groups, and the marks that OCR leaves of the tall brackets of several lines.
_WORDS |= dict.fromkeys("〖〗\u2061\u2062\u2063\u2064\u200c\u200d\ufe0f", "")
_SUPERSCRIPTS = {char: str(digit) for digit, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_SPECIAL = pattern(f"[{''.join(map(re.escape, _WORDS))}]|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[{''.join(map(chr, CLEAN))}]")
_FOOTNOTE = pattern(r"\s*\^?(?:[†‡§¶]|\^\s*\*(?=\s*(?:$|[,;\])])))+|(?<=[A-Za-z])¹")
_STAR = pattern(r"(?<=[\w)\]])(?:\^ ?)?\*+(?=\s*(?:$|[,;)\]]))")
_RAISED_REPEAT = pattern(r"(?<=\])[_^](?=\s*[×xX*]\s*\w)")
_DASHES = pattern(r"-{2,}")
_BLANKS = pattern(r"\s{2,}|[^\S ]")
_ROWS = pattern(r"(?<![,\ue000 ]) ?(?:[,\ue000] ?)*+(?P<at>;)[,;\ue000 ]*")
_DUE = pattern(r" ?\ue000[\ue000 ]*")
_EDGE = pattern(r"^ ?; ?| ?; ?$|(?<=\[) ?; ?| ?; ?(?=\])|(?<=\]) ?; ?(?=[×xX] ?\w)|(?<=\[) | (?=\])")
_WORD_EQUATION = pattern(r"[■█]\s*\(")
_WORD_TIMES = pattern(r"\s*&\s*[Xx×]\s*&\s*")
_CAPITAL = pattern(r"(?<=\d) ?X(?= ?\d)")  # `32X32`
_MARKS = pattern(r"[^\x20-\x7e×]|--|[;*^&]|  |\]_")


def normal(text: Text) -> Cell:
    """Return the cell of a text: one character for each meaning, `;` between rows, single blanks."""
    if "X" in text.chars:
        text = replaced(text, _CAPITAL, lambda match: match[0].lower())
    if _MARKS.search(text.chars):
        text = _spelt(replaced(text, _BLANKS, " "))
        text = _separated(text)
    return text.cell()


def _spelt(text: Text) -> Text:
    if not text.chars.isascii():
        text = replaced(text, _FOOTNOTE, "")
        text = replaced(text, _SPECIAL, _special)
        text = _word_equation(text)
    text = replaced(replaced(text, _STAR, ""), _RAISED_REPEAT, " ")
    return replaced(text, _DASHES, "-")


def _special(match: re.Match[str]) -> str:
    char = match[0]
    if char[0] in _SUPERSCRIPTS:
        return "^" + "".join(_SUPERSCRIPTS[digit] for digit in char)
    return _WORDS[char] if char in _WORDS else chr_of(char)


def chr_of(char: str) -> str:
    """Return the plain character that a typographic variant stands for."""
    plain = CLEAN[ord(char)]
    return plain if isinstance(plain, str) else char


def _separated(text: Text) -> Text:
    text = replaced(text, _BLANKS, " ")
    text = replaced(text, _ROWS, "; ")
    chars = text.chars
    text = replaced(text, _DUE, lambda match: _comma(chars, match))
    return replaced(_grouped(text), _EDGE, "")


def _comma(chars: str, match: re.Match[str]) -> str:
    before, after = chars[match.start() - 1 : match.start()], chars[match.end() : match.end() + 1]
    return "" if before in ("", *"[(,;") or after in ("", *"]),;") else ", "


def _grouped(text: Text) -> Text:
    """Braces and parentheses around several rows are brackets."""
    if ";" not in text.chars or not ("{" in text.chars or "(" in text.chars):
        return text
    chars = list(text.chars)
    opened: list[int] = []
    rows: list[bool] = []
    for index, char in enumerate(text.chars):
        if char in "[{(":
            opened.append(index)
            rows.append(False)
        elif char == ";" and rows:
            rows[-1] = True
        elif char in "]})" and opened:
            first = opened.pop()
            if rows.pop():
                chars[first], chars[index] = "[", "]"
    return Text("".join(chars), text.places)


def _word_equation(text: Text) -> Text:
    """Read Word's linear matrices, `■(a&X&b@c)`: `@` parts rows, `&` columns."""
    if not _WORD_EQUATION.search(text.chars):
        return text
    text = replaced(text, _WORD_TIMES, "×")
    writer, at = Writer(), 0
    for start, opening, stop in _matrices(text.chars):
        inside = text.chars[opening:stop].strip()
        bare = text.chars[at:start].rstrip()[-1:] not in ("[", "(", "{") and not (
            inside[:1] == "[" and inside[-1:] == "]"
        )
        writer.copy(text, at, start)
        writer.put("[" if bare else "", text.places[start])
        for index in range(opening, stop):
            char = {"@": ";", "&": COLUMN, '"': ""}.get(text.chars[index], text.chars[index])
            writer.put(char, text.places[index])
        writer.put("]" if bare and stop < len(text.chars) else "", text.places[stop])
        at = min(stop + 1, len(text.chars))
    writer.copy(text, at, len(text.chars))
    return writer.text(text.places[-1])


def _matrices(chars: str) -> list[tuple[int, int, int]]:
    """Find each matrix: where its sign stands, where its content begins and where its parenthesis closes."""
    found = []
    at = 0
    while match := _WORD_EQUATION.search(chars, at):
        depth, stop = 1, match.end()
        while stop < len(chars) and depth:
            depth += (chars[stop] == "(") - (chars[stop] == ")")
            stop += 1
        found.append((match.start(), match.end(), stop - 1 if not depth else stop))
        at = stop
    return found
