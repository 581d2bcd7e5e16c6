"""What a remark beside a layer says in words -> what the grammar says: `keep_prob: 50%`, `Normalize the
output`, `Input 400, Output 120.`"""

from archdsl.lang.ordinals import layer_kind, op_of
from archdsl.lang.vocabulary import LONGEST, Meaning, longest, phrases, plain
from archdsl.patterns import pattern
from archdsl.text.grid import Cell, joined

_PIECE = pattern(r"(?:[^,;.()]|\.(?=\s*\d)|,(?=\d{3}(?!\d)))+|\([^()]*\)")
_WORD = pattern(r"[^\W\d_][\w-]*")
_SHARE = pattern(r"(?<![\w.])(0?\.\d{1,4}|\d{1,2}(?:\.\d{1,2})?\s?%)(?![\w%])")
# `5x5x48 => 1200`, what comes into a flatten and what leaves it
_FLATTENED = pattern(r"(\d+(?:\s*[x×]\s*\d+){1,3})\s*(?:=>|->|→|=)\s*(\d+)")
_INTO = pattern(r"\s*([^\d→>=-]*[^\d→>=\s-])\s*(?:=>|->|→)\s*(\d+[^\d→>]*)")
_KEPT = pattern(r"\bkeep|\bkept|\bretain", 2)
_NEGATED = frozenset(("no", "not", "non", "none", "never", "without"))
_TOWARDS = ("for", "from", "to", "into", "of")  # before what comes next, or came before
_ARTICLES = ("the", "a", "an", "this", "its")
_PASSED_ON = (("wire", "from"), ("wire", "keep"), ("option", "activation"))
_UNHEEDED = ("filler", "unit", "linear")
_NOT_SAID = ("filler", "unit")  # words that say nothing alone
_SIZES = ("input", "inputs", "output", "outputs", "out")


def said_plainly(word: Cell, said: Cell, aside: list[Cell]) -> Cell:
    """Return a remark on the layer that a word names: the rate of a dropout as one, without the words that
    say nothing.

    A rate that is kept (`keep_prob: 70%`) is what is left of 1. What is left out is not read, which the
    ledger tells; layers that a sentence names in passing go `aside`.
    """
    printed = [_trimmed(said.part(*match.span())) for match in _PIECE.finditer(said.text)]
    pieces = [_flattened(piece) for piece in printed]
    kind = _kind(word.text)
    op = op_of(("op", kind))
    if op and op.takes_flat:
        pieces = [_behind_arrow(piece) for piece in pieces]
    if op and "rate" in op.options:
        pieces = [_rate(piece) for piece in pieces]
    pieces = [part for piece in pieces for part in _of_sentence(kind, piece, aside)]
    kept = [piece for piece in pieces if _says(piece.text)]
    if kept == printed and not any(mark in said.text for mark in ";."):
        return said
    return _together(kept) if kept else Cell("", said.span.start)


def _flattened(piece: Cell) -> Cell:
    """Return `5x5x48 => 1200` as an input and an output, which the syntax takes for sizes."""
    match = _FLATTENED.fullmatch(piece.text)
    if match is None:
        return piece
    sides = (_worded("input ", piece.part(*match.span(1))), _worded("output ", piece.part(*match.span(2))))
    return _together(list(sides))


def _kind(text: str) -> str:
    """Return the op that the words of a layer name, in any language; empty where they name none."""
    found = longest(text.split()[:LONGEST]) if text.strip() else None
    return found[1][1] if found is not None and found[1][0] == "op" else layer_kind(text.strip())


def _behind_arrow(piece: Cell) -> Cell:
    """Return the units of `flatten -> 256`, a dense layer flattens anyway; numbers before an arrow stay."""
    match = _INTO.fullmatch(piece.text)
    if match is None:
        return piece
    before, units = piece.part(0, match.end(1)).span, piece.part(match.start(2), len(piece.text))
    return joined(Cell("of ", before.start, (before.start, before.start, before.end - 1, before.end)), units)


def _worded(words: str, cell: Cell) -> Cell:
    return joined(Cell(words, cell.span.start, (cell.span.start,) * (len(words) + 1)), cell)


def _trimmed(cell: Cell) -> Cell:
    """Return a cell without the blanks at its ends."""
    left = len(cell.text) - len(cell.text.lstrip())
    return cell.part(left, max(left, len(cell.text.rstrip())))


def _rate(piece: Cell) -> Cell:
    """Return a piece that has a share of values as the rate of those that are dropped."""
    shares = list(_SHARE.finditer(piece.text))
    if len(shares) != 1 or any(map(str.isdigit, piece.text.replace(shares[0][1], "", 1))):
        return piece
    text, place = shares[0][1].replace(" ", ""), piece.span
    share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    value = f"rate={1 - share if _KEPT.search(piece.text) else share:.4g}"
    return Cell(value, place.start, (*(place.start,) * (len(value) - 1), place.end - 1, place.end))


def _of_sentence(own: str, piece: Cell, aside: list[Cell]) -> list[Cell]:
    """Return what a sentence says of a layer, its activation and norm: `the output of the first stage,
    followed by ReLU`; the whole piece where it is no sentence, or may say another layer."""
    words = list(_WORD.finditer(piece.text))
    lower = [word[0].lower() for word in words]
    named = list(phrases(lower))
    known = sum(count for _, count, _ in named)
    if known == len(words) or any(map(str.isdigit, piece.text)):
        return [piece]
    if not _NEGATED.isdisjoint(lower):
        return [piece]
    found: dict[bool, list[Cell]] = {True: [], False: []}
    for at, count, meaning in named:
        before = next((word for word in reversed(lower[:at]) if word not in _ARTICLES), "")
        said = meaning[0] in ("activation", "norm") or (meaning[0] == "flag" and count > 1)
        if meaning[0] not in _UNHEEDED and not said and not _is_aside(meaning, own, before):
            return [piece]
        if said or meaning[0] == "op":
            found[said].append(piece.part(words[at].start(), words[at + count - 1].end()))
    aside += found[False]
    return found[True]


def _is_aside(meaning: Meaning, own: str, before: str) -> bool:
    """Return whether a layer in a sentence is the row's own, or one that values come from or go to."""
    return meaning[1] == own or (meaning[0] == "op" and before in _TOWARDS) or meaning in _PASSED_ON


def _says(text: str) -> bool:
    """Return whether a piece holds a number, or a word that means something of a layer."""
    if any(map(str.isdigit, text)):
        return True
    words = [plain(word) for word in _WORD.findall(text)]
    found = (longest(words[at : at + LONGEST]) for at in range(len(words)) if words[at] not in _SIZES)
    return any(one is not None and one[1][0] not in _NOT_SAID for one in found)


def _together(pieces: list[Cell]) -> Cell:
    whole = pieces[0]
    for piece in pieces[1:]:
        at = max(whole.place(0, len(whole.text)).end - 1, 0)
        whole = joined(joined(whole, Cell(", ", at, (at, at, at + 1))), piece)
    return whole
