"""A word -> its page: a problem, a style as settings, an op, a setting or a block with what it takes."""

from archdsl.explaining import blocks
from archdsl.lang.vocabulary import longest
from archdsl.ops import OPS, Op
from archdsl.problems import page
from archdsl.problems.page import codes
from archdsl.resolve.conventions import CONVENTIONS, FACTS, expected, style_text, styles


def words() -> tuple[str, ...]:
    """List every word that has a page."""
    return (*codes(), *styles(), *layers(), *CONVENTIONS, *FACTS, *blocks.names())


def explain(word: str) -> str | None:
    """Return the explanation of a word, None where there is none."""
    if word.upper() in codes():
        return page.text(word.upper())
    if word.lower() in styles():
        return style_text(word.lower())
    if word.lower() in CONVENTIONS:
        return setting_text(word.lower())
    if word.lower() in FACTS:
        example, doc = FACTS[word.lower()]
        return f"{word.lower()}: {doc}\n\nwritten: {example}"
    op = OPS.get(word.lower()) or _op_of(word)
    block = None if op else blocks.find(word)
    return op_text(op) if op else blocks.page(block) if block else None


def _op_of(word: str) -> Op | None:
    words = word.split()
    found = longest(words)
    if found is None or found[0] != len(words):
        return None
    kind, value = found[1]  # of `causal attention` the op and one of its options
    return OPS["activation"] if kind == "activation" else OPS.get(value.partition(" ")[0])


def setting_text(key: str) -> str:
    """Describe a setting: its meaning, values and default."""
    convention = CONVENTIONS[key]
    values = ", ".join(expected(key))
    return f"{key}: {convention.doc}\n\nvalues:  {values}\ndefault: {convention.default}"


def op_text(op: Op) -> str:
    """Describe an op: what it does, its spellings in a cell, its parameters."""
    lines = [f"{op.name}: {op.doc}", ""]
    if op.words:
        lines += [f"written: {', '.join(op.words)}", ""]
    elif op.family == "merge":
        lines += [f"written: {op.name} NAME", ""]
    lines += [
        f"  {param.name:<12} {param.doc}"
        + (f" (default: {param.default})" if param.default is not None else "")
        for param in op.params
    ]
    return "\n".join(lines)


def overview() -> str:
    """List everything that can be explained; of the problems what each is about."""
    groups = {
        "styles, for what a table leaves out": styles(),
        "settings": (*FACTS, *CONVENTIONS),
        "layers": layers(),
        "blocks": blocks.names(),
    }
    from textwrap import fill

    lists = [
        f"{name}:\n"
        + fill(", ".join(words), 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        for name, words in groups.items()
    ]
    problems = "\n".join(f"  {code}  {page.title(code)}" for code in codes())
    return "\n\n".join(["`archdsl explain WORD` explains one of these.", *lists, f"problems:\n{problems}"])


def layers() -> tuple[str, ...]:
    """List the ops as they are written in a cell."""
    return tuple(op.words[0] for op in OPS.values() if op.words)
