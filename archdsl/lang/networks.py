"""What networks that differ in width or depth are called, above their columns."""

from archdsl.lang.vocabulary import layer_word
from archdsl.patterns import pattern

_LONGEST = 40
SIZES = frozenset(
    (
        "xxxs",
        "xxs",
        "xs",
        "s",
        "m",
        "l",
        "xl",
        "xxl",
        "xxxl",
        "atto",
        "femto",
        "pico",
        "nano",
        "micro",
        "tiny",
        "mini",
    )
)
SIZES |= {
    "small",
    "medium",
    "base",
    "normal",
    "standard",
    "large",
    "big",
    "huge",
    "giant",
    "full",
    "half",
    "double",
}
SIZES |= {"slim", "thin", "wide", "thick", "narrow", "lite", "light"}
# What differs between names of one series: `Tiny-10` and `Tiny-16`, `Net-A` and `Net-B`.
DIFFERS = pattern(r"\d+(?:\.\d+)?|(?<![A-Za-z])[A-Za-z](?![A-Za-z])")
WORD = pattern(r"[A-Za-z]+")
# `A`, `XS`, `Tiny-10`, `18-layer`; not `e1x1` and `c2`, which are properties of one layer.
_NAME = pattern(r"[A-Za-z]|(?:(?!#)(?![A-Za-z]\d)(?!.*\d\s?[x×]\s?\d).)*[A-Za-z]{2}.*")


def series(header: str) -> str:
    """Return what names of one series share: `tiny-#` of `Tiny-10`, `#` of `XS`; empty where a name is of
    none."""
    text = " ".join(header.lower().split())
    words = WORD.sub(lambda match: "#" if match[0] in SIZES else match[0], text)
    stem = DIFFERS.sub("#", words)
    said = any(layer_word(word) for word in WORD.findall(stem))
    return stem if "#" in stem and len(text) <= _LONGEST and not said and _NAME.fullmatch(text) else ""


def is_size(header: str) -> bool:
    """Return whether a header is a size of networks: `XS`, `Tiny`."""
    return header.strip().lower() in SIZES


# Parts of a network, side by side: `Stem`, `Stage 1`, `Block2`, `Head`.
STAGE = pattern(
    r"\s*(?:stem|head|neck|body|tail|(?:stage|block|module|layer|group|level)\s*\(?(?:\d+|[ivx]+)\)?|res\d)\s*",
    2,
)
_NETWORK = pattern(
    r"\s*(?:models?|networks?|nets?|variants?|versions?|architectures?|config(?:uration)?s?)(?:\s*(?:name|id))?\s*",
    2,
)


def is_network(header: str) -> bool:
    """Return whether a header stands above names of networks: `Model`, `Variant`."""
    return _NETWORK.fullmatch(header) is not None
