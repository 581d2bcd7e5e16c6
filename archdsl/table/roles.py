"""Column headers -> the role of each column."""

import re
from functools import lru_cache

from archdsl.lang.headers import LEXICON, OTHERWISE
from archdsl.patterns import pattern
from archdsl.text.grid import Grid

IGNORE = "ignore"  # said of a column by `columns`: it holds nothing of the architecture
UNREAD = "unread"  # the role of a column that is told of and not read
ELIDED = pattern(
    r"\s*(?:←.*|<-|〃|\"|''|same|ditto|idem|同左|同上|[×xX*]\s*\S+|\[\.\.\.\].*)\s*", re.IGNORECASE
)
PLAIN = ("name", "size", "structure")
WINDOWS = ("fused", "filter")
_NOTHING = frozenset(("", "-", "--", "---", "–", "—", "?", "/", "n/a", "N/A"))
CLAIMS = ("params", "macs", "depth")  # counts, of a row or of the whole network
_STRUCTURAL = pattern(
    r"\[(?!\s*\d+(?:\s*[,–-]\s*\d+)*\s*\])|\d\s*[x×]\s*\d{1,4}\s*,|\bk\d+(?:x\d+)?\s*,|conv(?:olution|\d|\b|_)|pool|\bdense\b|\bfc\b|flatten|dropout|softmax",
    re.IGNORECASE,
)
SIZE = pattern(
    r"\d+\s*[xX×]\s*\d+(?:\s*[xX×]\s*\d+)*(?![\w.])|\d+\s*(?:\^\s*2|²)(?:\s*[xX×]\s*\d+)?(?![\w.])|-(?=\s|$)"
    r"|[A-Z](?:/\d+)?\s*[x×]\s*[A-Z](?:/\d+)?(?:\s*[x×]\s*\d+)?(?![\w./])"  # `H/4 × W/4`
)


def says_nothing(text: str) -> bool:
    """Return whether a cell is empty, or has a mark that stands for nothing."""
    return text.strip() in _NOTHING


def says_none(text: str) -> bool:
    """Return whether a cell says nothing, or that there is none."""
    return says_nothing(text) or text.strip() in ("none", "None")


MAX_HEADER = 200  # longer texts are no headers, and are not searched for their words


def _is_plain(header: str) -> bool:
    """Return whether a header is words of letters: most are, and a check starts in milliseconds."""
    words = header.split(" ")
    return header.isascii() and all(map(str.isalpha, words)) and not {"x", "X"} & set(words)


def header_words(header: str) -> str:
    """Bring a header to the form of the lexicon: lower case, single spaces, no hats and no units in
    brackets."""
    if _is_plain(header):
        return header.lower()
    text = header.translate(_HATS)
    for marks, form, put in _CLEANED:
        if any(mark in text for mark in marks):
            text = form.sub(put, text)
    text = " ".join(text.strip(" *:.?").lower().split())
    for marks, form, put in _JOINED:
        if any(mark in text for mark in marks):
            text = form.sub(put, text)
    return text.strip()


_HATS = str.maketrans("ĈĤŴĉĥŵ", "CHWchw")
# What is taken out of a header as printed and, below, in lower case: looked for where one of the marks is.
_Cleaning = tuple[tuple[str, ...], re.Pattern[str], str]  # marks, what to look for, and what stands for it
_CLEANED: tuple[_Cleaning, ...] = (
    (("\u0302", "^", "\\hat", "="), pattern(r"[\u0302^]|\\hat|\s=\s.*"), ""),
    (("_{",), pattern(r"(?<=_)\{(?:\\text\{)?|\}"), ""),  # `C_{out}`
)
_JOINED: tuple[_Cleaning, ...] = (
    (("_", "."), pattern(r"[\s_]+|(?<=[a-z])\.(?=[a-z])"), " "),
    (("/",), pattern(r"\s*/\s*"), "/"),
    (("×", " x "), pattern(r"\s*×\s*|(?<= .) x (?=. ?i)|(?<=i) x (?=. ?i)"), "x"),
    (("#",), pattern(r"#\s+"), "#"),
)
_ROLES = {word: role for role, words in LEXICON.items() for word in words}
# The axes after a header's words: `Output (H×W×C)`, `Output shape N x C x H x W`.
_AXES = pattern(r"\s*[\[(]?\s*[nbchwdtl](?:\s*[x,]\s*[nbchwdtl]){1,4}\s*[\])]?$")
_ENDS = tuple("nbchwdtl])")
_REMARK = pattern(r"\s*\([^)]*\)$")
# The symbol after a header's words: `Operator F_i`, `Resolution H_i x W_i`.
_SYMBOL = pattern(r"(?<=\w)(?:\s+[a-z]\s?i)(?:\s*x\s*[a-z]\s?i)*$")


