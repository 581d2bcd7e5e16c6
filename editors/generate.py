"""Write `arch.tmLanguage.json` from the vocabulary; with `--check`, tell whether it is current."""

import sys
from pathlib import Path

from archdsl.highlight.textmate import text
from archdsl.writing import write_whole

GRAMMAR = Path(__file__).parent / "arch.tmLanguage.json"


def main() -> int:
    """Write the file, or compare it."""
    if "--check" not in sys.argv:
        write_whole(GRAMMAR, text())
        return 0
    current = GRAMMAR.read_text(encoding="utf-8") == text()
    if not current:
        print(f"{GRAMMAR.name} is not current: run python editors/generate.py", file=sys.stderr)
    return int(not current)


if __name__ == "__main__":
    sys.exit(main())
