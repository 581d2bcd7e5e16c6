"""The frames that a layer of a time-delay network reads: `[t-2, t+2]` is a window of 5, `{t-3, t, t+3}` one
of 3 that are 3 apart."""

from itertools import pairwise

from archdsl.source import Span
from archdsl.syntax.parser import Token

_CLOSING = {"LSQB": "RSQB", "LBRACE": "RBRACE"}
UNEVEN = "uneven-frames"  # what no layer says, to the vocabulary
_SIGNS = {"PLUS": 1, "MINUS": -1}


def windows(tokens: list[Token]) -> list[Token]:
    """Return the tokens with a window and its dilation in the place of each context."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        end = _end(tokens, at)
        frames = _frames(tokens[at + 1 : end]) if end else []
        said = _window(frames, tokens[at].kind == "LSQB")
        if said:
            place = Span(tokens[at].span.start, tokens[end].span.end)
            found += _option("kernel", said[0], place)
            found += _option("dilation", said[1], place) if said[1] > 1 else []
        elif frames:
            found.append(Token("WORD", UNEVEN, Span(tokens[at].span.start, tokens[end].span.end)))
        else:
            found.append(tokens[at])
        at = end + 1 if frames else at + 1
    return found


def _end(tokens: list[Token], at: int) -> int:
    """Find the bracket that closes the one at a place, with nothing but frames between them; 0 where there is
    none."""
    closing = _CLOSING.get(tokens[at].kind, "")
    for end in range(at + 1, len(tokens) if closing else 0):
        if tokens[end].kind == closing:
            return end
        if tokens[end].kind not in ("WORD", "COMMA", "INT", *_SIGNS):
            return 0
    return 0


def _frames(inner: list[Token]) -> list[int]:
    """List the frames between commas; none where something else stands there, or nothing speaks of time."""
    parts: list[list[Token]] = [[]]
    for token in inner:
        if token.kind == "COMMA":
            parts.append([])
        else:
            parts[-1].append(token)
    frames = [_frame(part) for part in parts]
    timed = any(token.kind == "MINUS" or token.text == "t" for token in inner)
    return [frame for frame in frames if frame is not None] if timed and None not in frames else []


def _frame(part: list[Token]) -> int | None:
    """Read `t`, `t-2`, `t+2`, `-2` and `2`."""
    rest = part[1:] if part and part[0].kind == "WORD" and part[0].text == "t" else part
    if not rest:
        return 0 if part else None
    sign = _SIGNS.get(rest[0].kind, 0)
    number = rest[1:] if sign else rest
    if len(number) != 1 or number[0].kind != "INT" or (len(rest) < len(part) and not sign):
        return None
    return (sign or 1) * int(number[0].text[:9])


def _window(frames: list[int], from_to: bool) -> tuple[int, int] | None:
    """Return the length of the window and the distance of its frames; None where that differs."""
    if from_to and len(frames) == 2:
        return (frames[1] - frames[0] + 1, 1) if frames[1] >= frames[0] else None
    steps = {after - before for before, after in pairwise(frames)}
    if not frames or len(steps) > 1 or min(steps, default=1) < 1:
        return None
    return len(frames), steps.pop() if steps else 1


def _option(key: str, value: int, place: Span) -> list[Token]:
    return [Token("WORD", key, place), Token("_ASSIGN", "=", place), Token("INT", str(value), place)]