def role_of(header: str) -> str | None:
    """Return the role that a header's words have, if any: the first of those that it lists."""
    return None if len(header) > MAX_HEADER else _role_of(header)


@lru_cache(1024)
def _role_of(header: str) -> str | None:
    known = known_role(header)
    return known or next(iter(listed(header)), None)


def known_role(header: str) -> str | None:
    """Return the role of a header that is known as a whole."""
    return None if len(header) > MAX_HEADER else _of_words(header)


@lru_cache(1024)  # each network of a sheet asks for its titles and headers, row by row
def _of_words(header: str) -> str | None:
    words = header_words(header)
    if words in _ROLES:
        return _ROLES[words]
    for form in (
        words.replace("-", " "),
        _REMARK.sub("", words) if words.endswith(")") else words,
        _SYMBOL.sub("", words) if words.endswith("i") else words,
        _AXES.sub("", words) if words.endswith(_ENDS) and ("x" in words or "," in words) else words,
        words.lstrip("#").strip(),
    ):
        if form in _ROLES:
            return _ROLES[form]
    return None if words.isascii() else _abroad(words)


def _abroad(words: str) -> str | None:
    from archdsl.lang.abroad import ABROAD

    return ABROAD.get(words)


def listed(header: str) -> dict[str, float]:
    """Return the roles that a header lists, how strongly it says each: `Filters/Units`,
    `Kernel/stride/groups`, `Kernel or units`.

    The columns of windows and of operators print the other properties behind their own.
    """
    if len(header) > MAX_HEADER or not any(mark in header for mark in _LISTS):
        return {}
    parts = [known_role(part) for part in _LIST.split(header)]
    if len(parts) < 2 or None in parts:
        return {}
    first, *others = dict.fromkeys(part for part in parts if part)
    if not others or (first == "fused" and not {"name", "size", "structure"} & set(others)):
        return {first: 1.0}
    if others == ["stride"] and first in ("structure", "name"):
        return {"structure": 1.0}
    return (
        {first: _FIRST, **dict.fromkeys(others, _SECOND)}
        if not {"name", "size", "structure"} & {first, *others}
        else {}
    )


_LISTS = ("/", ",", ";", "&", "or", "and")
_LIST = pattern(r"\s*[/,;&]\s*|\s+(?:or|and)\s+")
_FIRST, _SECOND = 0.95, 0.6  # the strengths of the roles in a list


def strengths(header: str) -> dict[str, float]:
    """Return the roles that a header may mean, and how strongly it says each."""
    known = known_role(header)
    said = {known: 1.0} if known else listed(header)
    further = _further(header_words(header)) if len(header) <= MAX_HEADER else ()
    return {**dict.fromkeys(further, _FURTHER), **said}


def _further(words: str) -> tuple[str, ...]:
    if words.isascii():
        return OTHERWISE.get(words, ())
    from archdsl.lang.abroad import ABROAD, REMARKS

    shaped = ("filter",) if ABROAD.get(words) == "fused" else ()
    return ("details",) if words in REMARKS else shaped


_FURTHER = 0.7  # the strength of a header's second meaning


def plain_columns(headers: list[str]) -> dict[str, int] | None:
    """Assign columns where a table has no others than a name, a size and a structure; None where it has."""
    roles: dict[str, int] = {}
    for index, header in enumerate(headers):
        role = role_of(header)
        role = (
            "structure" if role is None and index == len(headers) - 1 and "structure" not in roles else role
        )
        if role not in PLAIN or role in roles:
            return None
        roles[role] = index
    return roles if "structure" in roles else None


def holds_layers(cells: list[str]) -> bool:
    """Recognise a column whose cells mostly hold layers."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and sum(1 for cell in filled if _STRUCTURAL.search(cell)) * 2 >= len(filled)


def is_data(text: str) -> bool:
    """Recognise a cell of the body: a size, a number or layers."""
    text = text.strip()
    if not text:
        return False
    sized = text != "-" and SIZE.match(text)
    return bool(sized) or text[0].isdecimal() or holds_layers([text])


def looks_structural(grid: Grid) -> bool:
    """Recognise a table from prose: some row has a size, or layers."""
    return any(
        row.size.text.strip() or _STRUCTURAL.search(row.structure.text) or row.parts[0].bound
        for row in grid.rows
    )
