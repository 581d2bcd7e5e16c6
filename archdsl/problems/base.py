"""Building blocks of the messages: suggestions, counts, excerpts. No message of its own."""

from collections import Counter
from collections.abc import Iterable, Sequence

from archdsl.diagnostics import Diagnostic, Edit, Fix, Label, Note
from archdsl.light import Any
from archdsl.source import Source, Span


def error(
    code: str,
    message: str,
    source: Source,
    span: Span,
    label: str,
    *more: Label,
    notes: Iterable[str] = (),
    help: str = "",
    fixes: Iterable[Fix] = (),
) -> Diagnostic:
    """Make an error with its primary label; `notes` are plain notes."""
    labels = (Label(span, label, True), *more)
    return Diagnostic(
        code,
        "error",
        message,
        source,
        labels,
        tuple(Note("note", text) for text in notes),
        help,
        tuple(fixes),
    )


def about_file(code: str, message: str, source: Source, note: str, help: str = "") -> Diagnostic:
    """Make an error about the file as a whole."""
    return Diagnostic(code, "error", message, source, (), (Note("note", note),), help)


def replace(title: str, span: Span, text: str, sure: bool = False) -> Fix:
    """Make the fix that writes `text` over `span`; a `sure` fix needs nobody's judgement."""
    return Fix(title, (Edit(span, text),), "machine-applicable" if sure else "maybe-incorrect")


def told_once(networks: Sequence[tuple[str, str, Sequence[Diagnostic]]]) -> list[Diagnostic]:
    """Merge the messages about the same place from several networks of a table: the first stands for all and names them.

    Each network is given as the name of its table, its own name, and its messages.
    """
    kept: dict[Any, Diagnostic] = {}
    where: dict[Any, list[str]] = {}
    tables: dict[Any, str] = {}
    for table, name, diagnostics in networks:
        for found in diagnostics:
            # The same size fails for the same reason, whatever the layers of a column are.
            sized = found.code[1:3] == "03"
            key = (
                (found.code, found.span)
                if sized
                else (found.code, found.span, found.message, found.labels[-1:])
            )
            kept.setdefault(key, found)
            where.setdefault(key, []).append(name)
            tables[key] = table
    counts = Counter(table for table, *_ in networks)
    return [_of_networks(found, where[key], counts[tables[key]]) for key, found in kept.items()]


def _of_networks(found: Diagnostic, names: list[str], count: int) -> Diagnostic:
    names = list(dict.fromkeys(names))
    if found.code[1:3] != "03" or len(names) == count:
        return found
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return found._replace(notes=(*found.notes, Note("note", f"in {listed}, of {count} networks")))


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Find the known words that look like `word`, and those that have it as a part; closest first."""
    from difflib import get_close_matches

    spelt = {name.lower(): name for name in reversed(list(known)) if name != word}
    words = list(reversed(spelt))
    low = word.lower()
    starts = sorted(
        (
            known
            for known in words
            if len(known) > 2 and (low.startswith(known) or (len(low) > 2 and known.startswith(low)))
        ),
        key=len,
        reverse=True,
    )
    close = get_close_matches(low, words, count, 0.74)
    exact = [match for match in close if get_close_matches(low, [match], 1, 0.85)]
    parts = [phrase for phrase in words if low in phrase.split(" ")]
    return [spelt[name] for name in dict.fromkeys(exact + starts + close + parts)][:count]


def listed(words: Iterable[str], last: str = "or") -> str:
    """Write `a`, `b` or `c`, each in back-ticks."""
    quoted = [f"`{word}`" for word in words]
    return (
        quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}" if quoted else ""
    )


def counted(count: int, noun: str) -> str:
    """Write `1 error`, `2 errors`."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def size_text(size: Iterable[object]) -> str:
    """Write a shape as `16x16x64`."""
    return "x".join(map(str, size))


def short(text: str, limit: int = 30) -> str:
    """Cut a quoted text of the user to what fits in a headline."""
    clean = "".join(char if char.isprintable() else "·" for char in text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def guessed(word: str, known: Iterable[str], span: Span) -> dict[str, Any]:
    """Return the help and the fix of a message about a word that is close to a known one."""
    close = nearest(word, known)
    if not close:
        return {}
    return {
        "help": f"did you mean {listed(close)}?",
        "fixes": (replace(f"write `{close[0]}`", span, close[0], sure=len(close) == 1),),
    }
