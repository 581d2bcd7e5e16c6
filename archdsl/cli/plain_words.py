"""A command line of files alone, read by the command's own declarations: argparse takes a third of a bare
Python start.

Whatever has options, and whatever is wrong, goes to argparse.
"""

from types import SimpleNamespace

from archdsl.light import Any


class Declared:
    """Takes what `arguments(parser)` of a command declares."""

    epilog = ""

    def __init__(self) -> None:
        self.defaults: dict[str, Any] = {}
        self.files = ""

    def add_argument(
        self, *names: str, nargs: str = "", action: str = "", default: Any = None, dest: str = "", **_: Any
    ) -> None:
        """Keep the default of an option, and where the files go (`nargs="+"`)."""
        if nargs == "+":
            self.files = names[0]
        long = next((name for name in names if name.startswith("--")), names[0])
        self.defaults[dest or long.lstrip("-").replace("-", "_")] = (
            False if action == "store_true" else default
        )


def files_alone(command: Any, argv: list[str]) -> Any:
    """Return what argparse gives for a command line of files; None where it has options, or the command takes
    no files."""
    if not argv or any(word.startswith("-") for word in argv):
        return None
    declared = Declared()
    command.arguments(declared)
    return SimpleNamespace(**declared.defaults | {declared.files: argv}) if declared.files else None
