"""A command line of files and plain options, read by the command's own declarations: argparse takes a third
of a bare Python start.

Whatever has other options, and whatever is wrong, goes to argparse.
"""

from types import SimpleNamespace

from archdsl.light import Any


class Declared:
    """Takes what `arguments(parser)` of a command declares."""

    epilog = ""

    def __init__(self) -> None:
        self.defaults: dict[str, Any] = {}
        self.files = ""
        self.flags: dict[str, str] = {}  # options without a value, and the names of their values
        self.words: dict[str, str] = {}  # options with a word for a value

    def add_argument(
        self, *names: str, nargs: str = "", action: str = "", default: Any = None, dest: str = "", **more: Any
    ) -> None:
        """Keep the default of an option, and where the files go (`nargs="+"`)."""
        if nargs == "+":
            self.files = names[0]
        long = next((name for name in names if name.startswith("--")), names[0])
        key = dest or long.lstrip("-").replace("-", "_")
        self.defaults[key] = False if action == "store_true" else default
        if action == "store_true":
            self.flags |= dict.fromkeys(names, key)
        elif not (nargs or action) and more.keys().isdisjoint(("type", "choices")):
            self.words |= dict.fromkeys(names, key)


def plainly(command: Any, argv: list[str]) -> Any:
    """Return what argparse gives for a command line of files and plain options; None for any other, and where
    the command takes no files."""
    declared = Declared()
    command.arguments(declared)
    found = _read(declared, argv) if declared.files else None
    return SimpleNamespace(**declared.defaults | found) if found else None


def _read(declared: Declared, argv: list[str]) -> dict[str, Any] | None:
    """Return the values of a command line; None where an option is not a plain one, or parts the files."""
    found: dict[str, Any] = {}
    files: list[str] = []
    at = ended = 0
    while at < len(argv):
        word, value = argv[at], argv[at + 1] if at + 1 < len(argv) else "-"
        at += 1
        if not word.startswith("-"):
            if ended:
                return None
            files.append(word)
            continue
        ended = len(files)
        if word in declared.flags:
            found[declared.flags[word]] = True
        elif word in declared.words and not value.startswith("-"):
            found[declared.words[word]] = value
            at += 1
        else:
            return None
    return {**found, declared.files: files} if files else None
