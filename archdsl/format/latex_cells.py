"""The text of a cell -> LaTeX: kernels and products as formulas, brackets of several rows as arrays, the rest
escaped."""

import re
from collections.abc import Callable
from unicodedata import name, normalize

_REPEAT = re.compile(r"\s*[x×*]\s*(\w+|\((?:[^()]|\([^()]*\))*\))")
_PRODUCT = re.compile(
    r"(?<![\d.])\d+(?:\.\d+)?(?:(?:\^\d+|²)?(?:\s*[x×]\s*(?:\d+(?!\.\d|(?![x×]\d)\w)|[A-Za-z](?![\w(]))(?:\^\d+|²)?)+|\^\d+|²)|(?<!\w)[A-Za-z]\s*×\s*[A-Za-z](?!\w)|×\s*(?:\d+|[A-Za-z])(?![\w.])"
)
_SIMPLE = re.compile(
    r"(?:\d+|[A-Za-z])(?:\s*[x×]\s*(?:\d+|[A-Za-z])(?!\w))*(?:\s*,\s*(?:\d+|[A-Za-z])(?!\w)(?:\s*[x×]\s*(?:\d+|[A-Za-z])(?!\w))*)*"
)
_TIMES = re.compile(r"\s*[x×]\s*")
_ESCAPES = {
    **{char: f"\\{char}" for char in "#%&_${}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "[": "{[}",
    '"': "''",
    "✓": r"\checkmark",
    "…": r"\ldots{}",
    **{
        char: f"${formula}$"
        for char, formula in {
            "<": "<", ">": ">", "|": "|", "×": r"\times", "·": r"\cdot", "←": r"\leftarrow",
            "→": r"\rightarrow",
            "≤": r"\le", "≥": r"\ge", "≠": r"\neq",
        }.items()
    },
}  # fmt: skip
_HATTED = re.compile("([A-Za-z])\u0302([a-z](?![a-z]))?")
_VARIABLE = re.compile(r"[a-z]")
# Sums and products of numbers and single letters.
_EXPRESSION = re.compile(r"(?=.*[A-Za-z])(?:\d+|(?<![A-Za-z])(?![xX])[A-Za-z](?!\w)|[-+*/() ])+")
_COMMA = re.compile(r"(?<=[x×]\d),(?=\S)")
_CODE = re.compile(r"`([^`]*)`")
_QUOTED = re.compile(r'"([^"]*)"')
_BRACKET = re.compile(r"\[([^\[\]]*)\]")
_LONG = 28


def cell(text: str) -> str:
    """Write a cell; one of several long layers, or with a bracket among others, takes a line for each."""
    pieces = split(text)
    if not _stacked(pieces, text):
        return inline(text)
    lines = list(map(inline, pieces))
    tall = ["\\begin{array}" in line for line in lines]
    written = lines[0]
    for number, line in enumerate(lines[1:], 1):
        written += (" \\\\ \\addlinespace " if tall[number - 1] and tall[number] else " \\\\ ") + line
    return f"\\makecell{{{written}}}"


def _stacked(pieces: list[str], text: str) -> bool:
    return len(pieces) > 1 and ("[" in text or len(text) > _LONG)


def height(text: str) -> int:
    """Count the lines that a cell takes."""
    pieces = split(text)
    lines = [max([1, *(len(split(part)) for part in _BRACKET.findall(piece))]) for piece in pieces]
    return sum(lines) if _stacked(pieces, text) else max(lines)


def header(text: str, width: int) -> str:
    """Write a header; one that is wider than its column over several lines."""
    lines = broken(text, width)
    return inline(text) if len(lines) == 1 else "\\makecell{" + r" \\ ".join(map(inline, lines)) + "}"


def broken(text: str, width: int) -> list[str]:
    """Break a text at blanks into lines of at most `width` characters, or of one word."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def sentence(text: str) -> str:
    """Write a caption."""
    code = _CODE.split(_QUOTED.sub("“\\1”", text))
    parts = [
        f"\\texttt{{{escaped(part)}}}" if number % 2 else inline(part) for number, part in enumerate(code)
    ]
    return "".join(parts).replace("“", "``").replace("”", "''")


def split(text: str) -> list[str]:
    """Split at the semicolons that stand in no bracket."""
    pieces, depth, at = [], 0, 0
    for index, char in enumerate(text):
        depth += (char == "[") - (char == "]")
        if char == ";" and depth <= 0:
            pieces.append(text[at:index].strip())
            at = index + 1
    return [*pieces, text[at:].strip()]


def inline(text: str) -> str:
    """Write a text on one line, but for its brackets."""
    if text == "-":
        return "--"
    if _VARIABLE.fullmatch(text) or (
        not text.isdecimal() and _EXPRESSION.fullmatch(text) and not text.isalpha()
    ):
        return f"${text.replace('*', chr(92) + 'cdot ')}$"
    written, at = "", 0
    while (start := text.find("[", at)) >= 0 and (stop := closing(text, start)) > 0:
        rows = split(text[start + 1 : stop])
        repeat = _REPEAT.match(text, stop + 1)
        times = f"\\times{_factor(repeat[1])}" if repeat else ""
        if len(rows) > 1:
            written += f"{_words(text[at:start])}${_array(rows)}{times}$"
        else:
            written += f"{_words(text[at:start])}{{[}}{inline(rows[0])}]" + (f" ${times}$" if times else "")
        at = repeat.end() if repeat else stop + 1
    return written + _words(text[at:])


def closing(text: str, start: int) -> int:
    """Find the bracket that closes the one at `start`; -1 where there is none."""
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] == "[") - (text[index] == "]")
        if not depth:
            return index
    return -1


def _array(rows: list[str]) -> str:
    lines = " \\\\ ".join(map(_row, rows))
    return f"\\left[\\begin{{array}}{{c}}{lines}\\end{{array}}\\right]"


def _row(text: str) -> str:
    if _SIMPLE.fullmatch(text):
        return re.sub(r"\s*,\s*", r",\\,", _TIMES.sub(_times, text))
    return f"\\text{{{inline(text)}}}"


def _times(match: re.Match[str]) -> str:
    after = match.string[match.end() : match.end() + 1]
    return r"\times " if after.isalpha() else r"\times"


def _factor(text: str) -> str:
    if text.isdecimal() or (text.startswith("(") and _EXPRESSION.fullmatch(text)):
        return text.replace("*", "\\cdot ")
    return f" {text}" if len(text) == 1 else f"\\text{{{escaped(text)}}}"


def _words(text: str) -> str:
    return _mapped(_COMMA.sub(", ", text), _PRODUCT, _formula)


def _mapped(text: str, pattern: re.Pattern[str], write: Callable[[str], str]) -> str:
    written, at = "", 0
    for match in pattern.finditer(text):
        written += escaped(text[at : match.start()]) + write(match[0])
        at = match.end()
    return written + escaped(text[at:])


def _formula(text: str) -> str:
    text = re.sub(r"\^(\d{2,})", r"^{\1}", text.replace("²", "^2"))
    match = re.fullmatch(r"×\s*(\w+)", text)
    return f"$\\times{_factor(match[1])}$" if match else f"${_TIMES.sub(_times, text)}$"


def escaped(text: str) -> str:
    """Escape what TeX would read as commands; Greek letters and arrows become formulas."""
    if not text.isascii():
        text = normalize("NFD", text) if "\u0302" in text else text
        return _HATTED.sub(_hatted, "".join(_ESCAPES.get(char) or _greek(char) for char in text))
    return "".join(_ESCAPES.get(char, char) for char in text)


def _hatted(match: re.Match[str]) -> str:
    return f"$\\hat{{{match[1]}}}{'_' + match[2] if match[2] else ''}$"


def _greek(char: str) -> str:
    """Write a small Greek letter as its macro; any other character stays what it is."""
    script, _, letter = name(char, "").rpartition(" LETTER ")
    return f"$\\{letter.lower()}$" if script == "GREEK SMALL" and letter.isalpha() else char
